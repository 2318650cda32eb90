#include "loadtest/loadtest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <sstream>
#include <string_view>
#include <thread>

#include "base/exit_code.hpp"
#include "loadtest/event_token.hpp"
#include "loadtest/monotonic.hpp"
#include "loadtest/process_usage.hpp"

namespace signalbox::loadtest {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(20);

int complain(std::ostream& complaints, std::string_view message, int code) {
  complaints << message << '\n';
  return code;
}

std::string line_of(const auto& figures) {
  std::ostringstream text;
  write_json(text, figures);
  auto line = text.str();
  line.pop_back();  // the line end
  return line;
}

/// Looks every kLookEvery until `done` or a stop is requested.
template <class Condition>
void wait_until(Condition done, const std::stop_token& stop) {
  while (!done() && !stop.stop_requested()) std::this_thread::sleep_for(kLookEvery);
}

/// Until `expected` deliveries have come or none has for `quiet`.
void wait_for_deliveries(const CountingTarget& target, std::uint64_t expected, std::chrono::nanoseconds quiet,
                         const std::stop_token& stop) {
  std::uint64_t received = 0, since_ns = monotonic_ns();
  const auto done = [&] {
    const auto now_received = target.stats().total.unique;
    if (now_received != received) since_ns = monotonic_ns();
    received = now_received;
    return received >= expected || monotonic_ns() - since_ns > to_ns(quiet);
  };
  wait_until(done, stop);
}

std::string usage_fields(const std::optional<ProcessUsage>& before, const std::optional<ProcessUsage>& after,
                         std::uint64_t events) {
  if (!before || !after) return {};
  const auto cpu = std::chrono::duration<double, std::micro>(after->cpu - before->cpu).count();
  return fmt::format(R"(,"cpu_us_per_event":{:.1f},"resident_bytes":{})",
                     cpu / static_cast<double>(std::max<std::uint64_t>(1, events)), after->resident_bytes);
}

}  // namespace

std::string faults_in(const GeneratorOptions& options) {
  const auto& payload = options.payload;
  std::string faults;
  const auto require = [&faults](bool holds, std::string_view message) {
    if (!holds) faults.append(faults.empty() ? "" : "\n").append(message);
  };
  require(options.port != 0, "the port must not be 0");
  require(options.path.starts_with('/'), "the path must begin with /");
  require(options.path.find_first_of(" \r\n") == std::string::npos,
          "the path must not hold spaces or line ends");
  require(options.connections >= 1 && options.connections <= 10'000, "connections: 1 to 10000");
  require(options.events_per_second >= 0, "the rate must not be negative");
  require(options.first_sequence <= EventToken::kMaxSequence / 2, "the first sequence number is too large");
  require(payload.data_bytes >= kMinDataBytes && payload.data_bytes <= (64u << 20),
          "data: 64 bytes to 64 MiB");
  require(payload.batch_events >= 1 && payload.batch_events <= 100'000, "events in a batch: 1 to 100000");
  require(!payload.types.empty(), "at least one event type is needed");
  require(payload.subjects >= 1 && payload.subjects <= kMaxSubjects, "subjects: 1 to 1000000");
  return faults;
}

int run_generator(const GeneratorOptions& options, std::ostream& out, std::ostream& complaints,
                  std::stop_token stop) {
  if (const auto faults = faults_in(options); !faults.empty())
    return complain(complaints, faults, kInputAtFault);
  auto generator = Generator::start(options);
  if (!generator) return complain(complaints, generator.error().message, kDaemonOrNetworkAtFault);
  const std::stop_callback on_stop(stop, [&generator] { (*generator)->stop(); });
  const auto& result = (*generator)->wait();
  write_json(out, result);
  return result.acknowledged > 0 ? kDone : kDaemonOrNetworkAtFault;
}

int run_target(const TargetRun& run, std::ostream& out, std::ostream& complaints, std::stop_token stop) {
  auto target = CountingTarget::start(run.target);
  if (!target) return complain(complaints, target.error().message, kDaemonOrNetworkAtFault);
  out << fmt::format(R"({{"listening":"{}:{}"}})", run.target.host, (*target)->port()) << std::endl;
  const auto start_ns = monotonic_ns();
  const auto done = [&] {
    if (run.duration && monotonic_ns() - start_ns >= to_ns(*run.duration)) return true;
    return run.expect && (*target)->stats().total.unique >= *run.expect;
  };
  wait_until(done, stop);
  write_json(out, (*target)->stats());
  return kDone;
}

int run_bench(const BenchRun& run, std::ostream& out, std::ostream& complaints, std::stop_token stop) {
  if (const auto faults = faults_in(run.generator); !faults.empty()) {
    return complain(complaints, faults, kInputAtFault);
  }
  auto target = CountingTarget::start(run.target);
  if (!target) return complain(complaints, target.error().message, kDaemonOrNetworkAtFault);
  const auto usage_before = usage_of(run.daemon_pid);
  auto generator = Generator::start(run.generator);
  if (!generator) return complain(complaints, generator.error().message, kDaemonOrNetworkAtFault);
  const std::stop_callback on_stop(stop, [&generator] { (*generator)->stop(); });
  const auto& sent = (*generator)->wait();

  const auto expected = sent.acknowledged * run.deliveries_per_event;
  wait_for_deliveries(**target, expected, run.quiet, stop);
  const auto received = (*target)->stats();
  const auto missing = expected - std::min(expected, received.total.unique);
  out << fmt::format(R"({{"sent":{},"received":{},"missing":{}{}}})", line_of(sent), line_of(received),
                     missing, usage_fields(usage_before, usage_of(run.daemon_pid), sent.acknowledged))
      << std::endl;
  return sent.acknowledged > 0 && missing == 0 ? kDone : kDaemonOrNetworkAtFault;
}

}  // namespace signalbox::loadtest
