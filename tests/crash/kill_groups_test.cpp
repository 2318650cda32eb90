// Kill -9 again and again while rules gather events into groups.  After it each acknowledged event has reached each
// rule's target, in one group and no other; groups went on over the kills.
//
//   SIGNALBOX_KILL_CYCLES   how often (default 8)
//   SIGNALBOX_KILL_SEED     of the moments; printed, default random
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "loadtest/event_token.hpp"
#include "loadtest/generator.hpp"
#include "loadtest/monotonic.hpp"
#include "loadtest/outcome_log.hpp"
#include "support/daemon_process.hpp"
#include "support/recording_target.hpp"
#include "support/temp_dir.hpp"

namespace signalbox::crash {
namespace {

using loadtest::EventToken;
using loadtest::Generator;
using loadtest::monotonic_ns;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr double kEventsPerSecond = 400;
constexpr std::uint64_t kSubjects = 20;
constexpr std::size_t kMostInGroup = 25;    // of rule by-subject
constexpr std::chrono::seconds kDrainPatience{120};

std::uint64_t number_from(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// by-subject: small groups by a key; batches: the same events as batches, to a target that fails now and then;
/// windows: long enough for several kills to come within one.
std::string tenants_for(const test::RecordingTarget& target) {
  const auto at = [&](const std::string& name) {
    return "      " + name + ": { http: { url: \"" + target.url("/" + name) + "\" } }\n";
  };
  const std::string retry = "retry: { initial: 20ms, max: 200ms, attempts: 1000 }";
  return "tenants:\n  acme:\n    targets:\n" + at("by-subject") + at("batches") + at("windows") +
         "    channels:\n      orders:\n        rules:\n"
         "          by-subject: { to: by-subject, aggregate: { by: subject, every: 900ms, up_to: 25 }, " + retry + " }\n"
         "          batches: { to: batches, aggregate: { every: 300ms, up_to: 200, as: batch }, " + retry + " }\n"
         "          windows: { to: windows, aggregate: { every: 3s, up_to: 10000 }, " + retry + " }\n";
}

using Members = std::vector<std::string>;  // ids

/// What the targets of one rule were told.
struct Heard {
  std::map<std::string, Members> group_of;  ///< by event, the events that it came with
  std::set<std::string> delivered;          ///< events of calls that were answered 2xx
  std::uint64_t calls = 0, repeated = 0;
};

Members ids_in(const json& events) {
  Members ids;
  for (const auto& event : events) ids.push_back(event.at("id"));
  return ids;
}

void hear(Heard& heard, const Members& members, bool taken) {
  ++heard.calls;
  for (const auto& id : members) {
    const auto [known, is_new] = heard.group_of.try_emplace(id, members);
    EXPECT_EQ(known->second, members) << id << " came in two groups";
    if (taken && !heard.delivered.insert(id).second && id == members.front()) ++heard.repeated;
  }
}

/// `failing` is the request that the script answers with 503.
Heard listen(const std::vector<test::RecordedRequest>& requests, const std::function<bool(std::size_t)>& failing) {
  Heard heard;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto body = json::parse(requests[i].body, nullptr, false);
    if (!body.is_array()) {
      ADD_FAILURE() << "torn: " << requests[i].body;
      continue;
    }
    hear(heard, ids_in(body), !failing(i));
  }
  return heard;
}

bool never(std::size_t) { return false; }
bool each_fifth(std::size_t request) { return request % 5 == 4; }

/// Of the group that spans most kills: how many.
std::size_t most_kills_within(const Heard& heard, const std::vector<std::uint64_t>& kills) {
  std::size_t most = 0;
  for (const auto& [id, members] : heard.group_of) {
    if (id != members.front()) continue;
    std::uint64_t from = ~std::uint64_t{0}, to = 0;
    for (const auto& member : members) {
      const auto due = EventToken::parse(member)->due_ns;
      from = std::min(from, due);
      to = std::max(to, due);
    }
    const auto within = [&](std::uint64_t kill) { return from < kill && kill < to; };
    most = std::max(most, static_cast<std::size_t>(std::count_if(kills.begin(), kills.end(), within)));
  }
  return most;
}

json look(const test::DaemonProcess& daemon, const std::string& path) {
  return json::parse(test::http_request("GET", daemon.admin_url(path), {}, {}, std::chrono::seconds(30)).body);
}

std::unique_ptr<Generator> start_generator(const test::DaemonProcess& daemon, std::string log) {
  loadtest::GeneratorOptions options;
  options.port = daemon.ingest_port();
  options.path = "/v1/acme/orders/events";
  options.payload.mode = loadtest::ContentMode::binary;
  options.payload.data_bytes = 100;
  options.payload.subjects = kSubjects;
  options.connections = 6;
  options.events_per_second = kEventsPerSecond;
  options.outcome_file = std::move(log);
  auto generator = Generator::start(options);
  if (!generator) throw std::runtime_error(generator.error().message);
  return std::move(*generator);
}

/// The ids of the events whose 2xx was read.
std::vector<std::string> acknowledged(const std::string& log) {
  auto outcomes = loadtest::read_outcomes(log);
  if (!outcomes) throw std::runtime_error(outcomes.error().message);
  std::vector<std::string> ids;
  for (const auto& outcome : *outcomes)
    if (outcome.kind == loadtest::RequestOutcome::Kind::acknowledged)
      for (auto i = outcome.first; i < outcome.first + outcome.count; ++i)
        ids.push_back(EventToken{outcome.run, i, outcome.due_ns}.text());
  return ids;
}

TEST(KillGroups, each_acknowledged_event_is_in_one_group_that_was_delivered) {
  if (test::signalbox_binary().empty())
    GTEST_SKIP() << "no daemon to test: set SIGNALBOX_BINARY or build signalbox";
  const auto cycles = number_from("SIGNALBOX_KILL_CYCLES", 8);
  const auto seed = number_from("SIGNALBOX_KILL_SEED", std::random_device()());
  std::cout << "kill cycles=" << cycles << " seed=" << seed << std::endl;
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> moment_ms(20, 900);

  const test::TempDir logs;
  test::RecordingTarget target;
  std::atomic<std::size_t> batches{0};
  target.script("/batches", [&batches](const test::RecordedRequest&) {
    return test::Answer::with(each_fifth(batches++) ? 503 : 204);
  });
  test::DaemonProcess daemon(test::DaemonConfig{tenants_for(target)});
  daemon.start();
  auto generator = start_generator(daemon, logs.file("sent"));
  std::vector<std::uint64_t> kills;
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    std::this_thread::sleep_for(milliseconds(moment_ms(random)));  // the moment is what is random, not a condition
    kills.push_back(monotonic_ns());
    daemon.kill_hard();
    daemon.start();
  }
  generator->stop();
  generator->wait();
  const auto idle = [&daemon] { return look(daemon, "/v1/status").at("pending") == 0; };
  ASSERT_TRUE(test::wait_until(idle, kDrainPatience)) << look(daemon, "/v1/status") << daemon.log();

  const auto promised = acknowledged(logs.file("sent"));
  ASSERT_FALSE(promised.empty());
  const std::pair<const char*, std::function<bool(std::size_t)>> rules[] = {
      {"/by-subject", never}, {"/batches", each_fifth}, {"/windows", never}};
  for (const auto& [path, failing] : rules) {
    std::vector<test::RecordedRequest> requests = target.requests(path);
    const auto heard = listen(requests, failing);
    std::size_t lost = 0;
    for (const auto& id : promised) lost += heard.delivered.contains(id) ? 0 : 1;
    EXPECT_EQ(lost, 0u) << path;
    EXPECT_LE(heard.repeated, cycles * 64) << path;
    const auto kills_within = most_kills_within(heard, kills);
    std::cout << "rule=" << path << " acknowledged=" << promised.size() << " delivered=" << heard.delivered.size()
              << " lost=" << lost << " calls=" << heard.calls << " repeated=" << heard.repeated
              << " most_kills_within_a_group=" << kills_within << std::endl;
    if (std::string(path) == "/windows") {
      EXPECT_GE(kills_within, 2u) << "no group went on over kills";
    }
    if (std::string(path) == "/by-subject") {
      for (const auto& [id, members] : heard.group_of) EXPECT_LE(members.size(), kMostInGroup);
    }
  }
  if (HasFailure()) std::cerr << "seed=" << seed << "; the daemon's log:\n" << daemon.log();
}

}  // namespace
}  // namespace signalbox::crash
