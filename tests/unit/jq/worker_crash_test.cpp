#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/with_deadline.hpp"
#include "pool_fixture.hpp"
#include "support/cpu_bound.hpp"
#include "support/program.hpp"
#include "support/wait_until.hpp"

namespace signalbox::jq {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

constexpr auto kHang = "def f: f; if . == 13 then f else . end";
/// Overflows the stack of libjq's printer.
constexpr auto kCrash = "if . == 13 then reduce range(1000000) as $i (1; [.]) else . end";
constexpr auto kGreedy = "if . == 13 then [range(1e9)] else . end";

/// For programs that take a while to come to their end.
WorkersOptions patient_options() {
  auto options = test_options();
  options.each.time_limit = std::chrono::seconds(60);
  return options;
}

/// Events 0 to `count` - 1 at once; each outcome: the result, or the code of the error.
class Flood {
 public:
  Flood(Pool& pool, const Program& program, std::size_t count) : pool_(pool), outcomes_(count) {
    for (std::size_t i = 0; i < count; ++i) events_.push_back(std::to_string(i));
    for (std::size_t i = 0; i < count; ++i) {
      auto keep = [this, i](std::exception_ptr, Result<Results> result) {
        outcomes_[i] = std::move(result);
        ++ended_;
      };
      boost::asio::co_spawn(pool_.io, pool_.workers->run(program, events_[i]), std::move(keep));
    }
  }
  /// The numbers of the events that did not come back as they were, when all have ended.
  std::vector<std::size_t> failed() {
    pool_.io.restart();
    while (ended_ < outcomes_.size() && pool_.io.run_one() > 0) {
    }
    std::vector<std::size_t> failed;
    for (std::size_t i = 0; i < outcomes_.size(); ++i)
      if (!*outcomes_[i] || **outcomes_[i] != Results{events_[i]}) failed.push_back(i);
    return failed;
  }
  const Error& error_of(std::size_t i) const { return outcomes_[i]->error(); }

 private:
  Pool& pool_;
  std::vector<std::string> events_;
  std::vector<std::optional<Result<Results>>> outcomes_;
  std::size_t ended_ = 0;
};

/// The children of this process that run as workers; those that have ended and were not reaped count.
std::set<pid_t> workers_of_this_process() {
  std::set<pid_t> found;
  std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  for (pid_t pid = 0; children >> pid;) found.insert(pid);
  return found;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(WorkerCrash, hanging_event_fails_and_no_other) {
  Pool pool;
  Flood flood(pool, pool.program(kHang), 200);
  EXPECT_THAT(flood.failed(), ElementsAre(13));
  EXPECT_EQ(flood.error_of(13).code, Errc::timed_out);
  EXPECT_THAT(flood.error_of(13).message, HasSubstr("jq did not finish within "));
}

TEST(WorkerCrash, event_that_crashes_jq_fails_and_no_other) {
  Pool pool(patient_options());
  Flood flood(pool, pool.program(kCrash), 200);
  EXPECT_THAT(flood.failed(), ElementsAre(13));
  EXPECT_EQ(flood.error_of(13).code, Errc::invalid_argument);
  // A sanitizer has its own way to end.
  EXPECT_THAT(flood.error_of(13).message,
              HasSubstr(test::kSanitized ? "jq crashed: its process "
                                            : "jq crashed: its process was killed by signal 11"));
}

TEST(WorkerCrash, event_that_needs_too_much_memory_fails_and_no_other) {
  if (test::kSanitized) GTEST_SKIP() << "a sanitizer maps more than any limit";
  Pool pool(patient_options());
  Flood flood(pool, pool.program(kGreedy), 200);
  EXPECT_THAT(flood.failed(), ElementsAre(13));
  EXPECT_EQ(flood.error_of(13).code, Errc::too_large);
  EXPECT_EQ(flood.error_of(13).message, "jq needed more than 64MiB of memory");
}

TEST(WorkerCrash, lone_worker_is_replaced) {
  auto options = test_options();
  options.workers = 1;
  Pool pool(options);
  Flood flood(pool, pool.program(kHang), 30);
  EXPECT_THAT(flood.failed(), ElementsAre(13));
  const auto status = pool.status();
  EXPECT_EQ(status.started, 2U);
  EXPECT_EQ(status.ended, 1U);
}

TEST(WorkerCrash, program_whose_compilation_takes_too_long_is_an_error) {
  auto options = test_options();
  options.each.time_limit = std::chrono::milliseconds(1);
  Pool pool(options);
  std::string program;  // takes some 25 ms
  for (int i = 0; i < 1'500; ++i) program += "def f" + std::to_string(i) + ": [.,.,.]|length;";
  const auto compiled = pool.compile(program + ".");
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().code, Errc::timed_out);
}

TEST(WorkerCrash, worker_that_gets_no_processor_has_not_hung) {
  Pool pool;
  const auto program = pool.program(".");
  for (const auto pid : workers_of_this_process()) ::kill(pid, SIGSTOP);
  const auto go_on = [&pool]() -> boost::asio::awaitable<void> {
    co_await pool.clock.sleep_until(pool.clock.now() + 2 * test_options().each.time_limit);
    for (const auto pid : workers_of_this_process()) ::kill(pid, SIGCONT);
  };
  boost::asio::co_spawn(pool.io, go_on(), boost::asio::detached);
  EXPECT_THAT(*pool.run(program, "1"), ElementsAre("1"));
  EXPECT_EQ(pool.status().ended, 0U);
}

TEST(WorkerCrash, worker_that_never_gets_a_processor_is_replaced_in_the_end) {
  auto options = test_options();
  options.each.time_limit = std::chrono::milliseconds(150);
  Pool pool(options);
  const auto program = pool.program(".");
  for (const auto pid : workers_of_this_process()) ::kill(pid, SIGSTOP);
  EXPECT_EQ(pool.run(program, "1").error().code, Errc::timed_out);
}

TEST(WorkerCrash, others_do_not_wait_for_a_program_that_hangs) {
  auto options = test_options();
  options.each.time_limit = std::chrono::seconds(20);
  Pool pool(options);
  const auto hang = pool.program("def f: f; f"), quick = pool.program(".");
  std::optional<Result<Results>> outcome;
  for (int i = 0; i < 10; ++i) {
    auto ignore = [](std::exception_ptr, Result<Results>) {};
    boost::asio::co_spawn(pool.io, pool.workers->run(hang, "1"), ignore);
  }
  const auto begun = pool.clock.now();
  for (int i = 0; i < 100; ++i) EXPECT_THAT(*pool.run(quick, "1"), ElementsAre("1"));
  EXPECT_LT(pool.clock.now() - begun, std::chrono::seconds(10));
}

TEST(WorkerCrash, worker_killed_from_outside_costs_nothing) {
  Pool pool;
  const auto program = pool.program(".");
  for (int round = 0; round < 3; ++round) {
    for (const auto pid : workers_of_this_process()) ::kill(pid, SIGKILL);
    EXPECT_THAT(*pool.run(program, "1"), ElementsAre("1"));
  }
  EXPECT_EQ(pool.status().ended, 3U);
}

TEST(WorkerCrash, signals_to_the_whole_service_leave_workers_to_their_daemon) {
  Pool pool;
  const auto program = pool.program(".");
  for (const auto pid : workers_of_this_process())
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::kill(pid, number);
  EXPECT_THAT(*pool.run(program, "1"), ElementsAre("1"));
  EXPECT_EQ(pool.status().ended, 0U);
}

TEST(WorkerCrash, caller_that_gives_up_leaves_no_trace) {
  auto options = test_options();
  options.workers = 1;
  Pool pool(options);
  const auto hang = pool.program("def f: f; f"), quick = pool.program(".");
  const auto soon = pool.clock.now() + std::chrono::milliseconds(20);
  auto under_way = base::with_deadline(pool.workers->run(hang, "1"), pool.clock, soon);
  EXPECT_FALSE(pool.wait_for(std::move(under_way)));
  auto waiting =
      base::with_deadline(pool.workers->run(quick, "1"), pool.clock, soon + std::chrono::milliseconds(20));
  EXPECT_FALSE(pool.wait_for(std::move(waiting)));
  EXPECT_THAT(*pool.run(quick, "2"), ElementsAre("2"));
}

TEST(WorkerCrash, deadline_tells_an_event_that_takes_long_from_one_that_waits) {
  auto options = patient_options();
  options.workers = 1;
  Pool pool(options);
  pool.program("def f: f; f");
  std::optional<Result<Results>> hanging;
  auto keep = [&hanging](std::exception_ptr, Result<Results> result) { hanging = std::move(result); };
  const auto soon = pool.clock.now() + std::chrono::milliseconds(50);
  boost::asio::co_spawn(pool.io, pool.workers->run("def f: f; f", "1", soon), keep);
  const auto waiting = pool.wait_for(pool.workers->run(".", "1", soon + std::chrono::milliseconds(50)));
  ASSERT_TRUE(hanging);
  EXPECT_EQ(hanging->error().code, Errc::timed_out);
  EXPECT_EQ(waiting.error().code, Errc::overloaded);
}

TEST(WorkerCrash, too_many_calls_are_refused) {
  auto options = test_options();
  options.waiting_max = 100;
  Pool pool(options);
  Flood flood(pool, pool.program(kHang), 400);
  const auto failed = flood.failed();
  EXPECT_GT(failed.size(), 100U);
  EXPECT_EQ(flood.error_of(399).code, Errc::overloaded);
}

TEST(WorkerCrash, nothing_is_left_of_a_closed_pool) {
  const auto descriptors = open_descriptors();
  {
    Pool pool(patient_options());
    Flood flood(pool, pool.program(kCrash), 300);
    EXPECT_THAT(flood.failed(), ElementsAre(13));
    EXPECT_FALSE(workers_of_this_process().empty());
  }
  EXPECT_THAT(workers_of_this_process(), IsEmpty());
  EXPECT_EQ(open_descriptors(), descriptors);
}

TEST(WorkerCrash, closing_ends_calls_under_way) {
  auto options = test_options();
  options.each.time_limit = std::chrono::seconds(60);
  Pool pool(options);
  const auto hang = pool.program("def f: f; f");
  std::vector<Errc> ended;
  for (int i = 0; i < 10; ++i) {
    auto keep = [&ended](std::exception_ptr, Result<Results> result) {
      ended.push_back(result.error().code);
    };
    boost::asio::co_spawn(pool.io, pool.workers->run(hang, "1"), keep);
  }
  pool.io.restart();
  pool.io.poll();
  pool.close();
  EXPECT_EQ(ended, std::vector<Errc>(10, Errc::cancelled));
  EXPECT_THAT(workers_of_this_process(), IsEmpty());
}

}  // namespace
}  // namespace signalbox::jq
