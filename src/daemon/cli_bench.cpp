#include "daemon/cli_bench.hpp"

#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "loadtest/loadtest.hpp"

namespace signalbox::daemon {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

nanoseconds seconds_of(double seconds) { return duration_cast<nanoseconds>(std::chrono::duration<double>(seconds)); }

/// Asks for an end on SIGINT or SIGTERM: a thread waits for either.
class StopOnSignal {
 public:
  StopOnSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    waiter_ = std::jthread([this](const std::stop_token& done) {
      const timespec while_looking{0, 100'000'000};
      while (!done.stop_requested())
        if (sigtimedwait(&signals_, nullptr, &while_looking) > 0) source_.request_stop();
    });
  }
  std::stop_token token() const { return source_.get_token(); }

 private:
  sigset_t signals_{};
  std::stop_source source_;
  std::jthread waiter_;
};

struct GeneratorFlags {
  loadtest::GeneratorOptions options;
  std::string mode = "binary", token_file;
  std::uint64_t events = 0;
  double seconds = 0;
};

void add_generator_options(CLI::App& app, GeneratorFlags& flags) {
  app.add_option("--host", flags.options.host, "Host of the ingest listener")->capture_default_str();
  app.add_option("--port", flags.options.port, "Port of the ingest listener")->capture_default_str();
  app.add_option("--path", flags.options.path, "Such as /v1/acme/orders/events")->required();
  app.add_option("--token-file", flags.token_file, "File with the bearer token");
  app.add_option("--connections", flags.options.connections, "One request under way on each")->capture_default_str();
  app.add_option("--rate", flags.options.events_per_second, "Events a second (default: as fast as answered)");
  app.add_option("--events", flags.events, "Stop after so many");
  app.add_option("--seconds", flags.seconds, "Stop sending after so long");
  app.add_option("--mode", flags.mode, "binary, structured or batch")->check(CLI::IsMember({"binary", "structured", "batch"}))->capture_default_str();
  app.add_option("--batch", flags.options.payload.batch_events, "Events in a batch")->capture_default_str();
  app.add_option("--size", flags.options.payload.data_bytes, "Bytes of each event's data")->capture_default_str();
}

void finish(GeneratorFlags& flags) {
  using loadtest::ContentMode;
  flags.options.payload.mode = flags.mode == "binary"       ? ContentMode::binary
                               : flags.mode == "structured" ? ContentMode::structured
                                                            : ContentMode::batch;
  if (flags.events != 0) flags.options.events = flags.events;
  if (flags.seconds > 0) flags.options.duration = seconds_of(flags.seconds);
  if (flags.token_file.empty()) return;
  std::ifstream file(flags.token_file);
  std::string token;
  std::getline(file, token);
  flags.options.bearer_token = Secret(std::move(token));
}

struct TargetFlags {
  loadtest::TargetOptions options;
  double delay_ms = 0;
};

void add_target_options(CLI::App& app, TargetFlags& flags, const char* prefix) {
  const std::string p = std::string("--") + prefix;
  app.add_option(p + "port", flags.options.port, "Port of the counting target (0: any free one)")->capture_default_str();
  app.add_option("--delay-ms", flags.delay_ms, "Hold each answer back for so long");
  app.add_option("--fail-first", flags.options.behaviour.fail_first, "The first attempts at each event fail");
  app.add_option("--fail-every", flags.options.behaviour.fail_every, "Each nth request fails");
  app.add_option("--fail-status", flags.options.behaviour.fail_status, "Status of what fails")->capture_default_str();
}

void finish(TargetFlags& flags) { flags.options.behaviour.delay = seconds_of(flags.delay_ms / 1000); }

}  // namespace

void add_bench_command(CLI::App& program, int& exit_code) {
  auto* bench = program.add_subcommand("bench", "Load generator and counting target, to measure your own installation");
  bench->require_subcommand(1);

  auto* send = bench->add_subcommand("send", "Send events and say how fast they were acknowledged");
  auto generator = std::make_shared<GeneratorFlags>();
  add_generator_options(*send, *generator);
  send->callback([generator, &exit_code] {
    finish(*generator);
    const StopOnSignal stop;
    exit_code = loadtest::run_generator(generator->options, std::cout, std::cerr, stop.token());
  });

  auto* target = bench->add_subcommand("target", "Take deliveries and count them");
  struct TargetCommand {
    TargetFlags flags;
    std::uint64_t expect = 0;
    double seconds = 0;
  };
  auto counting = std::make_shared<TargetCommand>();
  counting->flags.options.port = 9090;
  add_target_options(*target, counting->flags, "");
  target->add_option("--expect", counting->expect, "End when so many different events have come");
  target->add_option("--seconds", counting->seconds, "End after so long");
  target->callback([counting, &exit_code] {
    finish(counting->flags);
    loadtest::TargetRun run;
    run.target = counting->flags.options;
    if (counting->expect != 0) run.expect = counting->expect;
    if (counting->seconds > 0) run.duration = seconds_of(counting->seconds);
    const StopOnSignal stop;
    exit_code = loadtest::run_target(run, std::cout, std::cerr, stop.token());
  });

  auto* both = bench->add_subcommand("run", "Both, around a running daemon with a rule that delivers to the target");
  struct BothCommand {
    GeneratorFlags generator;
    TargetFlags target;
    loadtest::BenchRun run;
  };
  auto around = std::make_shared<BothCommand>();
  around->target.options.port = 9090;
  add_generator_options(*both, around->generator);
  add_target_options(*both, around->target, "target-");
  both->add_option("--deliveries-per-event", around->run.deliveries_per_event, "How many rules match each event")->capture_default_str();
  both->add_option("--pid", around->run.daemon_pid, "The daemon's process, to measure its CPU and memory");
  both->callback([around, &exit_code] {
    finish(around->generator);
    finish(around->target);
    around->run.generator = around->generator.options;
    around->run.target = around->target.options;
    const StopOnSignal stop;
    exit_code = loadtest::run_bench(around->run, std::cout, std::cerr, stop.token());
  });
}

}  // namespace signalbox::daemon
