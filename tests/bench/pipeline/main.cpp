// What the whole daemon does on this machine, in one run: durable ingest beside a server that keeps nothing, the way
// to one target, as it is and transformed, the latency of a lone connection, and a backlog's memory and restart time.
//
//     bench_pipeline [--only ingest,delivery] [--seconds 5] [--rounds 3] [--waiting 1000000] [--threads N]
//                    [--binary FILE]
//
// Prints one JSON line a figure.  Ratios compare only what was measured in the same run: generator, target and daemon
// share the machine.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "bench/pipeline/bed.hpp"

namespace signalbox::bench {
namespace {

const std::vector<std::pair<std::string, void (*)(Bed&)>> kMeasurements{
    {"ingest", measure_ingest},     {"batches", measure_batches}, {"delivery", measure_delivery},
    {"rates", measure_rates},       {"lone", measure_lone_connection}, {"transforms", measure_transforms},
    {"backlog", measure_backlog},
};

int main_of(int argc, char** argv) {
  Options options;
  std::string binary;
  std::vector<std::string> names, only;
  for (const auto& [name, measure] : kMeasurements) names.push_back(name);
  CLI::App app("Measures a signalbox daemon on this machine");
  app.add_option("--only", only, "these measurements; default all")->delimiter(',')->check(CLI::IsMember(names));
  app.add_option("--seconds", options.seconds, "of each measurement")->check(CLI::PositiveNumber);
  app.add_option("--rounds", options.rounds, "of the measurements that are repeated")->check(CLI::Range(1, 99));
  app.add_option("--waiting", options.waiting, "events in the backlog; 0: leave it out");
  app.add_option("--threads", options.threads, "I/O threads of the daemon; default: as many as cores");
  app.add_option("--binary", binary, "the daemon; default $SIGNALBOX_BINARY, else the build's");
  CLI11_PARSE(app, argc, argv);
  if (!binary.empty()) ::setenv("SIGNALBOX_BINARY", binary.c_str(), 1);
  if (test::signalbox_binary().empty()) {
    std::cerr << "no daemon to measure: build signalbox or give --binary\n";
    return 1;
  }
  Bed bed(options);
  for (const auto& [name, measure] : kMeasurements)
    if (only.empty() || std::ranges::find(only, name) != only.end()) measure(bed);
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
