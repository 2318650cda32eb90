#include "broker/channel.hpp"

#include <set>

#include "broker_fixture.hpp"

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

std::set<std::string> distinct(const Ids& ids) { return std::set<std::string>(ids.begin(), ids.end()); }

class ChannelTest : public BrokerTest {};

TEST_F(ChannelTest, matching_rules_get_an_event_and_others_do_not) {
  rules = {rule("orders", {"crm"}, R"({"type":["order"]})"), rule("all", {"audit", "lake"}), rule("bills", {"erp"}, R"({"type":["bill"]})")};
  apply();
  auto receipt = publish({event("1"), event("2", "bill")});
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->accepted, 2u);
  EXPECT_EQ(receipt->first_seq, 1u);
  EXPECT_EQ(receipt->last_seq, 2u);
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1"}));
  EXPECT_EQ(target("erp").ids(), Ids({"2"}));
  EXPECT_EQ(target("audit").ids(), Ids({"1", "2"}));
  EXPECT_EQ(target("lake").ids(), Ids({"1", "2"}));
  EXPECT_EQ(totals().delivered, 6u);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(ChannelTest, failing_delivery_is_retried_by_schedule_and_then_works) {
  rules = {rule("r", {"crm"})};
  target("crm").then(Outcome::failed(500, "no")).then(Outcome::failed(500, "no"));
  apply();
  ASSERT_TRUE(publish_ids({"1"}));
  pass(100ms);
  EXPECT_EQ(target("crm").calls(), 1u);
  EXPECT_EQ(totals().retrying, 1u);
  pass(10s);
  ASSERT_EQ(target("crm").sent().size(), 3u);
  EXPECT_EQ(target("crm").sent()[2].attempt, 3u);
  EXPECT_GE(target("crm").sent()[1].began - target("crm").sent()[0].began, 1s);
  EXPECT_GE(target("crm").sent()[2].began - target("crm").sent()[1].began, 2s);
  EXPECT_EQ(totals().delivered, 1u);
  EXPECT_EQ(totals().pending(), 0u);
  EXPECT_TRUE(disk().retries.empty());
  ASSERT_EQ(disk().journey.size(), 3u);
  EXPECT_EQ(disk().journey[0].kind, JourneyEntry::Kind::retrying);
  EXPECT_EQ(disk().journey[2].kind, JourneyEntry::Kind::delivered);
}

TEST_F(ChannelTest, exhausted_attempts_make_a_dead_letter_which_can_be_redriven) {
  rules = {rule("r", {"crm"})};
  target("crm").otherwise(Outcome::failed(500, "broken"));
  apply();
  ASSERT_TRUE(publish_ids({"1"}));
  pass(30s);
  EXPECT_EQ(totals().dead, 1u);
  EXPECT_EQ(totals().pending(), 0u);
  auto page = run(channel()->dead_letters({}, 10, std::nullopt));
  ASSERT_TRUE(page);
  ASSERT_EQ(page->letters.size(), 1u);
  EXPECT_EQ(page->letters[0].reason, "attempts_exhausted");
  EXPECT_EQ(page->letters[0].attempts_made, 4u);
  EXPECT_EQ(page->letters[0].attempts.size(), 4u);
  EXPECT_EQ(page->letters[0].event.event.id(), "1");

  target("crm").otherwise(Outcome::delivered(204));
  auto count = run(channel()->redrive({}));
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1u);
  pass(1s);
  EXPECT_EQ(target("crm").sent().back().attempt, 1u);
  EXPECT_EQ(totals().delivered, 1u);
  EXPECT_EQ(totals().dead, 0u);
  EXPECT_EQ(totals().pending(), 0u);
  EXPECT_TRUE(disk().dead.empty());
  EXPECT_TRUE(disk().retries.empty());
}

TEST_F(ChannelTest, rejected_delivery_is_dead_at_once) {
  rules = {rule("r", {"crm"})};
  target("crm").then(Outcome::rejected(400, "bad"));
  apply();
  ASSERT_TRUE(publish_ids({"1", "2"}));
  pass(1s);
  EXPECT_EQ(totals().dead, 1u);
  EXPECT_EQ(totals().delivered, 1u);
  EXPECT_EQ(disk().dead.begin()->second.reason, "rejected");
}

TEST_F(ChannelTest, gone_target_is_left_alone_until_enabled) {
  limits.concurrency = 1;
  rules = {rule("r", {"crm"})};
  target("crm").then(Outcome::disabled(410, "gone"));
  apply();
  ASSERT_TRUE(publish_ids({"1", "2", "3"}));
  pass(60s);
  EXPECT_EQ(target("crm").calls(), 1u);
  EXPECT_EQ(totals().pending(), 2u);
  broker->topology()->tenants.at("t")->targets.at("crm").gate->enable();
  pass(5s);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(ChannelTest, concurrency_of_a_target_is_never_exceeded) {
  limits.concurrency = 3;
  rules = {rule("a", {"crm"}), rule("b", {"crm"})};
  target("crm").otherwise(Outcome::delivered(204), 100ms);
  apply();
  Ids ids;
  for (int i = 0; i < 20; ++i) ids.push_back(std::to_string(i));
  ASSERT_TRUE(publish_ids(ids));
  pass(5s);
  EXPECT_EQ(target("crm").most_under_way(), 3u);
  EXPECT_EQ(totals().delivered, 40u);
}

TEST_F(ChannelTest, lane_that_fell_behind_reads_from_the_log) {
  tail_memory = 1;  // nothing may wait in memory
  stop();
  start();
  limits.concurrency = 2;
  rules = {rule("r", {"crm"})};
  target("crm").otherwise(Outcome::delivered(204), 1ms);
  apply();
  Ids ids;
  for (int i = 0; i < 2'000; ++i) ids.push_back(std::to_string(i));
  ASSERT_TRUE(publish_ids(ids));
  pass(10s);
  EXPECT_EQ(target("crm").ids(), ids);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(ChannelTest, restart_goes_on_where_it_was) {
  rules = {rule("r", {"crm"})};
  limits.concurrency = 2;
  target("crm").otherwise(Outcome::delivered(204), 100ms);
  apply();
  Ids ids;
  for (int i = 0; i < 50; ++i) ids.push_back(std::to_string(i));
  ASSERT_TRUE(publish_ids(ids));
  pass(1s);
  const auto before = totals();
  EXPECT_GT(before.delivered, 0u);
  EXPECT_GT(before.pending(), 0u);
  restart();
  EXPECT_EQ(totals().matched, 50u);
  pass(10s);
  EXPECT_EQ(totals().pending(), 0u);
  EXPECT_EQ(target("crm").ids(), ids) << "a clean stop repeats nothing";
}

TEST_F(ChannelTest, crash_before_a_checkpoint_repeats_but_loses_nothing) {
  rules = {rule("r", {"crm"})};
  apply();
  ASSERT_TRUE(publish_ids({"1", "2", "3"}));
  const auto on_disk = disks;  // what a crash at this moment leaves
  pass(1s);
  stop();
  disks = on_disk;
  start();
  apply();
  pass(1s);
  EXPECT_EQ(totals().matched, 3u);
  EXPECT_EQ(totals().pending(), 0u);
  EXPECT_EQ(distinct(target("crm").ids()), std::set<std::string>({"1", "2", "3"}));
}

TEST_F(ChannelTest, many_outcomes_are_checkpointed_before_the_interval_is_over) {
  rules = {rule("r", {"crm"})};
  apply();
  Ids ids;
  for (std::size_t i = 0; i < Checkpoint::kSoonAfter; ++i) ids.push_back(std::to_string(i));
  ASSERT_TRUE(publish_ids(ids));
  pass(10ms);
  ASSERT_EQ(disk().lanes.size(), 1u);
  EXPECT_EQ(disk().lanes[0].progress.totals.delivered, Checkpoint::kSoonAfter);
}

TEST_F(ChannelTest, removed_and_recreated_rule_goes_on_where_it_was) {
  rules = {rule("r", {"crm"}), rule("other", {"audit"})};
  limits.concurrency = 1;
  target("crm").otherwise(Outcome::delivered(204), 1s);
  apply();
  ASSERT_TRUE(publish_ids({"1", "2", "3"}));
  pass(1500ms);
  const auto all = rules;
  rules = {all[1]};
  apply();
  ASSERT_TRUE(publish_ids({"4"}));
  pass(5s);
  rules = all;
  apply();
  pass(10s);
  EXPECT_EQ(distinct(target("crm").ids()), std::set<std::string>({"1", "2", "3"}))
      << "event 4 came while the rule was not there";
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(ChannelTest, paused_rule_waits_and_resumes) {
  rules = {rule("r", {"crm"})};
  apply();
  ASSERT_TRUE(run(channel()->pause("r", true)));
  ASSERT_TRUE(publish_ids({"1", "2"}));
  pass(10s);
  EXPECT_EQ(target("crm").calls(), 0u);
  EXPECT_EQ(totals().pending(), 2u);
  ASSERT_TRUE(run(channel()->pause("r", false)));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1", "2"}));
  EXPECT_FALSE(run(channel()->pause("nobody", true)));
}

TEST_F(ChannelTest, a_pause_outlives_a_restart) {
  rules = {rule("r", {"crm"})};
  apply();
  ASSERT_TRUE(run(channel()->pause("r", true)));
  ASSERT_TRUE(publish_ids({"1"}));
  restart();
  pass(10s);
  EXPECT_EQ(target("crm").calls(), 0u);
  EXPECT_EQ(totals().pending(), 1u);
  ASSERT_TRUE(run(channel()->pause("r", false)));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1"}));
}

TEST_F(ChannelTest, keyed_order_holds_its_own_key_back_and_no_other) {
  auto ordered = rule("r", {"crm"});
  ordered.order = Order::key;
  rules = {ordered};
  target("crm").then_event("a1", Outcome::failed(500, "no")).then_event("a1", Outcome::failed(500, "no"));
  apply();
  ASSERT_TRUE(publish({event("a1", "order", "a"), event("b1", "order", "b"), event("a2", "order", "a"), event("b2", "order", "b"), event("a3", "order", "a")}));
  pass(500ms);
  EXPECT_EQ(target("crm").ids(), Ids({"a1", "b1", "b2"}));
  pass(20s);
  EXPECT_EQ(target("crm").ids(), Ids({"a1", "b1", "b2", "a1", "a1", "a2", "a3"}));
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(ChannelTest, keyed_order_survives_a_restart) {
  auto ordered = rule("r", {"crm"});
  ordered.order = Order::key;
  rules = {ordered};
  target("crm").then_event("a1", Outcome::failed(500, "no"));
  apply();
  ASSERT_TRUE(publish({event("a1", "order", "a"), event("a2", "order", "a"), event("b1", "order", "b")}));
  pass(500ms);
  restart();
  pass(20s);
  EXPECT_EQ(target("crm").ids(), Ids({"a1", "b1", "a1", "a2"}));
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(ChannelTest, duplicates_are_stored_once) {
  rules = {rule("r", {"crm"})};
  apply();
  ASSERT_TRUE(publish_ids({"1"}));
  auto again = publish({event("1"), event("2")}, true);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->accepted, 1u);
  EXPECT_EQ(again->duplicates, 1u);
  auto only_old = publish({event("2")}, true);
  ASSERT_TRUE(only_old);
  EXPECT_EQ(only_old->accepted, 0u);
  EXPECT_EQ(only_old->duplicates, 1u);
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1", "2"}));
}

TEST_F(ChannelTest, tenant_over_its_rate_is_told_so) {
  tenant_limits.events.per_second = 10;
  rules = {rule("r", {"crm"})};
  apply();
  std::size_t accepted = 0;
  for (int i = 0; i < 30; ++i) {
    auto receipt = publish_ids({std::to_string(i)});
    if (receipt) ++accepted;
    else EXPECT_EQ(receipt.error().code, Errc::over_quota);
  }
  EXPECT_GE(accepted, 10u);
  EXPECT_LT(accepted, 20u);
}

TEST_F(ChannelTest, failed_append_acknowledges_nothing) {
  rules = {rule("r", {"crm"})};
  apply();
  disk().fail_appends = Error(Errc::storage, "fsync failed");
  auto receipt = publish_ids({"1"});
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, Errc::storage);
  pass(1s);
  EXPECT_EQ(target("crm").calls(), 0u);
}

TEST_F(ChannelTest, open_circuit_spends_no_attempts_and_recovers) {
  auto patient = rule("r", {"crm"});
  patient.retry.attempts = 8;
  rules = {patient};
  limits.concurrency = 4;
  target("crm").otherwise(Outcome::failed(0, "connection refused"));
  apply();
  Ids ids;
  for (int i = 0; i < 200; ++i) ids.push_back(std::to_string(i));
  ASSERT_TRUE(publish_ids(ids));
  pass(10min);
  EXPECT_EQ(totals().dead + totals().pending(), 200u);
  EXPECT_GT(totals().pending(), 150u) << "most wait without having spent their attempts";
  target("crm").otherwise(Outcome::delivered(204));
  pass(30min);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(ChannelTest, old_dead_letters_are_deleted) {
  rules = {rule("r", {"crm"})};
  target("crm").otherwise(Outcome::rejected(400, "bad"));
  apply();
  ASSERT_TRUE(publish_ids({"1"}));
  pass(50min);
  EXPECT_EQ(disk().dead.size(), 1u);
  pass(15min);
  EXPECT_TRUE(disk().dead.empty());
  EXPECT_EQ(totals().dead, 1u);
  EXPECT_EQ(disk().journey.back().kind, JourneyEntry::Kind::dropped);
}

/// Retries come due while the checkpoint of earlier ones is being written and read: none may be sent twice.
TEST_F(ChannelTest, many_failing_deliveries_are_each_delivered_once) {
  auto hasty = rule("r", {"crm"});
  hasty.retry.initial = 50ms;
  hasty.retry.max = 400ms;
  hasty.retry.attempts = 50;
  hasty.retry.jitter = delivery::RetryPolicy::Jitter::full;
  rules = {hasty};
  limits.concurrency = 8;
  target("crm").otherwise(Outcome::delivered(204), 3ms);
  Ids ids;
  for (int i = 0; i < 300; ++i) {
    ids.push_back(std::to_string(i));
    for (int failures = 0; failures < i % 4; ++failures) target("crm").then_event(ids.back(), Outcome::failed(500, "no"), 3ms);
  }
  disk().read_delay = [this] { return clock.sleep_until(clock.now() + 70ms); };
  apply();
  ASSERT_TRUE(publish_ids(ids));
  pass(60s);
  EXPECT_EQ(totals().delivered, 300u);
  EXPECT_EQ(totals().pending(), 0u);
  std::size_t expected = 0;
  for (int i = 0; i < 300; ++i) expected += 1 + static_cast<std::size_t>(i % 4);
  EXPECT_EQ(target("crm").sent().size(), expected);
}

TEST_F(ChannelTest, old_events_are_trimmed_once_every_rule_has_passed) {
  channel_plan.retain = 10s;
  rules = {rule("r", {"crm"})};
  apply();
  ASSERT_TRUE(publish_ids({"1", "2"}));
  pass(30s);
  EXPECT_TRUE(disk().events.empty());
  target("crm").otherwise(Outcome::delivered(204), 1s);
  ASSERT_TRUE(run(channel()->pause("r", true)));
  ASSERT_TRUE(publish_ids({"3"}));
  pass(60s);
  EXPECT_EQ(disk().events.size(), 1u) << "still needed";
}

}  // namespace
}  // namespace signalbox::broker
