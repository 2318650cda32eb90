#include "jq/workers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <future>
#include <string>
#include <vector>

#include "pool_fixture.hpp"

namespace signalbox::jq {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string told(const Result<Results>& result) { return result ? "no error" : result.error().message; }

TEST(Workers, one_result_is_given) {
  Pool pool;
  EXPECT_THAT(*pool.run("{a: .b, c}", R"({"b":[1,"x"],"c":null})"), ElementsAre(R"({"a":[1,"x"],"c":null})"));
}

TEST(Workers, several_results_come_in_order) {
  Pool pool;
  EXPECT_THAT(*pool.run(".[]", R"([1,"a",{}])"), ElementsAre("1", R"("a")", "{}"));
}

TEST(Workers, no_results_are_no_error) {
  Pool pool;
  EXPECT_THAT(*pool.run("empty", "1"), IsEmpty());
}

TEST(Workers, errors_are_those_of_jq) {
  Pool pool;
  const auto program = pool.program(".a.b");
  EXPECT_EQ(told(pool.run(program, R"({"a":[]})")), R"(Cannot index array with string "b")");
  EXPECT_EQ(pool.run(program, R"({"a":[]})").error().code, Errc::invalid_argument);
  EXPECT_THAT(*pool.run(program, R"({"a":{"b":1}})"), ElementsAre("1"));
  EXPECT_EQ(told(pool.run("1, error({a: 1})", "1")), R"({"a":1})");
  EXPECT_EQ(told(pool.run(R"("x" | halt_error)", "1")), "halted: x");
  EXPECT_THAT(*pool.run("1, halt, 2", "1"), ElementsAre("1"));
  EXPECT_THAT(told(pool.run(".", "{")), HasSubstr("the event is not read"));
}

TEST(Workers, program_that_does_not_compile_is_refused_with_the_message_of_jq) {
  Pool pool;
  const auto refusal = [&pool](std::string text) { return pool.compile(std::move(text)).error().message; };
  EXPECT_EQ(refusal(".["), "syntax error, unexpected $end in line 1");
  EXPECT_EQ(refusal("nonsense(1)\n|1"), "nonsense/1 is not defined in line 1");
  EXPECT_EQ(refusal("1\n|$x"), "$x is not defined in line 2");
  EXPECT_EQ(refusal(R"(import "a" as a; .)"), "modules are not available: import");
  EXPECT_EQ(refusal("# a comment\n include \"a\"; ."), "modules are not available: include");
  EXPECT_EQ(refusal(std::string("1\0", 2)), "has a NUL character");
  EXPECT_EQ(refusal(std::string(70'000, ' ')), "longer than 64 KiB");
}

TEST(Workers, words_of_modules_are_free_elsewhere) {
  Pool pool;
  EXPECT_THAT(*pool.run(".import, {include: 1}.include", R"({"import":7})"), ElementsAre("7", "1"));
  EXPECT_EQ(pool.compile("importance").error().message, "importance/0 is not defined in line 1");
}

TEST(Workers, nothing_outside_is_within_reach) {
  ::setenv("JQ_TEST_SECRET", "secret", 1);
  Pool pool;
  EXPECT_THAT(*pool.run("env, $ENV, env.JQ_TEST_SECRET", "1"), ElementsAre("{}", "{}", "null"));
  EXPECT_EQ(told(pool.run("input", "1")), "break");
  EXPECT_THAT(*pool.run("[inputs]", "1"), ElementsAre("[]"));
  EXPECT_THAT(*pool.run("input_filename, get_search_list", "1"), ElementsAre("null", "[]"));
  EXPECT_EQ(told(pool.run(R"("/etc/passwd" | modulemeta)", "1")), "module not found: /etc/passwd");
  EXPECT_THAT(*pool.run("debug, stderr", "1"), ElementsAre("1", "1"));
  EXPECT_THAT(*pool.run("0 | localtime | mktime", "1"), ElementsAre("0"));
}

TEST(Workers, one_event_leaves_nothing_to_the_next) {
  Pool pool;
  const auto program = pool.program("if .stop then error(\"stopped\") else .n, (.n | tonumber) end");
  for (int n = 0; n < 50; ++n) {
    const auto number = std::to_string(n);
    EXPECT_EQ(told(pool.run(program, R"({"stop":true})")), "stopped");
    EXPECT_THAT(*pool.run(program, "{\"n\":" + number + "}"), ElementsAre(number, number));
    EXPECT_THAT(told(pool.run(program, R"({"n":"a20"})")), HasSubstr("Invalid numeric literal"));
  }
}

TEST(Workers, integers_keep_their_digits_where_they_pass_through) {
  Pool pool;
  EXPECT_THAT(*pool.run("{n: .id, id}", R"({"id":12345678901234567890})"),
              ElementsAre(R"({"n":12345678901234567890,"id":12345678901234567890})"));
}

TEST(Workers, halted_program_goes_on_with_the_next_event) {
  Pool pool;
  const auto program = pool.program("if .stop then halt_error else .n end");
  for (int n = 0; n < 50; ++n) {
    EXPECT_THAT(told(pool.run(program, R"({"stop":"here, and with enough text for the heap"})")),
                HasSubstr("halted: "));
    EXPECT_THAT(*pool.run(program, R"({"n":"a text that is long enough for the heap"})"),
                ElementsAre(R"("a text that is long enough for the heap")"));
  }
  EXPECT_EQ(pool.status().ended, 0U);
}

TEST(Workers, many_results_are_an_error) {
  Pool pool;
  EXPECT_EQ(pool.run("range(1000)", "1")->size(), 1'000U);
  EXPECT_EQ(told(pool.run("range(1001)", "1")), "more than 1000 results");
  EXPECT_EQ(told(pool.run("repeat(1)", "1")), "more than 1000 results");
  EXPECT_EQ(pool.run("repeat(1)", "1").error().code, Errc::too_large);
}

TEST(Workers, large_results_are_an_error) {
  auto options = test_options();
  options.each.time_limit = std::chrono::seconds(60);  // megabytes are written for a while on a slow machine
  Pool pool(options);
  EXPECT_EQ(pool.run(R"("x" * 1000000)", "1")->front().size(), 1'000'002U);
  EXPECT_EQ(told(pool.run(R"("x" * 1048576)", "1")), "a result over 1 MiB");
  EXPECT_EQ(told(pool.run(R"("x" * 1000000 | range(9) as $i | .)", "1")), "results over 8 MiB in all");
  EXPECT_EQ(pool.run(R"("x" * 1000000 | range(8) as $i | .)", "1")->size(), 8U);
}

TEST(Workers, large_event_goes_through) {
  auto options = test_options();
  options.each.time_limit = std::chrono::seconds(60);  // 16 MB are read for a while on a slow machine
  Pool pool(options);
  const auto text = '"' + std::string(1'000'000, 'x') + '"';
  EXPECT_THAT(*pool.run(".", text), ElementsAre(text));
  EXPECT_THAT(*pool.run("length", '"' + std::string(16'000'000, 'x') + '"'), ElementsAre("16000000"));
  EXPECT_EQ(told(pool.run("length", '"' + std::string(17'000'000, 'x') + '"')), "an event over 16 MiB");
}

TEST(Workers, the_same_text_is_compiled_once) {
  Pool pool;
  const auto one = pool.program(".a"), other = pool.program(".a");
  EXPECT_EQ(one.state(), other.state());
}

TEST(Workers, more_programs_than_a_worker_keeps_all_run) {
  auto options = test_options();
  options.workers = 1;
  options.each.programs_max = 2;
  Pool pool(options);
  const std::vector programs{pool.program(".+1"), pool.program(".+2"), pool.program(".+3")};
  for (int round = 0; round < 2; ++round)
    for (const auto& program : programs) EXPECT_EQ(pool.run(program, "0")->front(), program.text().substr(2));
  EXPECT_EQ(pool.status().ended, 0U);
}

TEST(Workers, calls_may_come_from_any_thread) {
  boost::asio::thread_pool threads(3);
  base::SystemClock clock;
  Workers workers(threads.get_executor(), clock, test_options());
  const auto wait_for = [&threads](auto task) {
    return boost::asio::co_spawn(threads, std::move(task), boost::asio::use_future).get();
  };
  const auto program = *wait_for(workers.compile(". + 1"));
  std::vector<std::string> events;
  for (int i = 0; i < 300; ++i) events.push_back(std::to_string(i));
  std::vector<std::future<Result<Results>>> results;
  for (const auto& event : events)
    results.push_back(boost::asio::co_spawn(threads, workers.run(program, event), boost::asio::use_future));
  for (std::size_t i = 0; i < results.size(); ++i)
    EXPECT_THAT(*results[i].get(), ElementsAre(std::to_string(i + 1)));
  boost::asio::co_spawn(threads, workers.close(), boost::asio::use_future).get();
  threads.join();
}

TEST(Workers, closed_pool_refuses) {
  Pool pool;
  const auto program = pool.program(".");
  pool.close();
  EXPECT_EQ(pool.run(program, "1").error().code, Errc::cancelled);
  EXPECT_EQ(pool.compile(".").error().code, Errc::cancelled);
}

TEST(Workers, executable_that_does_not_exist_is_said) {
  auto options = test_options();
  options.each.executable = "/nowhere/signalbox";
  Pool pool(options);
  const auto program = pool.compile(".");
  EXPECT_EQ(program.error().code, Errc::overloaded);
  EXPECT_EQ(program.error().message, "starting a jq worker: /nowhere/signalbox: No such file or directory");
}

TEST(Workers, executable_that_is_no_worker_is_said) {
  auto options = test_options();
  options.each.executable = "/bin/true";
  Pool pool(options);
  EXPECT_EQ(pool.compile(".").error().message, "a jq worker ended before it was ready");
}

}  // namespace
}  // namespace signalbox::jq
