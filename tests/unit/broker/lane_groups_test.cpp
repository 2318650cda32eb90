// What a lane does with a rule that gathers events: groups over restarts, their deliveries, failures and journeys.
#include <algorithm>

#include "broker/dead_letter_target.hpp"
#include "broker_fixture.hpp"
#include "event/codec.hpp"

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;
using Kind = JourneyEntry::Kind;
using Form = EventGroup::Form;
using pipeline::TransformContext;
using pipeline::Transformed;

/// Refuses the event "bad", makes nothing of "none", and puts its mark on all others.
class Marking final : public pipeline::PureStep {
 public:
  Result<Transformed> apply(const Event& event, const TransformContext&) const override {
    if (event.id() == "bad") return Error(Errc::invalid_argument, "cannot be made");
    if (event.id() == "none") return Transformed();
    return pipeline::just(EventBuilder::from(event).set("id", std::string(event.id()) + "!").build());
  }
};

std::shared_ptr<const pipeline::Transformer> marking() {
  std::vector<pipeline::TransformStep> steps;
  steps.push_back(std::make_unique<const Marking>());
  return std::make_shared<const pipeline::Transformer>(std::move(steps));
}

class LaneGroupsTest : public BrokerTest {
 protected:
  void SetUp() override {
    limits.batches = true;
    BrokerTest::SetUp();
    how.every = 30s;
    how.up_to = 3;
  }
  void run_rule() {
    rules = {rule("r", {"crm"})};
    rules[0].aggregate = how;
    rules[0].transformer = transformer;
    apply();
  }
  void gather_by(const std::string& text) {
    how.by = text;
    how.key = std::make_shared<const pipeline::EventText>(*pipeline::EventText::parse(text));
  }
  /// Ends without a word; what was not written by now is gone.
  void crash() {
    const auto left = disks;
    stop();
    disks = left;
    start();
  }
  /// The ids of the events that the n-th delivered event was made of.
  Ids members(std::size_t n) {
    Ids ids;
    const std::string data(target("crm").sent().at(n).event.data());
    const std::string_view mark = "\"id\":\"";
    for (auto at = data.find(mark); at != std::string::npos; at = data.find(mark, at)) {
      at += mark.size();
      ids.push_back(data.substr(at, data.find('"', at) - at));
    }
    return ids;
  }
  std::vector<Kind> journey_of(Seq seq) {
    std::vector<Kind> kinds;
    for (const auto& entry : disk().journey)
      if (entry.seq == seq) kinds.push_back(entry.kind);
    return kinds;
  }
  std::vector<DeadLetter> letters() {
    auto page = run(channel()->dead_letters({}, 100, std::nullopt));
    EXPECT_TRUE(page);
    return page ? page->letters : std::vector<DeadLetter>();
  }
  void expect_all_ended(std::uint64_t delivered) {
    EXPECT_EQ(totals().delivered, delivered);
    EXPECT_EQ(totals().pending(), 0u);
    EXPECT_EQ(totals().gathered, 0u);
    EXPECT_EQ(totals().retrying, 0u);
    EXPECT_TRUE(disk().retries.empty());
  }

  Aggregate how;
  std::shared_ptr<const pipeline::Transformer> transformer;
};

TEST_F(LaneGroupsTest, so_many_events_become_one_delivery) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c", "d", "e", "f", "g"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-3", "4-6"}));
  EXPECT_EQ(members(0), Ids({"a", "b", "c"}));
  EXPECT_EQ(members(1), Ids({"d", "e", "f"}));
  EXPECT_EQ(totals().delivered, 6u);
  EXPECT_EQ(totals().gathered, 1u);
  EXPECT_EQ(totals().pending(), 1u);
  EXPECT_EQ(channel()->status().lanes[0].open_groups, 1u);
  EXPECT_EQ(channel()->status().lanes[0].groups_closed, 2u);
  EXPECT_EQ(journey_of(2), std::vector<Kind>({Kind::gathered, Kind::delivered}));
  EXPECT_EQ(disk().journey[1].record.error, "1");
}

TEST_F(LaneGroupsTest, a_window_ends_so_long_after_its_first_event) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a"}));
  pass(20s);
  ASSERT_TRUE(publish_ids({"b"}));
  pass(9s);
  EXPECT_EQ(target("crm").calls(), 0u);
  pass(2s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-2"}));
  expect_all_ended(2);
}

TEST_F(LaneGroupsTest, bytes_close_a_group) {
  how.up_to = 1'000;
  how.bytes = 150;
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c", "d", "e"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-2", "3-4"}));
}

TEST_F(LaneGroupsTest, each_key_is_gathered_by_itself) {
  gather_by("partitionkey");
  run_rule();
  ASSERT_TRUE(publish({event("a", "order", "x"), event("b", "order", "y"), event("c", "order", "x"), event("d"),
                       event("e", "order", "x")}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-5"}));
  EXPECT_EQ(members(0), Ids({"a", "c", "e"}));
  EXPECT_EQ(target("crm").sent()[0].event.value("aggregatekey"), "x");
  pass(31s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-5", "2-2", "4-4"}));
  expect_all_ended(5);
}

TEST_F(LaneGroupsTest, a_batch_goes_out_in_one_call_with_the_events_as_they_are) {
  how.form = Form::batch;
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c", "d"}));
  pass(40s);
  EXPECT_EQ(target("crm").ids(), Ids({"a", "b", "c", "d"}));
  EXPECT_EQ(target("crm").calls(), 2u);
  EXPECT_EQ(target("crm").sent()[2].call, 0u);
  EXPECT_TRUE(target("crm").sent()[0].together);
  expect_all_ended(4);
}

TEST_F(LaneGroupsTest, a_stop_leaves_groups_open_and_a_start_goes_on_with_them) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a"}));
  restart();
  EXPECT_EQ(target("crm").calls(), 0u);
  EXPECT_EQ(totals().gathered, 1u);
  ASSERT_TRUE(publish_ids({"b"}));
  restart();
  ASSERT_TRUE(publish_ids({"c"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-3"}));
  expect_all_ended(3);
}

TEST_F(LaneGroupsTest, a_window_that_ended_while_nobody_was_there_is_closed_at_the_start) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b"}));
  stop();
  pass(1h);
  start();
  apply();
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-2"}));
  expect_all_ended(2);
}

TEST_F(LaneGroupsTest, after_a_crash_what_was_not_written_is_gathered_again) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a"}));
  pass(1s);
  ASSERT_TRUE(publish_ids({"b"}));
  const auto written = disks;
  ASSERT_TRUE(disk().counted_to < 2) << "the second event must not be in a checkpoint yet";
  crash();
  apply();
  EXPECT_EQ(totals().pending(), 2u);
  pass(40s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-2"}));
  expect_all_ended(2);
}

TEST_F(LaneGroupsTest, a_crash_after_a_delivery_repeats_the_very_same_one) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a"}));
  pass(29s);
  ASSERT_TRUE(publish_ids({"b"}));
  for (int i = 0; i < 1'000 && target("crm").calls() == 0; ++i) pass(10ms);
  ASSERT_EQ(target("crm").ids(), Ids({"1-2"}));
  ASSERT_FALSE(disk().retries.empty()) << "the delivery must not be in a checkpoint yet";
  crash();
  apply();
  ASSERT_TRUE(publish_ids({"c"}));
  pass(40s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-2", "1-2", "3-3"}));
  expect_all_ended(3);
}

TEST_F(LaneGroupsTest, a_backlog_is_gathered_by_when_its_events_were_accepted) {
  how.up_to = 100;
  run_rule();
  ASSERT_TRUE(run(channel()->pause("r", true)));
  ASSERT_TRUE(publish_ids({"a"}));
  pass(20s);
  ASSERT_TRUE(publish_ids({"b"}));
  pass(20s);
  ASSERT_TRUE(publish_ids({"c"}));
  pass(10min);
  EXPECT_EQ(target("crm").calls(), 0u);
  ASSERT_TRUE(run(channel()->pause("r", false)));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-2", "3-3"}));
  expect_all_ended(3);
}

TEST_F(LaneGroupsTest, a_large_backlog_is_read_from_the_log_in_groups) {
  how.up_to = 100;
  how.every = 1h;
  gather_by("partitionkey");
  run_rule();
  ASSERT_TRUE(run(channel()->pause("r", true)));
  for (int i = 0; i < 30; ++i) {
    std::vector<Event> events;
    for (int k = 0; k < 100; ++k) events.push_back(event(std::to_string(i) + "-" + std::to_string(k), "order", std::to_string(k % 10)));
    ASSERT_TRUE(publish(std::move(events)));
  }
  ASSERT_TRUE(run(channel()->pause("r", false)));
  pass(5s);
  EXPECT_EQ(target("crm").calls(), 30u);
  expect_all_ended(3'000);
}

TEST_F(LaneGroupsTest, a_group_that_fails_is_retried_as_one_and_delivered_as_one) {
  target("crm").then(Outcome::failed(500, "busy"));
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c"}));
  pass(500ms);
  EXPECT_EQ(totals().retrying, 3u);
  EXPECT_EQ(totals().gathered, 0u);
  pass(5s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-3", "1-3"}));
  EXPECT_EQ(target("crm").sent()[1].attempt, 2u);
  EXPECT_EQ(journey_of(3), std::vector<Kind>({Kind::gathered, Kind::retrying, Kind::delivered}));
  expect_all_ended(3);
}

TEST_F(LaneGroupsTest, a_failing_group_goes_on_after_a_crash) {
  target("crm").then(Outcome::failed(500, "busy"));
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c"}));
  pass(700ms);
  crash();
  apply();
  EXPECT_EQ(totals().retrying, 3u);
  pass(5s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-3", "1-3"}));
  expect_all_ended(3);
}

TEST_F(LaneGroupsTest, a_group_given_up_is_one_dead_letter_and_can_be_redriven_after_its_events_are_gone) {
  target("crm").otherwise(Outcome::failed(500, "broken"));
  channel_plan.retain = 1min;
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c"}));
  pass(10min);
  EXPECT_EQ(totals().dead, 3u);
  EXPECT_EQ(totals().pending(), 0u);
  EXPECT_TRUE(disk().events.empty());
  const auto dead = letters();
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].event.event.id(), "1-3");
  EXPECT_EQ(dead[0].members, std::vector<Seq>({1, 2, 3}));
  EXPECT_EQ(dead[0].reason, "attempts_exhausted");
  EXPECT_EQ(dead[0].attempts_made, 4u);

  restart();
  target("crm").otherwise(Outcome::delivered(204));
  DeadLetterSelector of_a_member;
  of_a_member.seqs = {2};
  auto count = run(channel()->redrive(of_a_member));
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1u);
  pass(1s);
  EXPECT_EQ(target("crm").sent().back().id, "1-3");
  EXPECT_EQ(target("crm").sent().back().attempt, 1u);
  EXPECT_EQ(members(target("crm").sent().size() - 1), Ids({"a", "b", "c"}));
  EXPECT_EQ(totals().dead, 0u);
  expect_all_ended(3);
}

TEST_F(LaneGroupsTest, of_a_batch_given_up_each_event_is_a_dead_letter_and_is_redriven_by_itself) {
  how.form = Form::batch;
  target("crm").then(Outcome::rejected(400, "no"));
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c"}));
  pass(1s);
  EXPECT_EQ(totals().dead, 3u);
  ASSERT_EQ(letters().size(), 3u);
  EXPECT_EQ(letters()[1].event.event.id(), "b");
  EXPECT_TRUE(letters()[1].members.empty());
  ASSERT_TRUE(run(channel()->redrive({})));
  pass(1s);
  EXPECT_EQ(target("crm").calls(), 4u);
  EXPECT_TRUE(target("crm").sent().back().together);
  expect_all_ended(3);
}

TEST_F(LaneGroupsTest, a_dead_group_that_is_deleted_is_told_in_the_journeys_of_its_members) {
  target("crm").then(Outcome::rejected(400, "no"));
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b", "c"}));
  pass(1s);
  ASSERT_TRUE(run(channel()->discard({})));
  pass(1s);
  EXPECT_EQ(journey_of(2), std::vector<Kind>({Kind::gathered, Kind::dead, Kind::dropped}));
  EXPECT_EQ(totals().dead, 3u);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(LaneGroupsTest, the_transform_sees_the_one_event) {
  transformer = marking();
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "bad", "c"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-3!"}));
  expect_all_ended(3);
}

TEST_F(LaneGroupsTest, each_event_of_a_batch_is_transformed_and_what_fails_is_left_out) {
  how.form = Form::batch;
  how.up_to = 5;
  transformer = marking();
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "bad", "c", "none", "e"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"a!", "c!", "e!"}));
  EXPECT_EQ(target("crm").calls(), 1u);
  EXPECT_EQ(totals().delivered, 3u);
  EXPECT_EQ(totals().dead, 1u);
  EXPECT_EQ(totals().dropped, 1u);
  EXPECT_EQ(totals().pending(), 0u);
  ASSERT_EQ(letters().size(), 1u);
  EXPECT_EQ(letters()[0].event.event.id(), "bad");
  EXPECT_EQ(letters()[0].reason, "transform_failed");
}

TEST_F(LaneGroupsTest, what_is_left_out_of_a_batch_that_fails_has_not_ended) {
  how.form = Form::batch;
  transformer = marking();
  target("crm").then(Outcome::failed(503, "later"));
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "bad", "c"}));
  pass(500ms);
  EXPECT_EQ(totals().retrying, 3u);
  EXPECT_EQ(totals().dead, 0u);
  pass(10s);
  EXPECT_EQ(totals().delivered, 2u);
  EXPECT_EQ(totals().dead, 1u);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(LaneGroupsTest, a_batch_of_which_nothing_is_left_makes_no_call) {
  how.form = Form::batch;
  transformer = marking();
  run_rule();
  ASSERT_TRUE(publish_ids({"bad", "none", "none"}));
  pass(1s);
  EXPECT_EQ(target("crm").calls(), 0u);
  EXPECT_EQ(totals().dead, 1u);
  EXPECT_EQ(totals().dropped, 2u);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(LaneGroupsTest, a_pause_lets_nothing_out_and_no_window_end) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a"}));
  pass(1s);
  ASSERT_TRUE(run(channel()->pause("r", true)));
  pass(10min);
  EXPECT_EQ(target("crm").calls(), 0u);
  ASSERT_TRUE(run(channel()->pause("r", false)));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-1"}));
}

TEST_F(LaneGroupsTest, a_reload_with_other_settings_closes_the_open_groups) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b"}));
  pass(1s);
  how.up_to = 10;
  run_rule();
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-2"}));
  ASSERT_TRUE(publish_ids({"c"}));
  pass(1s);
  EXPECT_EQ(target("crm").calls(), 1u);
}

TEST_F(LaneGroupsTest, a_reload_with_the_same_settings_leaves_them_open) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b"}));
  pass(1s);
  run_rule();
  pass(1s);
  EXPECT_EQ(target("crm").calls(), 0u);
}

TEST_F(LaneGroupsTest, a_restart_with_other_settings_closes_them_too) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b"}));
  stop();
  start();
  how.up_to = 10;
  run_rule();
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-2"}));
  expect_all_ended(2);
}

TEST_F(LaneGroupsTest, a_rule_that_gathers_no_more_delivers_what_it_had_gathered_and_then_each_event) {
  for (const bool over_a_restart : {false, true}) {
    const auto before = target("crm").ids().size();
    run_rule();
    ASSERT_TRUE(publish_ids({"a", "b"}));
    pass(1s);
    if (over_a_restart) stop(), start();
    rules[0].aggregate.reset();
    apply();
    ASSERT_TRUE(publish_ids({"c"}));
    pass(1s);
    auto ids = target("crm").ids();
    ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(before));
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(ids, over_a_restart ? Ids({"4-5", "c"}) : Ids({"1-2", "c"}));
  }
  expect_all_ended(6);
}

TEST_F(LaneGroupsTest, a_rule_that_gathers_from_now_on_delivers_what_it_was_retrying_as_a_group_of_one) {
  rules = {rule("r", {"crm"})};
  target("crm").then(Outcome::failed(500, "busy"));
  apply();
  ASSERT_TRUE(publish_ids({"a"}));
  pass(500ms);
  run_rule();
  pass(5s);
  EXPECT_EQ(target("crm").ids(), Ids({"a", "1-1"}));
  expect_all_ended(1);
}

TEST_F(LaneGroupsTest, a_rule_that_is_made_again_goes_on_with_its_groups) {
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b"}));
  pass(1s);
  rules.clear();
  apply();
  pass(1s);
  run_rule();
  EXPECT_EQ(totals().gathered, 2u);
  ASSERT_TRUE(publish_ids({"c"}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1-3"}));
  expect_all_ended(3);
}

TEST_F(LaneGroupsTest, the_log_keeps_what_an_open_group_needs) {
  channel_plan.retain = 1s;
  how.every = 10min;
  run_rule();
  ASSERT_TRUE(publish_ids({"a", "b"}));
  pass(5min);
  EXPECT_EQ(disk().events.size(), 2u);
  ASSERT_TRUE(publish_ids({"c"}));
  pass(1min);
  EXPECT_EQ(members(0), Ids({"a", "b", "c"}));
  EXPECT_TRUE(disk().events.empty());
}

TEST_F(LaneGroupsTest, groups_wait_for_a_target_that_is_away_and_none_is_lost) {
  target("crm").otherwise(Outcome::failed(0, "connection refused"));
  gather_by("partitionkey");
  run_rule();
  rules[0].retry.attempts = 10'000;
  apply();
  std::size_t published = 0;
  for (int i = 0; i < 40; ++i) {
    for (const auto* key : {"x", "y", "z"}) ASSERT_TRUE(publish_ids({std::to_string(++published)}, key));
    pass(1s);
  }
  restart();
  pass(1min);
  EXPECT_EQ(totals().pending(), published);
  target("crm").otherwise(Outcome::delivered(204));
  pass(1h);
  expect_all_ended(published);
}

TEST_F(LaneGroupsTest, many_groups_that_end_at_once_come_back_after_a_restart) {
  gather_by("partitionkey");
  run_rule();
  std::vector<Event> events;
  for (int i = 0; i < 2'000; ++i) events.push_back(event(std::to_string(i), "order", std::to_string(i)));
  ASSERT_TRUE(publish(std::move(events)));
  pass(1s);
  restart();
  EXPECT_EQ(channel()->status().lanes[0].open_groups, 2'000u);
  pass(1min);
  EXPECT_EQ(target("crm").calls(), 2'000u);
  expect_all_ended(2'000);
}

TEST_F(LaneGroupsTest, what_goes_to_the_dead_letters_is_not_gathered) {
  rules = {rule("r", {kDeadLetterTarget})};
  rules[0].aggregate = how;
  extra_targets.emplace(kDeadLetterTarget, make_dead_letter_target());
  apply();
  ASSERT_TRUE(publish_ids({"a", "b"}));
  pass(1s);
  ASSERT_EQ(letters().size(), 2u);
  EXPECT_EQ(letters()[0].event.event.id(), "a");
}

}  // namespace
}  // namespace signalbox::broker
