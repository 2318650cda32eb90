// Kill -9 again and again under load; then the oracle.
//
//   SIGNALBOX_KILL_CYCLES   how often (default 12)
//   SIGNALBOX_KILL_SEED     of the moments; printed, default random
//   SIGNALBOX_KILL_LOGS     an existing directory that keeps the logs of both ends when the oracle objects
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "loadtest/counting_target.hpp"
#include "loadtest/event_token.hpp"
#include "loadtest/generator.hpp"
#include "loadtest/monotonic.hpp"
#include "oracle.hpp"
#include "support/daemon_process.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace signalbox::crash {
namespace {

using loadtest::ContentMode;
using loadtest::CountingTarget;
using loadtest::Generator;
using loadtest::monotonic_ns;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t kDataBytes = 300;
constexpr std::uint64_t kSubjects = 100;
constexpr std::uint64_t kDoomedSubject = 13;
constexpr unsigned kTargetConcurrency = 64;
constexpr double kEventsPerSecond = 500;  // of each generator
constexpr std::chrono::seconds kDrainPatience{120};
const std::string kChannel = "/v1/tenants/acme/channels/orders";

std::uint64_t number_from(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// Three targets: one that works, one that fails every seventh request, one that refuses for good.
struct Targets {
  explicit Targets(const test::TempDir& directory) {
    steady = start(directory.file("steady"), {});
    loadtest::TargetBehaviour flaky_behaviour;
    flaky_behaviour.fail_every = 7;
    flaky = start(directory.file("flaky"), flaky_behaviour);
    loadtest::TargetBehaviour refusing_behaviour;
    refusing_behaviour.status = 400;
    refusing = start(directory.file("refusing"), refusing_behaviour);
  }

  static std::unique_ptr<CountingTarget> start(const std::string& log, loadtest::TargetBehaviour behaviour) {
    loadtest::TargetOptions options;
    options.behaviour = behaviour;
    options.delivery_file = log;
    auto target = CountingTarget::start(options);
    if (!target) throw std::runtime_error(target.error().message);
    return std::move(*target);
  }

  std::unique_ptr<CountingTarget> steady, flaky, refusing;
};

std::string tenants_for(const Targets& targets) {
  const auto target = [](const std::string& name, const CountingTarget& at) {
    return "      " + name + ": { http: { url: \"http://127.0.0.1:" + std::to_string(at.port()) + "/" + name +
           "\", concurrency: " + std::to_string(kTargetConcurrency) + " } }\n";
  };
  const std::string retry = "retry: { initial: 20ms, max: 200ms, attempts: 1000 }";
  return "tenants:\n  acme:\n    targets:\n" + target("steady", *targets.steady) +
         target("flaky", *targets.flaky) + target("refusing", *targets.refusing) +
         "    channels:\n      orders:\n        rules:\n"
         "          all: { to: [steady], " +
         retry +
         " }\n"
         "          odd: { pattern: { type: [odd] }, to: [flaky], " +
         retry +
         " }\n"
         "          doomed: { pattern: { subject: [orders/000013] }, to: [refusing], " +
         retry + " }\n";
}

std::vector<RuleUnderTest> rules() {
  return {
      {"all", "/steady", [](std::uint64_t) { return true; }},
      {"odd", "/flaky", [](std::uint64_t sequence) { return sequence % 2 == 1; }},
      {"doomed", "/refusing", [](std::uint64_t sequence) { return sequence % kSubjects == kDoomedSubject; }}};
}

loadtest::GeneratorOptions generator_options(const test::DaemonProcess& daemon, ContentMode mode,
                                             std::string log) {
  loadtest::GeneratorOptions options;
  options.port = daemon.ingest_port();
  options.path = "/v1/acme/orders/events";
  options.payload.mode = mode;
  options.payload.batch_events = 20;
  options.payload.data_bytes = kDataBytes;
  options.payload.types = {"even", "odd"};
  options.payload.subjects = kSubjects;
  options.connections = mode == ContentMode::batch ? 2 : 6;
  options.events_per_second = kEventsPerSecond;
  options.outcome_file = std::move(log);
  return options;
}

std::unique_ptr<Generator> start_generator(const loadtest::GeneratorOptions& options) {
  auto generator = Generator::start(options);
  if (!generator) throw std::runtime_error(generator.error().message);
  return std::move(*generator);
}

json look(const test::DaemonProcess& daemon, const std::string& path) {
  return json::parse(
      test::http_request("GET", daemon.admin_url(path), {}, {}, std::chrono::seconds(30)).body);
}

std::vector<ListedDeadLetter> list_dead_letters(const test::DaemonProcess& daemon) {
  std::vector<ListedDeadLetter> letters;
  std::string cursor;
  do {
    const auto page = look(daemon, kChannel + "/dead-letters?limit=1000" + cursor);
    for (const auto& letter : page.at("dead_letters")) {
      letters.push_back({letter.at("rule"), letter.at("id"), letter.at("reason"), letter.at("attempts")});
    }
    cursor = page.contains("cursor") ? "&cursor=" + page.at("cursor").get<std::string>() : "";
  } while (!cursor.empty());
  return letters;
}

template <class Record>
void append(std::vector<Record>& all, Result<std::vector<Record>> more) {
  if (!more) throw std::runtime_error(more.error().message);
  all.insert(all.end(), more->begin(), more->end());
}

/// Copies what the oracle saw to $SIGNALBOX_KILL_LOGS, if that is set.
void keep_logs(const test::TempDir& logs, const Evidence& evidence) {
  const char* directory = std::getenv("SIGNALBOX_KILL_LOGS");
  if (directory == nullptr) return;
  const std::filesystem::path kept(directory);
  std::filesystem::copy(
      logs.path(), kept,
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  std::ofstream failures(kept / "failures");
  for (const auto& failure : evidence.failures)
    failures << failure.struck_ns << ' ' << failure.restarted_ns << '\n';
}

/// The journeys of some events must tell what the targets and the dead letters tell.
void check_journeys(const test::DaemonProcess& daemon, const Evidence& evidence) {
  const auto last = look(daemon, kChannel).at("last_seq").get<std::uint64_t>();
  constexpr std::uint64_t kSample = 200;
  const auto step = std::max<std::uint64_t>(1, last / kSample);
  for (std::uint64_t seq = 1; seq <= last; seq += step) {
    const auto event = look(daemon, kChannel + "/events/" + std::to_string(seq));
    const std::string id = event.at("event").at("id");
    const auto sequence = loadtest::EventToken::parse(id)->sequence;
    std::size_t expected = 0;
    for (const auto& rule : evidence.rules) expected += rule.matches(sequence) ? 1 : 0;
    EXPECT_EQ(event.at("outcomes").size(), expected) << event;
    for (const auto& outcome : event.at("outcomes")) {
      EXPECT_EQ(outcome.at("outcome"), outcome.at("rule") == "doomed" ? "dead" : "delivered") << event;
    }
  }
}

TEST(Kill, acknowledged_means_kept_after_any_number_of_crashes) {
  if (test::signalbox_binary().empty())
    GTEST_SKIP() << "no daemon to test: set SIGNALBOX_BINARY or build signalbox";
  const auto cycles = number_from("SIGNALBOX_KILL_CYCLES", 12);
  const auto seed = number_from("SIGNALBOX_KILL_SEED", std::random_device()());
  std::cout << "kill cycles=" << cycles << " seed=" << seed << std::endl;
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> moment_ms(20, 900);

  const test::TempDir logs;
  auto targets = std::make_optional<Targets>(logs);
  test::DaemonProcess daemon(test::DaemonConfig{tenants_for(*targets)});
  daemon.start();
  auto single = start_generator(generator_options(daemon, ContentMode::binary, logs.file("single")));
  auto batch = start_generator(generator_options(daemon, ContentMode::batch, logs.file("batch")));

  Evidence evidence;
  evidence.rules = rules();
  evidence.data_bytes = kDataBytes;
  std::chrono::nanoseconds slowest_restart{0};
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    std::this_thread::sleep_for(
        milliseconds(moment_ms(random)));  // the moment is what is random, not a condition
    Failure failure;
    failure.struck_ns = monotonic_ns();
    daemon.kill_hard();
    const auto begun_ns = monotonic_ns();
    daemon.start();
    failure.restarted_ns = monotonic_ns();
    slowest_restart = std::max(slowest_restart, std::chrono::nanoseconds(failure.restarted_ns - begun_ns));
    evidence.failures.push_back(failure);
  }
  single->stop();
  batch->stop();
  single->wait();
  batch->wait();

  const auto idle = [&daemon] { return look(daemon, "/v1/status").at("pending") == 0; };
  ASSERT_TRUE(test::wait_until(idle, kDrainPatience)) << look(daemon, "/v1/status") << daemon.log();
  evidence.dead = list_dead_letters(daemon);
  for (auto* target : {&targets->steady, &targets->flaky, &targets->refusing})
    target->get()->flush_deliveries();
  for (const auto* log : {"single", "batch"}) append(evidence.sent, loadtest::read_outcomes(logs.file(log)));
  for (const auto* log : {"steady", "flaky", "refusing"}) {
    append(evidence.deliveries, loadtest::read_deliveries(logs.file(log)));
  }
  const auto judgement = judge(evidence);
  std::cout << "kill cycles=" << cycles << " " << judgement.summary()
            << " slowest_restart_ms=" << std::chrono::duration_cast<milliseconds>(slowest_restart).count()
            << std::endl;
  EXPECT_EQ(judgement.violation_count, 0u) << testing::PrintToString(judgement.violations);
  if (judgement.violation_count > 0) keep_logs(logs, evidence);
  EXPECT_GT(judgement.acknowledged, 0u);
  EXPECT_GT(judgement.dead, 0u);
  EXPECT_LT(slowest_restart, std::chrono::seconds(5));
  check_journeys(daemon, evidence);
  if (HasFailure()) std::cerr << "seed=" << seed << "; the daemon's log:\n" << daemon.log();
}

}  // namespace
}  // namespace signalbox::crash
