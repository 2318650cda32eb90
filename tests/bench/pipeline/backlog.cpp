// Events that wait for a target that hangs: what they cost in memory, and how soon they are back after a restart.
#include <functional>

#include "bench/pipeline/bed.hpp"
#include "loadtest/monotonic.hpp"

namespace signalbox::bench {
namespace {

double ms_since(std::uint64_t begun_ns) { return static_cast<double>(loadtest::monotonic_ns() - begun_ns) / 1e6; }

double restart_ms(test::DaemonProcess& daemon, const std::function<void()>& end) {
  end();
  const auto begun_ns = loadtest::monotonic_ns();
  daemon.start();
  return ms_since(begun_ns);
}

}  // namespace

void measure_backlog(Bed& bed) {
  if (bed.options.waiting == 0) return;
  auto& daemon = bed.daemon;
  const auto before_mib = bed.resident_mib();
  auto load = bed.load("backlog", 8);
  load.payload.mode = loadtest::ContentMode::batch;
  load.duration.reset();
  load.events = bed.options.waiting;
  const auto loaded = run(load);
  const auto waiting = bed.status().at("pending").get<std::uint64_t>();
  const auto loaded_mib = bed.resident_mib();
  const auto orderly_ms = restart_ms(daemon, [&daemon] { daemon.terminate(); });
  const auto killed_ms = restart_ms(daemon, [&daemon] { daemon.kill_hard(); });
  const auto restarted_mib = bed.resident_mib();
  print("backlog", {{"waiting", waiting},
                    {"batch_ingest_events_per_second", loaded.events_per_second()},
                    {"rss_mib_before", before_mib},
                    {"rss_mib_loaded", loaded_mib},
                    {"rss_mib_after_restart", restarted_mib},
                    {"restart_ms", orderly_ms},
                    {"restart_after_kill_ms", killed_ms}});
  daemon.kill_hard();
  bed.stuck->reset();
  bed.stuck->set_behaviour({});
  daemon.start();
  const auto begun_ns = loadtest::monotonic_ns();
  bed.wait_drained();
  print("backlog_drained", {{"events", bed.stuck->stats().total.unique},
                            {"events_per_second", bed.stuck->stats().events_per_second()},
                            {"ms", ms_since(begun_ns)},
                            {"rss_mib", bed.resident_mib()}});
}

}  // namespace signalbox::bench
