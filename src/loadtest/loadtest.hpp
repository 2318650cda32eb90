#pragma once
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <stop_token>
#include <string>

#include "loadtest/counting_target.hpp"
#include "loadtest/generator.hpp"

/// What `signalbox bench` offers: each function runs until it is done or `stop` is requested, writes JSON
/// lines to `out`, complaints to `complaints`, and returns an exit code of the command line (0 done, 1 the
/// options are at fault, 3 the daemon or the network is at fault).
namespace signalbox::loadtest {

/// `signalbox bench send`: one GeneratorResult.  3 when nothing at all was acknowledged.
int run_generator(const GeneratorOptions& options, std::ostream& out, std::ostream& complaints,
                  std::stop_token stop = {});

struct TargetRun {
  TargetOptions target;
  std::optional<std::uint64_t> expect;               ///< stop when so many different events have come
  std::optional<std::chrono::nanoseconds> duration;  ///< stop after
};

/// `signalbox bench target`: first {"listening":"127.0.0.1:9090"}, at the end one TargetStats.
int run_target(const TargetRun& run, std::ostream& out, std::ostream& complaints, std::stop_token stop = {});

struct BenchRun {
  GeneratorOptions generator;
  TargetOptions target;                    ///< where a rule of the daemon under test delivers to
  std::uint64_t deliveries_per_event = 1;  ///< how many of its rules match each event
  std::chrono::nanoseconds quiet =
      std::chrono::seconds(5);  ///< give up waiting when nothing comes for so long
  int daemon_pid = 0;           ///< when not 0, the daemon's CPU per event and memory are measured
};

/// `signalbox bench run`: generator and target around a running daemon; one line
/// {"sent":…,"received":…,"missing":n,"cpu_us_per_event":…,"resident_bytes":…}.  3 when events are missing.
int run_bench(const BenchRun& run, std::ostream& out, std::ostream& complaints, std::stop_token stop = {});

/// What is wrong with the options, for people; "" when nothing is.  Called by the functions above.
std::string faults_in(const GeneratorOptions& options);

}  // namespace signalbox::loadtest
