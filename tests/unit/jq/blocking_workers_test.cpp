#include "jq/blocking_workers.hpp"

#include <gtest/gtest.h>

#include "pool_fixture.hpp"

namespace signalbox::jq {
namespace {

TEST(BlockingWorkers, calls_return_when_they_are_done) {
  BlockingWorkers workers(test_options());
  const auto program = workers.compile(".a");
  ASSERT_TRUE(program);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(workers.run(*program, R"({"a":1})")->at(0), "1");
  EXPECT_EQ(workers.compile("nonsense").error().message, "nonsense/0 is not defined in line 1");
}

TEST(BlockingWorkers, hanging_program_is_an_error) {
  BlockingWorkers workers(test_options());
  EXPECT_EQ(workers.run(*workers.compile("def f: f; f"), "1").error().code, Errc::timed_out);
  EXPECT_EQ(workers.run(*workers.compile("."), "1")->at(0), "1");
}

TEST(BlockingWorkers, many_programs_compile_together) {
  BlockingWorkers workers(test_options());
  const auto programs = workers.compile_all({".a", "nonsense", ".b"});
  ASSERT_EQ(programs.size(), 3U);
  EXPECT_EQ(programs[0]->text(), ".a");
  EXPECT_EQ(programs[1].error().message, "nonsense/0 is not defined in line 1");
  EXPECT_EQ(programs[2]->text(), ".b");
}

TEST(BlockingWorkers, text_is_compiled_where_it_is_first_run) {
  BlockingWorkers workers(test_options());
  EXPECT_EQ(workers.run(".a", R"({"a":1})")->at(0), "1");
  EXPECT_EQ(workers.run(".[", "1").error().message, "syntax error, unexpected $end in line 1");
  EXPECT_EQ(workers.run("include \"a\"; .", "1").error().message, "modules are not available: include");
}

}  // namespace
}  // namespace signalbox::jq
