// What the whole daemon does on this machine, in one run: durable ingest beside a server that keeps nothing,
// the way to one target, the latency of a lone connection, and a backlog's memory and restart time.
//
//     bench_pipeline [--seconds 5] [--rounds 3] [--waiting 1000000] [--binary FILE]
//
// Prints one JSON line a figure.  Ratios compare only what was measured in the same run: generator, target
// and daemon share the machine.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "loadtest/counting_target.hpp"
#include "loadtest/generator.hpp"
#include "loadtest/monotonic.hpp"
#include "loadtest/process_usage.hpp"
#include "support/daemon_process.hpp"
#include "support/wait_until.hpp"

namespace signalbox::bench {
namespace {

using loadtest::CountingTarget;
using loadtest::Generator;
using loadtest::GeneratorOptions;
using loadtest::GeneratorResult;
using nlohmann::json;

constexpr std::size_t kConnections = 64;
constexpr std::size_t kDataBytes = 1024;
constexpr std::chrono::minutes kLongPatience{10};

struct Options {
  double seconds = 5;   // of each measurement
  unsigned rounds = 3;  // of those that are repeated; the median counts
  std::uint64_t waiting = 1'000'000;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double ms_since(std::uint64_t begun_ns) {
  return static_cast<double>(loadtest::monotonic_ns() - begun_ns) / 1e6;
}

template <class Made>
Made taken(Result<Made> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// A target that takes requests and never answers.
std::unique_ptr<CountingTarget> start_hanging_target() {
  loadtest::TargetOptions hanging;
  hanging.behaviour.hang = true;
  return taken(CountingTarget::start(hanging));
}

/// The daemon with a channel for each measurement: `quiet` has no rules, `busy` one to the counting target,
/// `backlog` one to a target that hangs.
struct Bench {
  explicit Bench(Options given)
      : options(given),
        target(taken(CountingTarget::start({}))),
        stuck(start_hanging_target()),
        daemon(test::DaemonConfig{tenants(), "  shutdown_timeout: 1s\n"}) {
    daemon.start();
  }

  std::string tenants() const {
    return fmt::format(
        "tenants:\n  acme:\n    targets:\n"
        "      sink: {{ http: {{ url: \"http://127.0.0.1:{}/sink\" }} }}\n"
        "      stuck: {{ http: {{ url: \"http://127.0.0.1:{}/stuck\", timeout: 10m }} }}\n"
        "    channels:\n      quiet: {{}}\n      busy: {{ rules: {{ all: {{ to: [sink] }} }} }}\n"
        "      backlog: {{ rules: {{ all: {{ to: [stuck] }} }} }}\n",
        target->port(), stuck->port());
  }

  GeneratorOptions load(const std::string& channel, std::size_t connections) const {
    GeneratorOptions load;
    load.port = daemon.ingest_port();
    load.path = "/v1/acme/" + channel + "/events";
    load.connections = connections;
    load.payload.data_bytes = kDataBytes;
    load.duration = std::chrono::nanoseconds(static_cast<std::int64_t>(options.seconds * 1e9));
    load.warmup = *load.duration / 10;
    return load;
  }

  json status() const { return json::parse(test::http_request("GET", daemon.admin_url("/v1/status")).body); }
  void wait_drained() const {
    const auto idle = [this] { return status().at("pending") == 0; };
    if (!test::wait_until(idle, kLongPatience))
      throw std::runtime_error("the daemon did not drain: " + status().dump());
  }

  Options options;
  std::unique_ptr<CountingTarget> target, stuck;
  test::DaemonProcess daemon;
};

GeneratorResult run(const GeneratorOptions& options) { return taken(Generator::start(options))->wait(); }

void print(const std::string& figure, const json& values) {
  json line = {{"figure", figure}};
  line.update(values);
  std::cout << line.dump() << std::endl;
}

json latencies(const loadtest::Histogram& histogram) {
  const auto us = [&histogram](double q) { return static_cast<double>(histogram.quantile(q)) / 1e3; };
  return {{"p50_us", us(0.5)}, {"p99_us", us(0.99)}, {"p999_us", us(0.999)}};
}

/// The server that keeps nothing, on the port the load is meant for.
class BareServer {
 public:
  explicit BareServer(std::uint16_t port)
      : program_(
            {BENCH_BARE_BEAST, std::to_string(port), std::to_string(std::thread::hardware_concurrency())},
            {}) {
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

/// Turn and turn about, so that what else the machine does strikes both.
void measure_ingest(const Bench& bench) {
  const auto anywhere = taken(CountingTarget::start({}));
  const auto bare_port = static_cast<std::uint16_t>(anywhere->port() + 1);
  const BareServer bare(bare_port);
  std::vector<double> ours, theirs, ratios;
  loadtest::Histogram latency;
  double cpu_us = 0;
  for (unsigned round = 0; round < bench.options.rounds; ++round) {
    auto load = bench.load("quiet", kConnections);
    load.port = bare_port;
    theirs.push_back(run(load).events_per_second());
    const auto before = loadtest::usage_of(bench.daemon.pid());
    const auto result = run(bench.load("quiet", kConnections));
    const auto after = loadtest::usage_of(bench.daemon.pid());
    ours.push_back(result.events_per_second());
    ratios.push_back(ours.back() / theirs.back());
    latency = result.latency;
    const auto cpu = std::chrono::duration<double, std::micro>(after->cpu - before->cpu);
    cpu_us = cpu.count() / static_cast<double>(std::max<std::uint64_t>(1, result.acknowledged));
  }
  json values = {{"events_per_second", median(ours)}, {"bare_beast_per_second", median(theirs)},
                 {"ratio", median(ratios)},           {"cpu_us_per_event", cpu_us},
                 {"connections", kConnections},       {"data_bytes", kDataBytes}};
  values.update(latencies(latency));
  print("durable_ingest", values);
}

void measure_way_to_target(const Bench& bench) {
  std::vector<double> rates;
  double cpu_us = 0;
  for (unsigned round = 0; round < bench.options.rounds; ++round) {
    bench.target->reset();
    const auto before = loadtest::usage_of(bench.daemon.pid());
    const auto result = run(bench.load("busy", kConnections));
    bench.wait_drained();
    const auto stats = bench.target->stats();
    if (stats.total.unique != result.acknowledged)
      throw std::runtime_error("events are missing at the target");
    rates.push_back(stats.events_per_second());
    const auto cpu = loadtest::usage_of(bench.daemon.pid())->cpu - before->cpu;
    cpu_us =
        std::chrono::duration<double, std::micro>(cpu).count() / static_cast<double>(result.acknowledged);
  }
  print("end_to_end", {{"events_per_second", median(rates)}, {"cpu_us_per_event", cpu_us}});
}

void measure_rate_latency(const Bench& bench, double events_per_second) {
  bench.target->reset();
  auto load = bench.load("busy", kConnections);
  load.events_per_second = events_per_second;
  const auto result = run(load);
  bench.wait_drained();
  print("at_rate", {{"events_per_second", events_per_second},
                    {"acknowledge", latencies(result.latency)},
                    {"deliver", latencies(bench.target->stats().latency)}});
}

void measure_lone_connection(const Bench& bench) {
  bench.target->reset();
  const auto result = run(bench.load("busy", 1));
  bench.wait_drained();
  print("lone_connection", {{"events_per_second", result.events_per_second()},
                            {"acknowledge", latencies(result.latency)},
                            {"deliver", latencies(bench.target->stats().latency)}});
}

double restart_ms(test::DaemonProcess& daemon, const std::function<void()>& end) {
  end();
  const auto begun_ns = loadtest::monotonic_ns();
  daemon.start();
  return ms_since(begun_ns);
}

std::uint64_t resident_mib(const test::DaemonProcess& daemon) {
  return loadtest::usage_of(daemon.pid())->resident_bytes >> 20;
}

void measure_backlog(Bench& bench) {
  auto& daemon = bench.daemon;
  const auto before_mib = resident_mib(daemon);
  auto load = bench.load("backlog", 8);
  load.payload.mode = loadtest::ContentMode::batch;
  load.duration.reset();
  load.events = bench.options.waiting;
  const auto loaded = run(load);
  const auto waiting = bench.status().at("pending").get<std::uint64_t>();
  const auto loaded_mib = resident_mib(daemon);
  const auto orderly_ms = restart_ms(daemon, [&daemon] { daemon.terminate(); });
  const auto killed_ms = restart_ms(daemon, [&daemon] { daemon.kill_hard(); });
  const auto restarted_mib = resident_mib(daemon);
  print("backlog", {{"waiting", waiting},
                    {"batch_ingest_events_per_second", loaded.events_per_second()},
                    {"rss_mib_before", before_mib},
                    {"rss_mib_loaded", loaded_mib},
                    {"rss_mib_after_restart", restarted_mib},
                    {"restart_ms", orderly_ms},
                    {"restart_after_kill_ms", killed_ms}});
  daemon.kill_hard();
  bench.stuck->reset();
  bench.stuck->set_behaviour({});
  daemon.start();
  const auto begun_ns = loadtest::monotonic_ns();
  bench.wait_drained();
  print("backlog_drained", {{"events", bench.stuck->stats().total.unique},
                            {"events_per_second", bench.stuck->stats().events_per_second()},
                            {"ms", ms_since(begun_ns)},
                            {"rss_mib", resident_mib(daemon)}});
}

int main_of(int argc, char** argv) {
  Options options;
  std::string binary;
  CLI::App app("Measures a signalbox daemon on this machine");
  app.add_option("--seconds", options.seconds, "of each measurement")->check(CLI::PositiveNumber);
  app.add_option("--rounds", options.rounds, "of the measurements that are repeated")
      ->check(CLI::Range(1, 99));
  app.add_option("--waiting", options.waiting, "events in the backlog; 0: leave it out");
  app.add_option("--binary", binary, "the daemon; default $SIGNALBOX_BINARY, else the build's");
  CLI11_PARSE(app, argc, argv);
  if (!binary.empty()) ::setenv("SIGNALBOX_BINARY", binary.c_str(), 1);
  if (test::signalbox_binary().empty()) {
    std::cerr << "no daemon to measure: build signalbox or give --binary\n";
    return 1;
  }
  Bench bench(options);
  measure_ingest(bench);
  measure_way_to_target(bench);
  measure_rate_latency(bench, 1000);
  measure_lone_connection(bench);
  if (options.waiting > 0) measure_backlog(bench);
  return 0;
}

}  // namespace
}  // namespace signalbox::bench

int main(int argc, char** argv) {
  try {
    return signalbox::bench::main_of(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
