// What a lane does with transforms that make several events of one, none, or a raw body, or that have to wait.
#include <functional>
#include <stdexcept>

#include "broker_fixture.hpp"

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;
using pipeline::Deliverable;
using pipeline::TransformContext;
using pipeline::Transformed;
using Ids = std::vector<std::string>;
using Texts = std::vector<std::string>;

/// Makes `count` events of one.
class Copying final : public pipeline::PureStep {
 public:
  explicit Copying(std::size_t count) : count_(count) {}
  Result<Transformed> apply(const Event& event, const TransformContext&) const override {
    Transformed made;
    for (std::size_t i = 0; i < count_; ++i) made.push_back({event, std::nullopt});
    return made;
  }

 private:
  std::size_t count_;
};

/// Makes a raw body of an event.
class MakingRaw final : public pipeline::PureStep {
 public:
  Result<Transformed> apply(const Event& event, const TransformContext&) const override {
    auto made = pipeline::just(event);
    made[0].raw = RawBody{"a;b", "text/csv", {{"x-kind", "order"}}};
    return made;
  }
};

/// Sends the id to the program; each answer becomes an event of that id.
class Asking final : public pipeline::ProgramStep {
 public:
  std::string_view program() const override { return "program"; }
  pipeline::ProgramCall call(const Event& event, const TransformContext&) const override {
    return {"program", std::string(event.id())};
  }
  Result<Transformed> accept(const Texts& results, const Event& event, const TransformContext&) const override {
    Transformed made;
    for (const auto& id : results) made.push_back({EventBuilder::from(event).set("id", id).build(), std::nullopt});
    return made;
  }
};

class ScriptedRunner final : public ProgramRunner {
 public:
  using Answer = std::function<Result<Texts>(const std::string& input)>;
  ScriptedRunner(Clock& clock, Duration takes, Answer answer)
      : clock_(clock), takes_(takes), answer_(std::move(answer)) {}
  boost::asio::awaitable<Result<Texts>> run(std::string_view, std::string_view input, TimePoint) override {
    const std::string text(input);
    co_await clock_.sleep_until(clock_.now() + takes_);
    co_return answer_(text);
  }

 private:
  Clock& clock_;
  Duration takes_;
  Answer answer_;
};

std::shared_ptr<const pipeline::Transformer> transformer(pipeline::TransformStep step) {
  std::vector<pipeline::TransformStep> steps;
  steps.push_back(std::move(step));
  return std::make_shared<const pipeline::Transformer>(std::move(steps));
}
std::shared_ptr<const pipeline::Transformer> copies(std::size_t count) {
  return transformer(std::make_unique<const Copying>(count));
}

class LaneTransformTest : public BrokerTest {
 protected:
  void run_rule(std::shared_ptr<const pipeline::Transformer> transform) {
    rules = {rule("r", {"crm"})};
    rules[0].transformer = std::move(transform);
    apply();
  }
  void run_programs(ScriptedRunner& runner) {
    stop();
    programs = &runner;
    start();
    run_rule(transformer(std::make_unique<const Asking>()));
  }
  std::vector<std::size_t> calls() {
    std::vector<std::size_t> calls;
    for (const auto& sent : target("crm").sent()) calls.push_back(sent.call);
    return calls;
  }
  DeadLetter dead_letter() {
    auto page = run(channel()->dead_letters({}, 10, std::nullopt));
    EXPECT_TRUE(page && page->letters.size() == 1);
    return page->letters.at(0);
  }
};

TEST_F(LaneTransformTest, several_events_of_one_go_out_one_after_the_other_and_are_one_delivery) {
  run_rule(copies(3));
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"e/1", "e/2", "e/3"}));
  EXPECT_EQ(calls(), std::vector<std::size_t>({0, 1, 2}));
  EXPECT_EQ(target("crm").most_under_way(), 1u);
  EXPECT_EQ(totals().delivered, 1u);
  EXPECT_EQ(totals().pending(), 0u);
  ASSERT_EQ(disk().journey.size(), 1u);
  EXPECT_EQ(disk().journey[0].kind, JourneyEntry::Kind::delivered);
}

TEST_F(LaneTransformTest, a_target_that_batches_gets_them_together) {
  max_batch = 2;
  run_rule(copies(3));
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1s);
  EXPECT_EQ(calls(), std::vector<std::size_t>({0, 0, 1}));
  EXPECT_EQ(totals().delivered, 1u);
}

TEST_F(LaneTransformTest, a_call_carries_whole_deliveries_only) {
  max_batch = 4;
  run_rule(copies(3));
  ASSERT_TRUE(publish_ids({"a", "b"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"a/1", "a/2", "a/3", "b/1", "b/2", "b/3"}));
  EXPECT_EQ(calls(), std::vector<std::size_t>({0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(totals().delivered, 2u);
}

TEST_F(LaneTransformTest, a_retry_leaves_out_what_was_taken) {
  target("crm").then_event("e/2", Outcome::failed(500, "not now"));
  run_rule(copies(3));
  ASSERT_TRUE(publish_ids({"e"}));
  pass(5s);
  EXPECT_EQ(target("crm").ids(), Ids({"e/1", "e/2", "e/2", "e/3"}));
  EXPECT_EQ(target("crm").sent()[3].attempt, 2u);
  EXPECT_EQ(totals().delivered, 1u);
  ASSERT_EQ(disk().journey.size(), 2u);
  EXPECT_EQ(disk().journey[0].kind, JourneyEntry::Kind::retrying);
  EXPECT_EQ(disk().journey[0].record.error, "1 of 3 events taken, then not now");
}

TEST_F(LaneTransformTest, a_retry_with_another_transform_sends_all_again) {
  target("crm").then_event("e/2", Outcome::failed(500, "not now"));
  run_rule(copies(3));
  ASSERT_TRUE(publish_ids({"e"}));
  pass(100ms);
  run_rule(copies(3));
  pass(5s);
  EXPECT_EQ(target("crm").ids(), Ids({"e/1", "e/2", "e/1", "e/2", "e/3"}));
}

TEST_F(LaneTransformTest, a_target_that_fails_is_not_sent_the_rest_of_the_attempt) {
  max_batch = 2;
  target("crm").then(Outcome::failed(500, "busy"));
  run_rule(copies(2));
  ASSERT_TRUE(publish_ids({"a", "b"}));
  pass(100ms);
  EXPECT_EQ(target("crm").ids(), Ids({"a/1", "a/2"}));
  EXPECT_EQ(totals().retrying, 2u);
  pass(5s);
  EXPECT_EQ(totals().delivered, 2u);
}

TEST_F(LaneTransformTest, an_event_that_is_rejected_does_not_stop_the_next_of_the_attempt) {
  max_batch = 2;
  target("crm").then(Outcome::rejected(400, "bad"));
  run_rule(copies(2));
  ASSERT_TRUE(publish_ids({"a", "b"}));
  pass(1s);
  EXPECT_EQ(totals().dead, 1u);
  EXPECT_EQ(totals().delivered, 1u);
}

TEST_F(LaneTransformTest, the_calls_of_one_attempt_keep_the_rate_of_the_target) {
  limits.rate = Rate{2};
  run_rule(copies(4));
  ASSERT_TRUE(publish_ids({"e"}));
  pass(5s);
  ASSERT_EQ(target("crm").sent().size(), 4u);
  EXPECT_GE(target("crm").sent()[3].began - target("crm").sent()[0].began, 1500ms);
}

TEST_F(LaneTransformTest, no_event_is_a_delivery_dropped_with_its_reason) {
  run_rule(copies(0));
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1s);
  EXPECT_EQ(target("crm").calls(), 0u);
  EXPECT_EQ(totals().dropped, 1u);
  EXPECT_EQ(totals().dead, 0u);
  EXPECT_EQ(totals().pending(), 0u);
  ASSERT_EQ(disk().journey.size(), 1u);
  EXPECT_EQ(disk().journey[0].kind, JourneyEntry::Kind::dropped);
  EXPECT_EQ(disk().journey[0].record.error, "the transform made no event of it");
}

TEST_F(LaneTransformTest, a_raw_body_reaches_the_target) {
  run_rule(transformer(std::make_unique<const MakingRaw>()));
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1s);
  ASSERT_EQ(target("crm").sent().size(), 1u);
  const auto& sent = target("crm").sent()[0];
  EXPECT_EQ(sent.id, "e");
  ASSERT_TRUE(sent.raw);
  EXPECT_EQ(*sent.raw, (RawBody{"a;b", "text/csv", {{"x-kind", "order"}}}));
}

TEST_F(LaneTransformTest, a_program_is_waited_for) {
  ScriptedRunner runner(clock, 2s, [](const std::string& id) { return Texts{id + "-x", id + "-y"}; });
  run_programs(runner);
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1s);
  EXPECT_EQ(target("crm").calls(), 0u);
  EXPECT_EQ(totals().pending(), 1u);
  pass(2s);
  EXPECT_EQ(target("crm").ids(), Ids({"e-x", "e-y"}));
  EXPECT_EQ(totals().delivered, 1u);
  stop();
}

TEST_F(LaneTransformTest, a_program_that_fails_or_throws_makes_a_dead_letter) {
  const ScriptedRunner::Answer answers[] = {
      [](const std::string&) -> Result<Texts> { return Error(Errc::invalid_argument, "no such field"); },
      [](const std::string&) -> Result<Texts> { throw std::runtime_error("no such field"); }};
  for (const auto& answer : answers) {
    ScriptedRunner runner(clock, 0s, answer);
    run_programs(runner);
    ASSERT_TRUE(publish_ids({"e"}));
    pass(1s);
    const auto letter = dead_letter();
    EXPECT_EQ(letter.reason, "transform_failed");
    EXPECT_NE(letter.attempts.at(0).error.find("no such field"), std::string::npos);
    EXPECT_EQ(target("crm").calls(), 0u);
    ASSERT_TRUE(run(channel()->discard({})));
    stop();
  }
}

TEST_F(LaneTransformTest, a_program_that_does_not_end_makes_a_dead_letter_at_the_deadline) {
  limits.timeout = 3s;
  ScriptedRunner runner(clock, 1h, [](const std::string&) { return Texts{}; });
  run_programs(runner);
  ASSERT_TRUE(publish_ids({"e"}));
  pass(2s);
  EXPECT_EQ(totals().dead, 0u);
  pass(2s);
  EXPECT_EQ(dead_letter().reason, "transform_failed");
  EXPECT_EQ(dead_letter().attempts.at(0).error, "the program did not end in time");
  stop();
}

TEST_F(LaneTransformTest, an_event_whose_program_nobody_had_time_for_is_tried_again) {
  bool busy = true;
  ScriptedRunner runner(clock, 0s, [&busy](const std::string& id) -> Result<Texts> {
    if (std::exchange(busy, false)) return Error(Errc::overloaded, "nobody has time");
    return Texts{id};
  });
  run_programs(runner);
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1h);
  EXPECT_EQ(target("crm").ids(), Ids({"e"}));
  EXPECT_EQ(totals().dead, 0u);
  ASSERT_EQ(disk().journey.size(), 2u);
  EXPECT_EQ(disk().journey[0].kind, JourneyEntry::Kind::retrying);
  stop();
}

TEST_F(LaneTransformTest, a_program_that_nobody_runs_makes_a_dead_letter) {
  run_rule(transformer(std::make_unique<const Asking>()));
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1s);
  EXPECT_EQ(dead_letter().reason, "transform_failed");
}

}  // namespace
}  // namespace signalbox::broker
