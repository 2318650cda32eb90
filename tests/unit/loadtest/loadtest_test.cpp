#include "loadtest/loadtest.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "support/http_request.hpp"
#include "support/recording_target.hpp"
#include "support/wait_until.hpp"

namespace signalbox::loadtest {
namespace {

using nlohmann::json;

TEST(RunGenerator, faulty_options_are_all_told_and_nothing_is_sent) {
  GeneratorOptions options;
  options.connections = 0;
  options.path = "events";
  std::ostringstream out, complaints;
  EXPECT_EQ(run_generator(options, out, complaints), 1);
  EXPECT_EQ(out.str(), "");
  EXPECT_NE(complaints.str().find("connections"), std::string::npos);
  EXPECT_NE(complaints.str().find("path"), std::string::npos);
}

TEST(RunGenerator, a_stop_request_ends_an_endless_run) {
  test::RecordingTarget target;
  GeneratorOptions options;
  options.port = target.port();
  options.connections = 1;
  std::ostringstream out, complaints;
  std::stop_source source;
  std::jthread stopper([&] {
    target.wait_for("/", 1);
    source.request_stop();
  });
  EXPECT_EQ(run_generator(options, out, complaints, source.get_token()), 0);
  EXPECT_GT(json::parse(out.str())["acknowledged"], 0);
}

TEST(RunTarget, ends_when_what_it_expects_has_come) {
  TargetRun run;
  run.expect = 0;
  std::ostringstream out, complaints;
  EXPECT_EQ(run_target(run, out, complaints), 0);
  std::istringstream lines(out.str());
  std::string first, last;
  std::getline(lines, first);
  std::getline(lines, last);
  EXPECT_TRUE(json::parse(first).contains("listening"));
  EXPECT_EQ(json::parse(last)["unique"], 0);
}

/// Finds a free port the way a daemon's rule would have been given one.
std::uint16_t free_port() {
  const auto listener = listen_on(*resolve("127.0.0.1", 0));
  return bound_port(*listener);
}

TEST(RunBench, says_what_is_missing_and_what_the_daemon_used) {
  BenchRun run;
  test::RecordingTarget swallows_everything;  // in the place of a daemon that delivers nothing
  run.generator.port = swallows_everything.port();
  run.generator.events = 5;
  run.quiet = std::chrono::milliseconds(50);
  run.daemon_pid = ::getpid();
  std::ostringstream out, complaints;
  EXPECT_EQ(run_bench(run, out, complaints), 3);
  const auto result = json::parse(out.str());
  EXPECT_EQ(result["missing"], 5);
  EXPECT_GT(result["resident_bytes"], 0);
}

TEST(RunBench, is_content_when_everything_came) {
  BenchRun run;
  run.target.port = free_port();
  run.generator.port = run.target.port;  // in the place of a daemon that delivers at once
  run.generator.events = 50;
  std::ostringstream out, complaints;
  EXPECT_EQ(run_bench(run, out, complaints), 0) << out.str() << complaints.str();
  EXPECT_EQ(json::parse(out.str())["received"]["unique"], 50);
}

}  // namespace
}  // namespace signalbox::loadtest
