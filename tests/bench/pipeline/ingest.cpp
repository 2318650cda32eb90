// Events that are only taken in: beside a server that keeps nothing, and in batches.
#include <chrono>
#include <thread>

#include "bench/pipeline/bed.hpp"
#include "support/program.hpp"
#include "support/wait_until.hpp"

namespace signalbox::bench {
namespace {

/// The server that keeps nothing, on the port the load is meant for.
class BareServer {
 public:
  explicit BareServer(std::uint16_t port)
      : program_({BENCH_BARE_BEAST, std::to_string(port), std::to_string(std::thread::hardware_concurrency())}, {}) {
    const auto listens = [port] {
      try {
        test::HttpConnection probe(port);
        return true;
      } catch (const std::runtime_error&) {
        return false;
      }
    };
    if (!test::wait_until(listens)) throw std::runtime_error("bench_bare_beast does not listen");
  }

 private:
  test::Program program_;
};

/// A port that is free now.
std::uint16_t free_port() {
  const auto anywhere = taken(loadtest::CountingTarget::start({}));
  return anywhere->port();
}

}  // namespace

/// Turn and turn about, so that what else the machine does strikes both.
void measure_ingest(Bed& bed) {
  const auto bare_port = free_port();
  const BareServer bare(bare_port);
  std::vector<double> ours, theirs, ratios, cpu_us;
  loadtest::Histogram latency;
  for (unsigned round = 0; round < bed.options.rounds; ++round) {
    auto load = bed.load("quiet", kConnections);
    load.port = bare_port;
    theirs.push_back(run(load).events_per_second());
    const auto before_us = bed.cpu_us();
    const auto result = run(bed.load("quiet", kConnections));
    ours.push_back(result.events_per_second());
    ratios.push_back(ours.back() / theirs.back());
    latency = result.latency;
    const auto acknowledged = static_cast<double>(std::max<std::uint64_t>(1, result.acknowledged));
    cpu_us.push_back((bed.cpu_us() - before_us) / acknowledged);
  }
  nlohmann::json values = {{"events_per_second", median(ours)}, {"bare_beast_per_second", median(theirs)},
                           {"ratio", median(ratios)},           {"cpu_us_per_event", median(cpu_us)},
                           {"connections", kConnections},       {"data_bytes", kDataBytes}};
  values.update(latencies(latency));
  print("durable_ingest", values);
}

void measure_batches(Bed& bed) {
  std::vector<double> rates, cpu_us;
  for (unsigned round = 0; round < bed.options.rounds; ++round) {
    auto load = bed.load("quiet", 8);
    load.payload.mode = loadtest::ContentMode::batch;
    load.payload.batch_events = 100;
    const auto before_us = bed.cpu_us();
    const auto result = run(load);
    rates.push_back(result.events_per_second());
    cpu_us.push_back((bed.cpu_us() - before_us) / static_cast<double>(std::max<std::uint64_t>(1, result.acknowledged)));
  }
  print("batch_ingest", {{"events_per_second", median(rates)}, {"cpu_us_per_event", median(cpu_us)}, {"batch", 100}});
}

}  // namespace signalbox::bench
