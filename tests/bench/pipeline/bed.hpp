#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "loadtest/counting_target.hpp"
#include "loadtest/generator.hpp"
#include "support/daemon_process.hpp"

namespace signalbox::bench {

constexpr std::size_t kConnections = 64;
constexpr std::size_t kDataBytes = 1024;

struct Options {
  double seconds = 5;   ///< of each measurement
  unsigned rounds = 3;  ///< of those that are repeated; the median counts
  std::uint64_t waiting = 1'000'000;
  unsigned threads = 0;  ///< I/O threads of the daemon; 0: as many as cores
};

/// The value of a Result, or its error thrown.
template <class Made>
Made taken(Result<Made> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// A daemon with a channel for each measurement and the targets of its rules: `quiet` has no rules, `busy` one to the
/// counting target, `backlog` one to a target that hangs; each of transform_kinds() has one named for it.
class Bed {
 public:
  explicit Bed(const Options& given);

  /// One event of kDataBytes a request, for `options.seconds` after a short warm-up.
  loadtest::GeneratorOptions load(const std::string& channel, std::size_t connections) const;
  nlohmann::json status() const;
  /// Until no delivery is pending.  Throws after some minutes.
  void wait_drained() const;
  std::uint64_t resident_mib() const;
  /// CPU time of the daemon so far, in µs.
  double cpu_us() const;

  const Options options;
  std::unique_ptr<loadtest::CountingTarget> target, stuck;
  test::DaemonProcess daemon;

 private:
  std::string tenants() const;
};

/// A way to change events, as the YAML of a rule's `transform`.
struct TransformKind {
  const char* name;
  const char* yaml;
};
const std::vector<TransformKind>& transform_kinds();

/// Events sent through a channel with one rule to the counting target, until all have arrived.
struct Passage {
  double events_per_second = 0;  ///< from the first request to the last delivery
  double cpu_us_per_event = 0;   ///< of the daemon
};
/// Throws when one is missing at the target.
Passage pass_through(Bed& bed, const std::string& channel);

double median(std::vector<double> values);
loadtest::GeneratorResult run(const loadtest::GeneratorOptions& options);
nlohmann::json latencies(const loadtest::Histogram& histogram);
/// One JSON line on stdout.
void print(const std::string& figure, const nlohmann::json& values);

// The measurements; each prints its figures.
void measure_ingest(Bed& bed);
void measure_batches(Bed& bed);
void measure_delivery(Bed& bed);
void measure_rates(Bed& bed);
void measure_lone_connection(Bed& bed);
void measure_transforms(Bed& bed);
void measure_backlog(Bed& bed);

}  // namespace signalbox::bench
