// What a lane does with transforms that ask a target: retries, failures, the target's gate, the cache.
#include "broker/enrichment_runner.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <stdexcept>

#include "broker_fixture.hpp"
#include "pipeline/enrichment_step.hpp"
#include "support/scripted_enricher.hpp"

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;
using pipeline::EnrichmentPolicy;
using test::ScriptedEnricher;
using testing::HasSubstr;
using Ids = std::vector<std::string>;

class EnrichmentRunnerTest : public BrokerTest {
 protected:
  EnrichmentRunnerTest() {
    enrichment.policy.target = "info";
    enrichment.policy.timeout = 2s;
    enrichment.identity = "first";
    enrichment.use = pipeline::Enrichment::Use::join;
    enrichment.join_at = {"info"};
  }
  void SetUp() override {
    BrokerTest::SetUp();
    info = std::make_shared<ScriptedEnricher>(clock);
  }

  /// One rule that asks `info` and delivers to `crm`.
  void run_rule() {
    extra_targets["info"] = std::make_shared<test::EnricherPlan>(info, info_limits, info_fingerprint);
    rules = {rule("r", {"crm"})};
    std::vector<pipeline::TransformStep> steps;
    auto copy = enrichment;
    steps.push_back(pipeline::make_enrichment_step(std::move(copy)));
    rules[0].transformer = std::make_shared<const pipeline::Transformer>(std::move(steps));
    apply();
  }
  void cache_by(const std::string& path, Duration keep_for = 1h) {
    pipeline::TemplateVariables variables;
    enrichment.key =
        *pipeline::Template::parse("<" + path + ">", pipeline::Template::Format::text, variables);
    enrichment.variables = variables.used();
    enrichment.policy.cache = EnrichmentPolicy::Cache{keep_for};
  }
  EnrichmentStatus figures() { return channel()->status().enrichments.at(0); }
  DeadLetter dead_letter() {
    auto page = run(channel()->dead_letters({}, 10, std::nullopt));
    EXPECT_TRUE(page && page->letters.size() == 1);
    return page->letters.at(0);
  }
  bool publish_type(const std::string& type, const Ids& ids) {
    std::vector<Event> events;
    for (const auto& id : ids) events.push_back(event(id, type));
    return bool(publish(std::move(events)));
  }

  std::shared_ptr<ScriptedEnricher> info;
  pipeline::Enrichment enrichment;
  TargetLimits info_limits;
  std::string info_fingerprint = "info";
};

TEST_F(EnrichmentRunnerTest, an_event_is_delivered_with_the_answer) {
  info->then(ScriptedEnricher::says("7"), 1s);
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(500ms);
  EXPECT_EQ(target("crm").calls(), 0u);
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"e"}));
  EXPECT_EQ(totals().delivered, 1u);
  EXPECT_EQ(figures().calls, 1u);
  EXPECT_EQ(figures().failures, 0u);
  EXPECT_EQ(figures().calling, 1s);
  EXPECT_EQ(figures().rule, "r");
  EXPECT_EQ(figures().target, "info");
}

TEST_F(EnrichmentRunnerTest, a_temporary_failure_is_tried_again_within_the_attempt) {
  info->then(Outcome::failed(503, "HTTP 503")).then(Outcome::failed(0, "refused"));
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(2s);
  ASSERT_EQ(info->asked().size(), 3u);
  EXPECT_EQ(info->asked()[2].attempt, 3u);
  EXPECT_EQ(totals().delivered, 1u);
  EXPECT_EQ(disk().journey.size(), 1u);
  EXPECT_EQ(figures().failures, 2u);
}

TEST_F(EnrichmentRunnerTest, an_attempt_has_its_timeout) {
  info->then(ScriptedEnricher::says("1"), 1h);
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(10s);
  ASSERT_EQ(info->asked().size(), 2u);
  EXPECT_EQ(info->asked()[0].deadline - info->asked()[0].at, 2s);
  EXPECT_GE(info->asked()[1].at - info->asked()[0].at, 2s);
  EXPECT_EQ(totals().delivered, 1u);
}

TEST_F(EnrichmentRunnerTest, a_failure_that_lasts_is_that_of_an_attempt_at_the_delivery) {
  for (int i = 0; i < 3; ++i) info->then(Outcome::failed(500, "HTTP 500: sorry"));
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1h);
  EXPECT_EQ(totals().delivered, 1u);
  EXPECT_EQ(target("crm").sent().at(0).attempt, 2u);
  ASSERT_EQ(disk().journey.size(), 2u);
  EXPECT_EQ(disk().journey[0].kind, JourneyEntry::Kind::retrying);
  EXPECT_EQ(disk().journey[0].record.error, "enrichment failed: info: HTTP 500: sorry");
  EXPECT_EQ(disk().journey[0].record.status, 500u);
}

TEST_F(EnrichmentRunnerTest, deliveries_whose_answers_never_come_are_given_up_as_the_rule_says) {
  EnrichmentReply down;
  down.outcome = Outcome::failed(500, "HTTP 500");
  info->otherwise(down);
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1h);
  EXPECT_EQ(dead_letter().reason, "attempts_exhausted");
  EXPECT_EQ(dead_letter().attempts_made, 4u);
  EXPECT_EQ(info->asked().size(), 12u);
}

TEST_F(EnrichmentRunnerTest, a_final_answer_is_a_dead_letter_at_once) {
  info->then(Outcome::rejected(404, "HTTP 404: no such customer"));
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1s);
  EXPECT_EQ(dead_letter().reason, "transform_failed");
  EXPECT_EQ(dead_letter().attempts.at(0).error, "enrichment failed: info: HTTP 404: no such customer");
  EXPECT_EQ(info->asked().size(), 1u);
  EXPECT_EQ(target("crm").calls(), 0u);
}

TEST_F(EnrichmentRunnerTest, an_answer_that_cannot_be_used_is_a_dead_letter_and_not_kept) {
  cache_by("$.type");
  info->then(ScriptedEnricher::says("{"));
  run_rule();
  ASSERT_TRUE(publish_ids({"a"}));
  pass(1s);
  EXPECT_THAT(dead_letter().attempts.at(0).error, HasSubstr("the answer is no JSON"));
  ASSERT_TRUE(publish_ids({"b"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"b"}));
}

TEST_F(EnrichmentRunnerTest, an_enricher_that_throws_costs_an_attempt) {
  bool thrown = false;
  info->on_ask = [&thrown] {
    if (!std::exchange(thrown, true)) throw std::runtime_error("oops");
  };
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(2s);
  EXPECT_EQ(totals().delivered, 1u);
  EXPECT_EQ(figures().failures, 1u);
}

TEST_F(EnrichmentRunnerTest, with_continue_the_event_goes_on_without_an_answer) {
  enrichment.policy.on_error = EnrichmentPolicy::OnError::proceed;
  info->then(Outcome::rejected(404, "HTTP 404"));
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"e"}));
  EXPECT_EQ(totals().dead, 0u);
}

TEST_F(EnrichmentRunnerTest, a_wish_for_a_long_pause_is_the_deliverys) {
  info->then(Outcome::failed(429, "HTTP 429", 30s));
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(29s);
  EXPECT_EQ(info->asked().size(), 1u);
  pass(5s);
  EXPECT_EQ(info->asked().size(), 2u);
  EXPECT_EQ(totals().delivered, 1u);
}

TEST_F(EnrichmentRunnerTest, the_targets_concurrency_and_rate_hold) {
  info_limits.concurrency = 2;
  info->otherwise(ScriptedEnricher::says("1"), 100ms);
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c", "d", "e", "f"}));
  pass(5s);
  EXPECT_EQ(info->most_under_way(), 2u);
  EXPECT_EQ(totals().delivered, 6u);
}

TEST_F(EnrichmentRunnerTest, no_place_is_held_at_the_lanes_target_while_another_is_asked) {
  // Lanes that held a place and waited for one elsewhere could wait for each other.
  limits.concurrency = 1;
  info->otherwise(ScriptedEnricher::says("1"), 1s);
  run_rule();
  rules.push_back(rule("direct", {"crm"}));
  apply();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(500ms);
  EXPECT_EQ(target("crm").ids(), Ids({"e"})) << "of the rule that asks nobody";
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"e", "e"}));
  EXPECT_EQ(target("crm").most_under_way(), 1u);
}

TEST_F(EnrichmentRunnerTest, a_rule_may_deliver_to_the_target_that_it_asks) {
  info_limits.concurrency = 1;
  run_rule();
  rules[0].targets = {"info"};
  apply();
  ASSERT_TRUE(publish_ids({"a", "b", "c"}));
  pass(5s);
  EXPECT_EQ(totals().delivered, 3u);
  EXPECT_EQ(totals().retrying, 0u);
}

TEST_F(EnrichmentRunnerTest, events_of_a_batch_are_asked_about_together) {
  max_batch = 10;
  info->otherwise(ScriptedEnricher::says("1"), 1s);
  info->then(Outcome::rejected(404, "HTTP 404"));
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c"}));
  pass(1500ms);
  EXPECT_EQ(target("crm").ids(), Ids({"b", "c"}));
  EXPECT_EQ(totals().dead, 1u);
}

TEST_F(EnrichmentRunnerTest, while_the_circuit_is_open_events_wait_without_attempts) {
  EnrichmentReply down;
  down.outcome = Outcome::failed(0, "refused");
  info->otherwise(down);
  run_rule();
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(publish_ids({"e" + std::to_string(i)}));
    pass(500ms);
  }
  EXPECT_EQ(channel()->status().lanes.at(0).gate.circuit, "closed") << "crm's own";
  info->otherwise(ScriptedEnricher::says("1"));
  const auto attempts = channel()->status().lanes.at(0).attempts;
  ASSERT_TRUE(publish_ids({"late"}));
  pass(1h);
  EXPECT_GT(attempts, 0u);
  EXPECT_EQ(totals().pending(), 0u);
  EXPECT_THAT(target("crm").ids(), testing::Contains("late"));
}

TEST_F(EnrichmentRunnerTest, stopping_in_the_middle_of_a_question_leaves_the_delivery_pending) {
  info->otherwise(ScriptedEnricher::says("1"), 1h);
  enrichment.policy.timeout = 60s;
  run_rule();
  ASSERT_TRUE(publish_ids({"e"}));
  pass(1s);
  info->otherwise(ScriptedEnricher::says("1"));
  restart();
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"e"}));
  EXPECT_EQ(totals().delivered, 1u);
  EXPECT_EQ(totals().dead, 0u);
}

// --- The cache

TEST_F(EnrichmentRunnerTest, equal_questions_are_asked_once_while_the_answer_is_fresh) {
  cache_by("$.type", 10s);
  run_rule();
  ASSERT_TRUE(publish_type("x", {"a"}));
  pass(1s);
  ASSERT_TRUE(publish_type("x", {"b", "c"}));
  ASSERT_TRUE(publish_type("y", {"d"}));
  pass(1s);
  EXPECT_EQ(info->asked().size(), 2u);
  EXPECT_EQ(figures().cache_hits, 2u);
  EXPECT_EQ(figures().cache_misses, 2u);
  EXPECT_EQ(figures().cache_entries, 2u);
  pass(10s);
  ASSERT_TRUE(publish_type("x", {"e"}));
  pass(1s);
  EXPECT_EQ(info->asked().size(), 3u);
  EXPECT_EQ(totals().delivered, 5u);
}

TEST_F(EnrichmentRunnerTest, equal_questions_at_the_same_time_are_one) {
  cache_by("$.type");
  info->otherwise(ScriptedEnricher::says("1"), 1s);
  run_rule();
  ASSERT_TRUE(publish_type("x", {"a", "b", "c"}));
  pass(2s);
  EXPECT_EQ(info->asked().size(), 1u);
  EXPECT_EQ(totals().delivered, 3u);
  EXPECT_EQ(figures().cache_hits, 2u);
  EXPECT_EQ(figures().cache_misses, 1u);
}

TEST_F(EnrichmentRunnerTest, a_failure_is_everybodys_who_waits_and_kept_for_nobody) {
  cache_by("$.type");
  enrichment.policy.attempts = 1;
  info->then(Outcome::failed(500, "HTTP 500"), 100ms);
  run_rule();
  ASSERT_TRUE(publish_type("x", {"a", "b"}));
  pass(500ms);
  EXPECT_EQ(info->asked().size(), 1u);
  EXPECT_EQ(totals().retrying, 2u);
  pass(10s);
  EXPECT_EQ(info->asked().size(), 2u);
  EXPECT_EQ(totals().delivered, 2u);
}

TEST_F(EnrichmentRunnerTest, what_the_target_does_not_want_kept_is_not) {
  cache_by("$.type");
  auto fleeting = ScriptedEnricher::says("1");
  fleeting.answer.fresh_for = Duration::zero();
  info->otherwise(fleeting, 1s);
  run_rule();
  ASSERT_TRUE(publish_type("x", {"a", "b", "c"}));
  pass(3s);
  EXPECT_EQ(info->asked().size(), 3u);
  EXPECT_EQ(info->most_under_way(), 2u) << "those who waited for the first do not wait for each other";
  EXPECT_EQ(figures().cache_entries, 0u);
}

TEST_F(EnrichmentRunnerTest, a_targets_shorter_time_holds) {
  cache_by("$.type", 1h);
  auto brief = ScriptedEnricher::says("1");
  brief.answer.fresh_for = 5s;
  info->otherwise(brief);
  run_rule();
  ASSERT_TRUE(publish_type("x", {"a"}));
  pass(6s);
  ASSERT_TRUE(publish_type("x", {"b"}));
  pass(1s);
  EXPECT_EQ(info->asked().size(), 2u);
}

TEST_F(EnrichmentRunnerTest, a_reload_keeps_the_answers_of_what_stays_as_it_is) {
  cache_by("$.type");
  run_rule();
  ASSERT_TRUE(publish_type("x", {"a"}));
  pass(1s);
  run_rule();
  ASSERT_TRUE(publish_type("x", {"b"}));
  pass(1s);
  EXPECT_EQ(info->asked().size(), 1u);
  enrichment.identity = "second";
  run_rule();
  ASSERT_TRUE(publish_type("x", {"c"}));
  pass(1s);
  EXPECT_EQ(info->asked().size(), 2u);
  info_fingerprint = "another";
  run_rule();
  ASSERT_TRUE(publish_type("x", {"d"}));
  pass(1s);
  EXPECT_EQ(info->asked().size(), 3u);
  EXPECT_EQ(totals().delivered, 4u);
}

TEST_F(EnrichmentRunnerTest, who_asks_first_may_be_cut_off_without_harm_to_the_others) {
  // Two rules' lanes share no runner; two choices of one rule do.
  cache_by("$.type");
  info->otherwise(ScriptedEnricher::says("1"), 1s);
  run_rule();
  auto choice = rules[0];
  rules[0].name = choice_name("r", "one");
  choice.name = choice_name("r", "two");
  rules.push_back(choice);
  apply();
  ASSERT_TRUE(publish_type("x", {"a"}));
  pass(500ms);
  EXPECT_EQ(info->asked().size(), 1u);
  rules.erase(rules.begin());
  apply();  // cuts the lane off that asked
  pass(3s);
  EXPECT_EQ(target("crm").ids(), Ids({"a"}));
  EXPECT_EQ(info->asked().size(), 2u);
}

}  // namespace
}  // namespace signalbox::broker
