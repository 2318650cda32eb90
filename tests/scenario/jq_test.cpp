// Rules whose transform is a jq program, in a real daemon with its workers.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kSink = R"(sink: { http: { url: "{target}/sink" } })";

class Jq : public Bus {
 protected:
  /// One rule with this program, which is to have no quote (') in it.
  void start_with(const std::string& program) {
    start("delivery: { jq: { workers: 2, time_limit: 500ms } }\n" +
          acme({kSink}, {"made: { transform: { jq: '" + program + "' }, to: sink, {quick} }"}));
  }
  std::vector<std::string> bodies() {
    std::vector<std::string> bodies;
    for (const auto& request : target.requests("/sink")) bodies.push_back(request.body);
    std::ranges::sort(bodies);
    return bodies;
  }
  std::vector<pid_t> workers() {
    std::vector<pid_t> found;
    const auto process = "/proc/" + std::to_string(daemon().pid());
    for (const auto& thread : std::filesystem::directory_iterator(process + "/task")) {
      std::ifstream children(thread.path() / "children");
      for (pid_t pid = 0; children >> pid;) found.push_back(pid);
    }
    return found;
  }
};

TEST_F(Jq, what_the_program_makes_is_delivered) {
  start_with("{id: .data.n, kind: .type}");
  accept("e1", "order", R"({"n":12345678901234567890})");
  ASSERT_TRUE(drained());
  EXPECT_THAT(bodies(), ElementsAre(R"({"id":12345678901234567890,"kind":"order"})"));
  EXPECT_EQ(target.requests("/sink").front().header("ce-id"), "e1");
}

TEST_F(Jq, several_results_are_several_events_and_none_is_a_drop) {
  start_with(".data.items[]");
  accept("e1", "order", R"({"items":[1,2]})");
  accept("e2", "order", R"({"items":[]})");
  ASSERT_TRUE(drained());
  EXPECT_THAT(bodies(), ElementsAre("1", "2"));
  EXPECT_EQ(total("dropped"), 1U);
}

TEST_F(Jq, events_that_hang_or_crash_it_are_dead_letters_and_the_others_arrive) {
  start_with(
      "if .data.n == 5 then (def f: f; f) elif .data.n == 9 then reduce range(1000000) as $i (1; [.]) "
      "elif .data.n == 11 then .data.n.x else .data.n end");
  for (int n = 0; n < 20; ++n) accept("e" + std::to_string(n), "order", "{\"n\":" + std::to_string(n) + "}");
  const auto dead = wait_for_dead_letters(3);
  ASSERT_TRUE(drained());
  EXPECT_THAT(bodies(), SizeIs(17));
  std::vector<std::string> ids;
  for (const auto& letter : dead) {
    EXPECT_EQ(letter.at("reason"), "transform_failed");
    EXPECT_THAT(letter.at("last_error").get<std::string>(), HasSubstr("jq"));
    ids.push_back(letter.at("id"));
  }
  std::ranges::sort(ids);
  EXPECT_THAT(ids, ElementsAre("e11", "e5", "e9"));
}

TEST_F(Jq, daemon_that_stops_leaves_no_worker) {
  start_with("env");
  EXPECT_THAT(workers(), IsEmpty());
  accept("e1");
  ASSERT_TRUE(drained());
  EXPECT_THAT(bodies(), ElementsAre("{}"));
  const auto started = workers();
  EXPECT_THAT(started, SizeIs(1));
  EXPECT_EQ(daemon().terminate(), test::ExitStatus());
  for (const auto pid : started) EXPECT_NE(::kill(pid, 0), 0);
}

TEST_F(Jq, worker_ends_when_its_daemon_is_killed) {
  start_with(".data");
  accept("e1");
  ASSERT_TRUE(drained());
  const auto started = workers();
  ASSERT_THAT(started, SizeIs(1));
  daemon().kill_hard();
  const auto running = [&started] {
    return std::filesystem::exists("/proc/" + std::to_string(started.front()));
  };
  // Whoever adopts the process may leave it a zombie: it has no files any more.
  const auto gone = [&] {
    return !running() || test::read_file("/proc/" + std::to_string(started.front()) + "/cmdline").empty();
  };
  EXPECT_TRUE(wait_until(gone));
}

TEST_F(Jq, reload_with_a_program_that_does_not_compile_changes_nothing) {
  start_with(".data");
  const auto rules = [](const std::string& program) {
    return acme({kSink}, {"made: { transform: { jq: '" + program + "' }, to: sink }"});
  };
  daemon().write_config(config_of(rules(".[")));
  const auto refused = admin("POST", "/v1/reload");
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("syntax error, unexpected $end"));
  daemon().write_config(config_of(rules(".data.a")));
  EXPECT_EQ(admin("POST", "/v1/reload").status, 200);
  accept("e1", "order", R"({"a":7})");
  ASSERT_TRUE(drained());
  EXPECT_THAT(bodies(), ElementsAre("7"));
}

}  // namespace
}  // namespace signalbox::scenario
