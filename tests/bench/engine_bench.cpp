// links: signalbox_engine_local
//
// What durable appends cost through the whole engine, and how fast a big log opens and answers.  Writes to $TMPDIR
// (set it to a folder on the disk that matters).  One million events need about 2 GB there.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/local/local_engine.hpp"
#include "support/run_coroutine.hpp"
#include "support/temp_dir.hpp"

namespace signalbox {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kEventBytes = 1024;
constexpr Seq kBigLog = 1'000'000;

WallTime now() { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string noise(std::size_t size) {
  std::mt19937 random(1);
  std::string text(size, ' ');
  for (auto& c : text) c = static_cast<char>('!' + random() % 90);
  return text;
}

std::shared_ptr<StoredEvent> make_event(Seq number) {
  static const std::string body = noise(kEventBytes);
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "event-" + std::to_string(number)).set("source", "/bench");
  builder.set("type", "com.example.bench").data(DataKind::text, body);
  auto event = std::make_shared<StoredEvent>();
  event->accepted_at = now();
  event->matched.emplace_back(1u);
  event->event = builder.build();
  return event;
}

store::RocksdbOptions options_in(const std::filesystem::path& path, store::DiskSync durability) {
  store::RocksdbOptions options;
  options.path = path;
  options.durability = durability;
  options.reserve = 0;
  return options;
}

struct Open {
  Open(const std::filesystem::path& path, store::DiskSync durability) {
    auto opened = engine::local::open_rocksdb(options_in(path, durability));
    if (!opened) throw std::runtime_error(opened.error().message);
    engine = std::move(*opened);
    ChannelName name;
    name.tenant = "acme";
    name.channel = "orders";
    auto log_opened = test::run_coroutine(io, engine->open(name, io.get_executor()));
    if (!log_opened) throw std::runtime_error(log_opened.error().message);
    log = std::move(*log_opened);
  }
  ~Open() { log.reset(); }
  asio::io_context io{1};
  std::unique_ptr<Engine> engine;
  std::unique_ptr<ChannelLog> log;
};

asio::awaitable<void> append_some(ChannelLog& log, Seq& next, Seq end, std::size_t batch) {
  while (next < end) {
    std::vector<std::shared_ptr<StoredEvent>> events;
    for (std::size_t i = 0; i < batch && next < end; ++i) events.push_back(make_event(next++));
    auto receipt = co_await log.append(std::move(events));
    if (!receipt) throw std::runtime_error(receipt.error().message);
  }
}

void append_all(Open& open, Seq first, Seq count, std::size_t appenders, std::size_t batch) {
  Seq next = first;
  auto rethrow = [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  };
  for (std::size_t i = 0; i < appenders; ++i)
    asio::co_spawn(open.io, append_some(*open.log, next, first + count, batch), rethrow);
  open.io.restart();
  open.io.run();
}

/// Arguments: concurrent appenders, events an append, fsync or not.
void append(benchmark::State& state) {
  const test::TempDir folder;
  Open open(folder.path(), state.range(2) ? store::DiskSync::fsync : store::DiskSync::os);
  const auto appenders = static_cast<std::size_t>(state.range(0)), batch = static_cast<std::size_t>(state.range(1));
  const Seq events_a_round = 100 * appenders * batch;
  Seq next = 1;
  const auto commits = open.engine->status().commits;
  double cpu = 0;
  for (auto _ : state) {
    const auto began = cpu_seconds();
    append_all(open, next, events_a_round, appenders, batch);
    cpu += cpu_seconds() - began;
    next += events_a_round;
  }
  const auto events = static_cast<double>(next - 1);
  state.counters["events/s"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
  state.counters["commits/s"] =
      benchmark::Counter(static_cast<double>(open.engine->status().commits - commits), benchmark::Counter::kIsRate);
  state.counters["cpu_us/event"] = cpu * 1e6 / events;
}
BENCHMARK(append)->Args({1, 1, 1})->Args({64, 1, 1})->Args({64, 1, 0})->Args({1, 100, 1})->Args({8, 100, 1})
    ->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(5);

/// A log of a million waiting events whose process was killed.
const std::filesystem::path& big_log() {
  static const test::TempDir folder;
  static const bool made = [] {
    const pid_t child = ::fork();
    if (child == 0) {
      Open open(folder.path(), store::DiskSync::os);
      append_all(open, 1, kBigLog, 4, 500);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0;
  }();
  if (!made) throw std::runtime_error("the big log could not be written");
  return folder.path();
}

void reopen_after_kill(benchmark::State& state) {
  const auto& folder = big_log();
  for (auto _ : state) {
    Open open(folder, store::DiskSync::fsync);
    if (open.log->opened_state().last_seq != kBigLog) state.SkipWithError("events are missing");
  }
}
BENCHMARK(reopen_after_kill)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void find_one_id(benchmark::State& state) {
  Open open(big_log(), store::DiskSync::fsync);
  Seq wanted = 17;
  for (auto _ : state) {
    EventQuery query;
    query.id = "event-" + std::to_string(wanted);
    auto page = test::run_coroutine(open.io, open.log->query(query));
    if (!page || page->events.size() != 1 || page->events[0]->seq != wanted) state.SkipWithError("not found");
    wanted = wanted * 31 % kBigLog + 1;
  }
}
BENCHMARK(find_one_id)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(20);

void read_backlog(benchmark::State& state) {
  Open open(big_log(), store::DiskSync::fsync);
  ReadRequest request;
  request.to = kBigLog;
  Seq events = 0;
  for (auto _ : state) {
    auto page = test::run_coroutine(open.io, open.log->read(request));
    if (!page || page->events.empty()) state.SkipWithError("nothing read");
    events += page->events.size();
    request.from = page->next > kBigLog - 1000 ? 1 : page->next;
  }
  state.counters["events/s"] = benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
}
BENCHMARK(read_backlog)->Unit(benchmark::kMicrosecond)->UseRealTime()->Iterations(1000);

void open_channels(benchmark::State& state) {
  const test::TempDir folder;
  constexpr int kChannels = 10'000;
  const auto open_all = [](Open& open) {
    std::vector<std::unique_ptr<ChannelLog>> logs;
    auto keep = [&logs](std::exception_ptr, Result<std::unique_ptr<ChannelLog>> log) { logs.push_back(std::move(*log)); };
    for (int i = 0; i < kChannels; ++i) {
      ChannelName name;
      name.tenant = "tenant-" + std::to_string(i % 100);
      name.channel = "channel-" + std::to_string(i);
      asio::co_spawn(open.io, open.engine->open(name, open.io.get_executor()), keep);
    }
    open.io.restart();
    open.io.run();
    return logs;
  };
  {
    Open open(folder.path(), store::DiskSync::fsync);
    const auto logs = open_all(open);
    for (const auto& log : logs) {
      std::vector<std::shared_ptr<StoredEvent>> events{make_event(1)};
      std::vector<LaneName> lanes(1);
      lanes[0].rule = "r";
      lanes[0].target = "t";
      asio::co_spawn(open.io, log->bind(lanes), [](std::exception_ptr, auto) {});
      asio::co_spawn(open.io, log->append(std::move(events)), [](std::exception_ptr, auto) {});
      open.io.restart();
      open.io.poll();
    }
    open.io.restart();
    open.io.run();
  }
  for (auto _ : state) {
    Open open(folder.path(), store::DiskSync::fsync);
    if (open_all(open).size() != kChannels) state.SkipWithError("channels are missing");
  }
}
BENCHMARK(open_channels)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace signalbox
