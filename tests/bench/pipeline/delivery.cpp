// Events on their whole way to one target: as fast as it goes, at a rate, one after the other, and transformed.
#include "bench/pipeline/bed.hpp"

namespace signalbox::bench {

void measure_delivery(Bed& bed) {
  std::vector<double> rates, cpu_us;
  for (unsigned round = 0; round < bed.options.rounds; ++round) {
    const auto passage = pass_through(bed, "busy");
    rates.push_back(passage.events_per_second);
    cpu_us.push_back(passage.cpu_us_per_event);
  }
  print("end_to_end", {{"events_per_second", median(rates)}, {"cpu_us_per_event", median(cpu_us)}});
}

void measure_rates(Bed& bed) {
  for (const double events_per_second : {1'000.0, 5'000.0}) {
    bed.target->reset();
    auto load = bed.load("busy", kConnections);
    load.events_per_second = events_per_second;
    const auto result = run(load);
    bed.wait_drained();
    print("at_rate", {{"events_per_second", events_per_second},
                      {"acknowledge", latencies(result.latency)},
                      {"deliver", latencies(bed.target->stats().latency)}});
  }
}

void measure_lone_connection(Bed& bed) {
  bed.target->reset();
  const auto result = run(bed.load("busy", 1));
  bed.wait_drained();
  print("lone_connection", {{"events_per_second", result.events_per_second()},
                            {"acknowledge", latencies(result.latency)},
                            {"deliver", latencies(bed.target->stats().latency)}});
}

/// Each kind right after a pass-through, so that what else the machine does strikes both.
void measure_transforms(Bed& bed) {
  for (const auto& kind : transform_kinds()) {
    std::vector<double> ratios, cpu_ratios, cpu_us;
    for (unsigned round = 0; round < bed.options.rounds; ++round) {
      const auto as_it_is = pass_through(bed, "busy");
      const auto changed = pass_through(bed, kind.name);
      ratios.push_back(changed.events_per_second / as_it_is.events_per_second);
      cpu_ratios.push_back(changed.cpu_us_per_event / as_it_is.cpu_us_per_event);
      cpu_us.push_back(changed.cpu_us_per_event);
    }
    print("transform", {{"kind", kind.name},
                        {"rate_to_pass_through", median(ratios)},
                        {"cpu_to_pass_through", median(cpu_ratios)},
                        {"cpu_us_per_event", median(cpu_us)}});
  }
}

}  // namespace signalbox::bench
