#pragma once
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/local/local_engine.hpp"
#include "support/faulty_store.hpp"
#include "support/run_coroutine.hpp"
#include "support/small_store.hpp"
#include "support/temp_dir.hpp"

namespace signalbox::test {

/// What an engine's log stands on in these tests.
enum class Ground { memory, rocksdb };

inline WallTime at(int second) { return WallTime(std::chrono::seconds(1'700'000'000 + second)); }

/// An event with the attributes that matter here; `data` is text.
struct Sketch {
  std::string id = "1", source = "/test", type = "t", subject{}, data{};
  std::vector<std::uint32_t> matched{};
  WallTime accepted_at = at(0);
};

inline std::shared_ptr<StoredEvent> make_event(const Sketch& sketch) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", sketch.id).set("source", sketch.source).set("type", sketch.type);
  if (!sketch.subject.empty()) builder.set("subject", sketch.subject);
  if (!sketch.data.empty()) builder.data(DataKind::text, sketch.data);
  auto event = std::make_shared<StoredEvent>();
  event->accepted_at = sketch.accepted_at;
  for (const auto rule : sketch.matched) event->matched.emplace_back(rule);
  event->event = builder.build();
  return event;
}

/// An engine with one channel open, which can be closed and opened again.
class ChannelLogContract : public testing::TestWithParam<Ground> {
 protected:
  ChannelLogContract() { reopen(); }
  ~ChannelLogContract() override { log_.reset(); }

  void close() {
    log_.reset();
    engine_.reset();
  }
  void reopen(std::size_t fail_at = FaultyStore::kNever) {
    close();
    if (GetParam() == Ground::rocksdb) {
      auto engine = engine::local::open_rocksdb(small_store(folder_.path()));
      ASSERT_TRUE(engine) << engine.error().message;
      engine_ = std::move(*engine);
    } else {
      auto store = std::make_unique<FaultyStore>(disk_, fail_at);
      faulty_ = store.get();
      auto engine = engine::local::open_on(std::move(store));
      ASSERT_TRUE(engine) << engine.error().message;
      engine_ = std::move(*engine);
    }
    log_ = open("acme", "orders");
  }
  Result<std::unique_ptr<ChannelLog>> try_open(std::string tenant, std::string channel) {
    ChannelName name{std::move(tenant), std::move(channel)};
    return run(engine_->open(std::move(name), io_.get_executor()));
  }
  std::unique_ptr<ChannelLog> open(std::string tenant, std::string channel) {
    auto log = try_open(std::move(tenant), std::move(channel));
    EXPECT_TRUE(log) << log.error().message;
    return log ? std::move(*log) : nullptr;
  }

  template <class T>
  T run(boost::asio::awaitable<T> task) {
    return run_coroutine(io_, std::move(task));
  }

  void append(const std::vector<Sketch>& sketches) {
    std::vector<std::shared_ptr<StoredEvent>> events;
    for (const auto& sketch : sketches) events.push_back(make_event(sketch));
    auto receipt = run(log_->append(std::move(events)));
    ASSERT_TRUE(receipt) << receipt.error().message;
  }
  /// Events with ids "from" to "to", one second apart, a hundred to an append.
  void append_numbered(int from, int to) {
    std::vector<Sketch> batch;
    for (int i = from; i <= to; ++i) {
      Sketch sketch;
      sketch.id = std::to_string(i);
      sketch.accepted_at = at(i);
      batch.push_back(std::move(sketch));
      if (batch.size() < 100 && i < to) continue;
      append(batch);
      batch.clear();
    }
  }
  std::vector<LaneState> bind(std::vector<LaneName> names) {
    auto lanes = run(log_->bind(std::move(names)));
    EXPECT_TRUE(lanes) << lanes.error().message;
    return lanes ? *lanes : std::vector<LaneState>();
  }
  void settle(Settlements changes) {
    auto status = run(log_->settle(std::move(changes)));
    ASSERT_TRUE(status) << status.error().message;
  }
  ReadPage read(Seq from, Seq to, std::size_t max_events = 1000) {
    ReadRequest request;
    request.from = from;
    request.to = to;
    request.max_events = max_events;
    auto page = run(log_->read(request));
    EXPECT_TRUE(page) << page.error().message;
    return page ? *page : ReadPage();
  }
  EventPage query(EventQuery wanted) {
    auto page = run(log_->query(std::move(wanted)));
    EXPECT_TRUE(page) << page.error().message;
    return page ? *page : EventPage();
  }
  DuePage due(LaneId lane, int until_second, std::size_t max = 100, WallTime from = WallTime{}) {
    auto page = run(log_->due(lane, from, at(until_second), max));
    EXPECT_TRUE(page) << page.error().message;
    return page ? *page : DuePage();
  }
  std::vector<JourneyEntry> journey(Seq seq) {
    auto entries = run(log_->journey(seq));
    EXPECT_TRUE(entries) << entries.error().message;
    return entries ? *entries : std::vector<JourneyEntry>();
  }
  DeadLetterPage dead_letters(DeadLetterQuery wanted) {
    auto page = run(log_->dead_letters(std::move(wanted)));
    EXPECT_TRUE(page) << page.error().message;
    return page ? *page : DeadLetterPage();
  }

  boost::asio::io_context io_;
  TempDir folder_;
  std::shared_ptr<FaultyDisk> disk_ = std::make_shared<FaultyDisk>();
  FaultyStore* faulty_ = nullptr;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<ChannelLog> log_;
};

inline std::string seqs(const std::vector<StoredEventPtr>& events) {
  std::string text;
  for (const auto& event : events) text += (text.empty() ? "" : " ") + std::to_string(event->seq);
  return text;
}

inline std::string ground_name(const testing::TestParamInfo<Ground>& info) {
  return info.param == Ground::memory ? "memory" : "rocksdb";
}

}  // namespace signalbox::test
