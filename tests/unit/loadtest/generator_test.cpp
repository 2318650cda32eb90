#include "loadtest/generator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "loadtest/counting_target.hpp"
#include "loadtest/outcome_log.hpp"
#include "support/recording_target.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace signalbox::loadtest {
namespace {

using std::chrono::milliseconds;
using Kind = RequestOutcome::Kind;

std::unique_ptr<CountingTarget> start_target(TargetBehaviour behaviour = {}, std::uint16_t port = 0) {
  TargetOptions options;
  options.behaviour = behaviour;
  options.port = port;
  auto target = CountingTarget::start(options);
  EXPECT_TRUE(target) << target.error().message;
  return std::move(*target);
}

GeneratorOptions options_for(std::uint16_t port) {
  GeneratorOptions options;
  options.port = port;
  options.path = "/v1/acme/orders/events";
  options.connections = 4;
  options.payload.data_bytes = 100;
  return options;
}

GeneratorResult run(const GeneratorOptions& options) {
  auto generator = Generator::start(options);
  EXPECT_TRUE(generator) << generator.error().message;
  return (*generator)->wait();
}

TEST(Generator, every_mode_delivers_each_event_once) {
  for (const auto mode : {ContentMode::binary, ContentMode::structured, ContentMode::batch}) {
    const auto target = start_target();
    auto options = options_for(target->port());
    options.events = 1000;
    options.payload.mode = mode;
    options.payload.batch_events = 50;
    const auto result = run(options);
    EXPECT_EQ(result.acknowledged, 1000u);
    EXPECT_EQ(result.statuses.at(204), mode == ContentMode::batch ? 20u : 1000u);
    EXPECT_EQ(target->stats().total.unique, 1000u);
    EXPECT_EQ(target->stats().total.duplicates(), 0u);
  }
}

TEST(Generator, a_closed_loop_stops_after_its_duration) {
  const auto target = start_target();
  auto options = options_for(target->port());
  options.duration = milliseconds(30);
  const auto result = run(options);
  EXPECT_GT(result.acknowledged, 0u);
  EXPECT_EQ(result.sent, result.acknowledged);
  EXPECT_EQ(target->stats().total.unique, result.acknowledged);
}

TEST(Generator, an_open_loop_keeps_its_rate) {
  const auto target = start_target();
  auto options = options_for(target->port());
  options.events_per_second = 1000;
  options.duration = milliseconds(100);
  EXPECT_NEAR(static_cast<double>(run(options).acknowledged), 100, 2);
}

TEST(Generator, an_open_loop_charges_a_stall_to_all_that_fell_due_in_it) {
  TargetBehaviour slow;
  slow.delay = milliseconds(40);
  const auto target = start_target(slow);
  auto options = options_for(target->port());
  options.connections = 1;
  options.events_per_second = 1000;
  options.events = 5;  // due within 5 ms, answered one after the other: the last after 200 ms
  EXPECT_GE(run(options).latency.max(), 190'000'000u);
}

TEST(Generator, the_bearer_token_is_sent) {
  test::RecordingTarget target;
  auto options = options_for(target.port());
  options.events = 1;
  options.bearer_token = Secret("sesame");
  EXPECT_EQ(run(options).acknowledged, 1u);
  EXPECT_EQ(target.requests(options.path).at(0).header("Authorization"), "Bearer sesame");
}

TEST(Generator, outcomes_are_recorded_for_every_event) {
  const test::TempDir directory;
  TargetBehaviour refusing;
  refusing.fail_every = 2;
  refusing.fail_status = 500;
  const auto target = start_target(refusing);
  auto options = options_for(target->port());
  options.connections = 1;
  options.events = 10;
  options.run = 0x1234;
  options.first_sequence = 100;
  options.outcome_file = directory.file("outcomes");
  const auto result = run(options);
  EXPECT_EQ(result.acknowledged, 5u);
  EXPECT_EQ(result.refused, 5u);
  const auto outcomes = read_outcomes(options.outcome_file);
  ASSERT_TRUE(outcomes);
  std::set<std::uint64_t> sequences;
  for (const auto& outcome : *outcomes) {
    sequences.insert(outcome.first);
    EXPECT_EQ(outcome.run, 0x1234u);
    EXPECT_EQ(outcome.kind, outcome.status == 500 ? Kind::refused : Kind::acknowledged);
  }
  EXPECT_EQ(sequences.size(), 10u);
  EXPECT_EQ(*sequences.begin(), 100u);
}

TEST(Generator, a_connection_that_breaks_leaves_the_outcome_unknown) {
  test::RecordingTarget target;
  auto options = options_for(target.port());
  options.connections = 1;
  options.events = 3;
  const auto script = [](const test::RecordedRequest& request) {
    auto answer = test::Answer::with(204);
    if (request.body.find("000000000001") != std::string::npos) answer.manner = test::Answer::Manner::close;
    return answer;
  };
  target.script(options.path, script);
  const auto result = run(options);
  EXPECT_EQ(result.acknowledged, 2u);
  EXPECT_EQ(result.unknown, 1u);
  EXPECT_EQ(target.requests(options.path).size(), 3u);
}

TEST(Generator, an_answer_that_does_not_come_in_time_leaves_the_outcome_unknown) {
  TargetBehaviour hanging;
  hanging.hang = true;
  const auto target = start_target(hanging);
  auto options = options_for(target->port());
  options.events = 4;
  options.answer_timeout = milliseconds(50);
  EXPECT_EQ(run(options).unknown, 4u);
}

TEST(Generator, what_was_refused_is_sent_again_when_asked_to) {
  TargetBehaviour refusing;
  refusing.fail_first = 2;
  refusing.fail_status = 500;
  const auto target = start_target(refusing);
  auto options = options_for(target->port());
  options.events = 20;
  options.resend = GeneratorOptions::Resend::until_acknowledged;
  const auto result = run(options);
  EXPECT_EQ(result.acknowledged, 20u);
  EXPECT_EQ(result.requests, 60u);
  EXPECT_EQ(target->stats().total.unique, 20u);
}

TEST(Generator, a_server_that_goes_away_and_comes_back_gets_the_rest) {
  auto target = start_target();
  const auto port = target->port();
  auto started = Generator::start(options_for(port));
  ASSERT_TRUE(started);
  auto& generator = **started;
  ASSERT_TRUE(test::wait_until([&] { return generator.acknowledged() > 100; }));
  target.reset();
  const auto before = generator.acknowledged();
  target = start_target({}, port);
  EXPECT_TRUE(test::wait_until([&] { return generator.acknowledged() > before + 100; }));
  generator.stop();
  const auto& result = generator.wait();
  EXPECT_LE(result.unknown, 4u);
  EXPECT_EQ(result.sent, result.acknowledged + result.unknown);
}

TEST(Generator, a_server_that_is_not_there_costs_no_event) {
  auto target = start_target();
  const auto port = target->port();
  target.reset();
  auto options = options_for(port);
  options.duration = milliseconds(30);
  const auto result = run(options);
  EXPECT_EQ(result.sent, 0u);
  EXPECT_GT(result.connect_failures, 0u);
}

TEST(Generator, the_result_is_one_line_of_json) {
  const auto target = start_target();
  auto options = options_for(target->port());
  options.events = 10;
  std::ostringstream text;
  write_json(text, run(options));
  const auto result = nlohmann::json::parse(text.str());
  EXPECT_EQ(result["acknowledged"], 10);
  EXPECT_EQ(result["statuses"]["204"], 10);
  EXPECT_EQ(std::ranges::count(text.str(), '\n'), 1);
}

}  // namespace
}  // namespace signalbox::loadtest
