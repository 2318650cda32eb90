#include "jq/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <cerrno>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "jq/worker_process.hpp"
#include "pool_fixture.hpp"
#include "support/cpu_bound.hpp"
#include "support/program.hpp"

namespace signalbox::jq {
namespace {

using testing::HasSubstr;

/// What a process that is started as workers are says of itself: see tests/support/jq_test_worker.cpp.
std::map<std::string, int> probed() {
  boost::asio::io_context io;
  auto process = WorkerProcess::start(io.get_executor(),
                                      WorkerCommand{.executable = JQ_TEST_WORKER, .arguments = {"probe"}});
  std::string text;
  boost::system::error_code ended;
  boost::asio::read((*process)->socket(), boost::asio::dynamic_buffer(text), ended);
  std::map<std::string, int> said;
  std::istringstream lines(text);
  std::string name;
  for (int number = 0; lines >> name >> number;) said[name] = number;
  return said;
}

TEST(Sandbox, nothing_gets_out) {
  auto said = probed();
  for (const auto* attempt : {"open", "create", "stat", "unlink", "socket", "fork", "execve", "kill", "dup",
                              "write_error", "map_code", "raise_limit", "prctl"})
    EXPECT_EQ(said.at(attempt), EPERM) << attempt;
}

TEST(Sandbox, memory_is_limited) {
  const auto said = probed();
  EXPECT_EQ(said.at("map_little"), 0);
  EXPECT_EQ(said.at("map_much"),
            test::kSanitized ? 0 : ENOMEM);  // a sanitizer maps more than any limit
}

TEST(Sandbox, worker_gets_no_variables_and_no_descriptors_but_its_streams) {
  const auto said = probed();
  EXPECT_EQ(said.at("variables"), 0);
  EXPECT_EQ(said.at("descriptors"), 3);
}

TEST(Sandbox, running_worker_is_in_it) {
  Pool pool;
  const auto program = pool.program(".");
  std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  std::string worker;
  children >> worker;
  const auto status = test::read_file("/proc/" + worker + "/status");
  EXPECT_THAT(status, HasSubstr("Seccomp:\t2"));
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1"));
}

}  // namespace
}  // namespace signalbox::jq
