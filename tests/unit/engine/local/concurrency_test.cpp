// Many channels on the threads of one pool: what the daemon does with the engine.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/local/local_engine.hpp"
#include "support/cpu_bound.hpp"
#include "support/small_store.hpp"
#include "support/temp_dir.hpp"

namespace signalbox::engine::local {
namespace {

namespace asio = boost::asio;

constexpr int kChannels = 8;
constexpr int kAppenders = 8;  // a channel
constexpr int kAppends = 20;   // each

struct Channel {
  std::unique_ptr<ChannelLog> log;
  LaneId lane;
  Seq settled = 0;
};

std::shared_ptr<StoredEvent> make_event() {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t");
  auto event = std::make_shared<StoredEvent>();
  event->event = builder.build();
  return event;
}

asio::awaitable<void> append_and_settle(Channel& channel, std::atomic<int>& faults) {
  for (int i = 0; i < kAppends; ++i) {
    std::vector<std::shared_ptr<StoredEvent>> events{make_event()};
    auto receipt = co_await channel.log->append(std::move(events));
    if (!receipt) ++faults;
    Settlements changes;
    channel.settled = std::max(channel.settled, receipt->last_seq);
    changes.counted_to = channel.settled;
    changes.progress.resize(1);
    changes.progress[0].lane = channel.lane;
    changes.progress[0].watermark = channel.settled;
    changes.journey.resize(1);
    changes.journey[0].seq = receipt->last_seq;
    changes.journey[0].lane = channel.lane;
    auto status = co_await channel.log->settle(std::move(changes));
    if (!status) ++faults;
    ReadRequest request;
    request.from = request.to = receipt->last_seq;
    auto page = co_await channel.log->read(request);
    if (!page || page->events.size() != 1) ++faults;
    auto journey = co_await channel.log->journey(receipt->last_seq);
    if (!journey || journey->size() != 1) ++faults;
  }
}

asio::awaitable<void> open_channel(Engine& engine, asio::any_io_executor strand, int number, Channel& channel) {
  ChannelName name;
  name.tenant = "tenant-" + std::to_string(number % 3);
  name.channel = "channel-" + std::to_string(number);
  auto log = co_await engine.open(std::move(name), strand);
  if (!log) co_return;
  std::vector<LaneName> names(1);
  names[0].rule = "r";
  names[0].target = "t";
  auto lanes = co_await (*log)->bind(std::move(names));
  if (!lanes) co_return;
  channel.lane = lanes->at(0).lane;
  channel.log = std::move(*log);
}

TEST(Concurrency, channels_on_many_threads_share_syncs_and_nothing_else) {
  const test::TempDir folder;
  auto opened = open_rocksdb(test::small_store(folder.path()));
  ASSERT_TRUE(opened) << opened.error().message;
  const auto engine = std::move(*opened);
  std::vector<Channel> channels(kChannels);
  std::atomic<int> faults{0};
  auto rethrow = [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  };
  asio::thread_pool pool(4);
  std::vector<asio::any_io_executor> executors;
  for (int i = 0; i < kChannels; ++i) executors.emplace_back(asio::make_strand(pool));
  std::atomic<int> ready{0};
  for (int i = 0; i < kChannels; ++i) {
    const auto index = static_cast<std::size_t>(i);
    auto start = [&, index](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
      ++ready;
      for (int n = 0; n < kAppenders; ++n)
        asio::co_spawn(executors[index], append_and_settle(channels[index], faults), rethrow);
    };
    asio::co_spawn(executors[index], open_channel(*engine, executors[index], i, channels[index]), std::move(start));
  }
  pool.join();
  EXPECT_EQ(ready.load(), kChannels);
  EXPECT_EQ(faults.load(), 0);
  for (auto& channel : channels) EXPECT_EQ(channel.settled, Seq{kAppenders * kAppends});
  const auto status = engine->status();
  EXPECT_GE(status.committed_batches, std::uint64_t{2 * kChannels * kAppenders * kAppends});
  // Under a sanitizer the appenders are hardly faster than the disk.
  EXPECT_LT(status.commits * (test::kSanitized ? 1 : 2), status.committed_batches)
      << "commits that wait together go out together";
  for (auto& channel : channels) channel.log.reset();
}

}  // namespace
}  // namespace signalbox::engine::local
