// links: signalbox_jq
//
// One event of 1 KiB through jq: in this process (what libjq itself takes), through a pool of workers one at
// a time, and with 64 that wait.  The worker is this executable again.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "base/system_clock.hpp"
#include "jq/blocking_workers.hpp"
#include "jq/compiled_program.hpp"
#include "jq/worker_loop.hpp"
#include "jq/workers.hpp"

namespace signalbox::jq {
namespace {

constexpr auto kReshape = "{id, who: .data.customer, skus: [.data.items[].sku], total: (.data.total * 1.2)}";
constexpr auto kPick = ".data.customer";

std::string event_of_1_kib() {
  std::string items;
  for (int i = 0; i < 10; ++i) {
    if (i > 0) items += ',';
    items +=
        R"({"sku":"A-10)" + std::to_string(i) + R"(","count":)" + std::to_string(i + 1) + R"(,"price":12.5})";
  }
  std::string event =
      R"({"specversion":"1.0","id":"8f2b5a52-0c7f-4f0e-9b43-2f1de1f7a0b1","source":"/shop/eu",)"
      R"("type":"com.acme.order.placed","time":"2026-11-23T18:07:00.5Z","data":{"customer":"Ann",)"
      R"("total":1200.5,"items":[)" +
      items + R"(],"note":")";
  const std::string_view end = R"("}})";
  event.append(1024 - end.size() - event.size(), 'x');
  return event.append(end);
}

void in_process(benchmark::State& state, const char* text) {
  CompiledProgram program(text);
  const auto event = event_of_1_kib();
  for (auto _ : state) benchmark::DoNotOptimize(program.run(event));
}
BENCHMARK_CAPTURE(in_process, pick, kPick);
BENCHMARK_CAPTURE(in_process, reshape, kReshape);

void compile(benchmark::State& state) {
  for (auto _ : state) CompiledProgram program(kReshape);
}
BENCHMARK(compile)->Unit(benchmark::kMillisecond);

void one_at_a_time(benchmark::State& state, const char* text) {
  BlockingWorkers workers(WorkersOptions{});
  const auto program = workers.compile(text);
  const auto event = event_of_1_kib();
  for (auto _ : state)
    if (!workers.run(*program, event)) return state.SkipWithError("an event failed");
}
BENCHMARK_CAPTURE(one_at_a_time, pick, kPick)->UseRealTime();
BENCHMARK_CAPTURE(one_at_a_time, reshape, kReshape)->UseRealTime();

/// Callers that each have one event under way.
class Callers {
 public:
  Callers(std::size_t workers, const char* text)
      : pool_(io_.get_executor(), clock_, WorkersOptions{.workers = workers, .each = {}}) {
    wait_for(prepare(text));
  }
  ~Callers() { wait_for(pool_.close()); }
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  void send(std::size_t count, std::size_t at_once) {
    left_ = count;
    for (std::size_t i = 0; i < at_once; ++i)
      boost::asio::co_spawn(io_, send_while_some_are_left(), &rethrow);
    io_.restart();
    while (ended_ < count && io_.run_one() > 0) {
    }
    ended_ = 0;
  }
  std::size_t failed() const { return failed_; }

 private:
  static void rethrow(std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  }
  void wait_for(boost::asio::awaitable<void> task) {
    bool done = false;
    boost::asio::co_spawn(io_, std::move(task), [&done](std::exception_ptr) { done = true; });
    io_.restart();
    while (!done) io_.run_one();
  }
  boost::asio::awaitable<void> prepare(std::string text) {
    auto compiled = co_await pool_.compile(std::move(text));
    program_ = std::make_unique<Program>(*std::move(compiled));
  }
  boost::asio::awaitable<void> send_while_some_are_left() {
    while (left_ > 0) {
      --left_;
      const auto result = co_await pool_.run(*program_, event_);
      failed_ += result ? 0 : 1;
      ++ended_;
    }
  }

  boost::asio::io_context io_;
  base::SystemClock clock_;
  Workers pool_;
  std::unique_ptr<Program> program_;
  const std::string event_ = event_of_1_kib();
  std::size_t left_ = 0, ended_ = 0, failed_ = 0;
};

void many_waiting(benchmark::State& state, const char* text) {
  Callers callers(static_cast<std::size_t>(state.range(0)), text);
  constexpr std::size_t kEvents = 10'000, kAtOnce = 64;
  for (auto _ : state) callers.send(kEvents, kAtOnce);
  if (callers.failed() > 0) state.SkipWithError("events failed");
  state.SetItemsProcessed(static_cast<std::int64_t>(kEvents) * state.iterations());
  state.counters["us_per_event"] = benchmark::Counter(
      kEvents * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(many_waiting, pick, kPick)
    ->ArgName("workers")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(many_waiting, reshape, kReshape)
    ->ArgName("workers")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace signalbox::jq

int main(int argument_count, char** arguments) {
  if (argument_count > 1 && std::string_view(arguments[1]) == signalbox::jq::kWorkerCommand)
    signalbox::jq::work(argument_count - 2, arguments + 2);
  benchmark::Initialize(&argument_count, arguments);
  benchmark::RunSpecifiedBenchmarks();
}
