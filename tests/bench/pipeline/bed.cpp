#include "bench/pipeline/bed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "loadtest/monotonic.hpp"
#include "loadtest/process_usage.hpp"
#include "support/wait_until.hpp"

namespace signalbox::bench {

using loadtest::CountingTarget;
using nlohmann::json;

namespace {

constexpr std::chrono::minutes kLongPatience{10};

/// A target that takes requests and never answers.
std::unique_ptr<CountingTarget> start_hanging_target() {
  loadtest::TargetOptions hanging;
  hanging.behaviour.hang = true;
  return taken(CountingTarget::start(hanging));
}

}  // namespace

const std::vector<TransformKind>& transform_kinds() {
  static const std::vector<TransformKind> kinds{
      {"constant", "{ constant: { seen: true } }"},
      {"set", "{ set: { subject: $.data.order, level: 5 } }"},
      {"text", "{ template: \"Order <$.data.order> to <$.data.ship.city>\" }"},
      {"paths", "{ paths: { order: $.data.order, total: $.data.total, city: $.data.ship.city }, "
                "template: { order: <order>, total: <total>, to: <city> } }"},
      {"objects", "{ paths: { items: $.data.items, note: $.data.note }, template: { items: <items>, note: <note> } }"},
      {"raw", "{ template: \"<$.data.order>;<$.data.total>\", raw: { content_type: text/csv } }"},
      {"chain", "[ { set: { subject: $.data.order } }, { template: { city: <$.data.ship.city> } }, "
                "{ set: { level: 5 } } ]"},
      {"jq", "{ jq: '.data |= { order, total, skus: [.items[].sku] }' }"},
  };
  return kinds;
}

Bed::Bed(const Options& given)
    : options(given),
      target(taken(CountingTarget::start({}))),
      stuck(start_hanging_target()),
      daemon(test::DaemonConfig{tenants(), fmt::format("  shutdown_timeout: 1s\n  threads: {}\n", given.threads)}) {
  daemon.start();
}

std::string Bed::tenants() const {
  auto text = fmt::format(
      "tenants:\n  acme:\n    targets:\n"
      "      sink: {{ http: {{ url: \"http://127.0.0.1:{}/sink\" }} }}\n"
      "      stuck: {{ http: {{ url: \"http://127.0.0.1:{}/stuck\", timeout: 10m }} }}\n"
      "    channels:\n      quiet: {{}}\n      busy: {{ rules: {{ all: {{ to: [sink] }} }} }}\n"
      "      backlog: {{ rules: {{ all: {{ to: [stuck] }} }} }}\n",
      target->port(), stuck->port());
  for (const auto& [name, yaml] : transform_kinds())
    text += fmt::format("      {}: {{ rules: {{ all: {{ to: [sink], transform: {} }} }} }}\n", name, yaml);
  return text;
}

loadtest::GeneratorOptions Bed::load(const std::string& channel, std::size_t connections) const {
  loadtest::GeneratorOptions load;
  load.port = daemon.ingest_port();
  load.path = "/v1/acme/" + channel + "/events";
  load.connections = connections;
  load.payload.data_bytes = kDataBytes;
  load.duration = std::chrono::nanoseconds(static_cast<std::int64_t>(options.seconds * 1e9));
  load.warmup = *load.duration / 10;
  return load;
}

json Bed::status() const {
  return json::parse(test::http_request("GET", daemon.admin_url("/v1/status")).body);
}

void Bed::wait_drained() const {
  const auto idle = [this] { return status().at("pending") == 0; };
  if (!test::wait_until(idle, kLongPatience))
    throw std::runtime_error("the daemon did not drain: " + status().dump());
}

std::uint64_t Bed::resident_mib() const { return loadtest::usage_of(daemon.pid())->resident_bytes >> 20; }

double Bed::cpu_us() const {
  return std::chrono::duration<double, std::micro>(loadtest::usage_of(daemon.pid())->cpu).count();
}

Passage pass_through(Bed& bed, const std::string& channel) {
  bed.target->reset();
  const auto before_us = bed.cpu_us();
  const auto begun_ns = loadtest::monotonic_ns();
  const auto result = run(bed.load(channel, kConnections));
  bed.wait_drained();
  const auto seconds = static_cast<double>(loadtest::monotonic_ns() - begun_ns) / 1e9;
  const auto stats = bed.target->stats();
  // An answer that came after the generator had stopped belongs to an event that it does not count.
  if (stats.total.requests < result.acknowledged || (stats.total.untagged == 0 && stats.total.unique < result.acknowledged))
    throw std::runtime_error("events are missing at the target of " + channel);
  Passage passage;
  passage.events_per_second = static_cast<double>(stats.total.requests) / seconds;
  passage.cpu_us_per_event = (bed.cpu_us() - before_us) / static_cast<double>(stats.total.requests);
  return passage;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

loadtest::GeneratorResult run(const loadtest::GeneratorOptions& options) {
  return taken(loadtest::Generator::start(options))->wait();
}

json latencies(const loadtest::Histogram& histogram) {
  const auto us = [&histogram](double q) { return static_cast<double>(histogram.quantile(q)) / 1e3; };
  return {{"p50_us", us(0.5)}, {"p99_us", us(0.99)}, {"p999_us", us(0.999)}};
}

void print(const std::string& figure, const json& values) {
  json line = {{"figure", figure}};
  line.update(values);
  std::cout << line.dump() << std::endl;
}

}  // namespace signalbox::bench
