#include "broker/dead_letter_target.hpp"
#include "broker_fixture.hpp"

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

class UnroutedTest : public BrokerTest {
 protected:
  /// The rules, and a built-in one that takes what they do not.
  void apply_with_unrouted(std::vector<RulePlan> configured, const std::string& to) {
    rules = std::move(configured);
    rules.push_back(make_unrouted_rule(to));
    apply();
  }
  std::vector<DeadLetter> letters() {
    auto page = run(channel()->dead_letters({}, 10, std::nullopt));
    EXPECT_TRUE(page);
    return page ? page->letters : std::vector<DeadLetter>();
  }
  RulePlan orders() { return rule("orders", {"crm"}, R"({"type":["order"]})"); }
};

TEST_F(UnroutedTest, what_no_rule_takes_goes_to_the_named_target) {
  target("rest");
  apply_with_unrouted({orders()}, "rest");
  ASSERT_TRUE(publish({event("1"), event("2", "bill"), event("3", "bill")}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1"}));
  EXPECT_EQ(target("rest").ids(), Ids({"2", "3"}));
  EXPECT_EQ(channel()->status().unmatched, 2u);
}

TEST_F(UnroutedTest, without_it_such_events_are_counted_and_kept) {
  rules = {orders()};
  apply();
  ASSERT_TRUE(publish({event("1"), event("2", "bill")}));
  pass(1s);
  EXPECT_EQ(channel()->status().unmatched, 1u);
  EXPECT_TRUE(disk().events.at(2)->matched.empty());
}

class UnroutedDeadLetterTest : public UnroutedTest {
 protected:
  UnroutedDeadLetterTest() { extra_targets.emplace(kDeadLetterTarget, make_dead_letter_target()); }
};

TEST_F(UnroutedDeadLetterTest, what_no_rule_takes_is_a_dead_letter) {
  apply_with_unrouted({orders()}, kDeadLetterTarget);
  ASSERT_TRUE(publish({event("1"), event("2", "bill")}));
  pass(1s);
  const auto found = letters();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].seq, 2u);
  EXPECT_EQ(found[0].reason, "unrouted");
  EXPECT_EQ(found[0].event.event.id(), "2");
  EXPECT_EQ(totals().dead, 1u);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(UnroutedDeadLetterTest, redrive_gives_it_to_the_rules_that_take_it_now) {
  apply_with_unrouted({orders()}, kDeadLetterTarget);
  ASSERT_TRUE(publish({event("1", "bill"), event("2", "letter")}));
  pass(1s);
  ASSERT_EQ(letters().size(), 2u);
  apply_with_unrouted({orders(), rule("bills", {"erp", "lake"}, R"({"type":["bill"]})")}, kDeadLetterTarget);
  auto count = run(channel()->redrive({}));
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1u);
  pass(1s);
  EXPECT_EQ(target("erp").ids(), Ids({"1"}));
  EXPECT_EQ(target("lake").ids(), Ids({"1"}));
  EXPECT_EQ(totals().delivered, 3u);
  EXPECT_EQ(totals().pending(), 0u);
  const auto left = letters();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].event.event.id(), "2");
  Ids told;
  for (const auto& entry : disk().journey)
    if (entry.seq == 1 && entry.kind == JourneyEntry::Kind::rerouted) told.push_back("rerouted");
  EXPECT_EQ(told, Ids({"rerouted"}));
}

TEST_F(UnroutedDeadLetterTest, rerouted_event_outlives_a_restart) {
  apply_with_unrouted({orders()}, kDeadLetterTarget);
  ASSERT_TRUE(publish({event("1", "bill")}));
  pass(1s);
  target("erp").otherwise(Outcome::failed(500, "not yet"));
  apply_with_unrouted({rule("bills", {"erp"}, R"({"type":["bill"]})")}, kDeadLetterTarget);
  ASSERT_TRUE(run(channel()->redrive({})));
  pass(100ms);
  EXPECT_EQ(totals().pending(), 1u);
  target("erp").otherwise(Outcome::delivered(204));
  restart();
  pass(30s);
  EXPECT_EQ(totals().pending(), 0u);
  EXPECT_EQ(target("erp").ids().back(), "1");
  EXPECT_TRUE(letters().empty());
}

TEST_F(UnroutedDeadLetterTest, deleting_it_is_for_good) {
  apply_with_unrouted({orders()}, kDeadLetterTarget);
  ASSERT_TRUE(publish({event("1", "bill")}));
  pass(1s);
  auto count = run(channel()->discard({}));
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1u);
  EXPECT_TRUE(letters().empty());
}

class ChoiceTest : public UnroutedDeadLetterTest {
 protected:
  /// `by-type` chooses the target of the event's type among those.
  std::vector<RulePlan> choosing(const std::vector<std::string>& targets) {
    const auto choice = std::make_shared<const pipeline::EventText>(*pipeline::EventText::parse("type"));
    std::vector<RulePlan> plans;
    for (const auto& target : targets) {
      plans.push_back(rule(choice_name("by-type", target), {target}));
      plans.back().route.option = target;
    }
    plans.push_back(rule(choice_name("by-type", kNoChoice), {}));
    plans.back().targets.push_back(kDeadLetterTarget);
    for (auto& plan : plans) plan.route.choice = choice;
    return plans;
  }
};

TEST_F(ChoiceTest, each_event_goes_to_the_target_that_it_names) {
  rules = choosing({"order", "bill"});
  apply();
  ASSERT_TRUE(publish({event("1", "bill"), event("2", "order"), event("3", "letter")}));
  pass(1s);
  EXPECT_EQ(target("bill").ids(), Ids({"1"}));
  EXPECT_EQ(target("order").ids(), Ids({"2"}));
  const auto found = letters();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].event.event.id(), "3");
  EXPECT_EQ(totals().matched, 3u);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(ChoiceTest, redrive_chooses_anew_and_disturbs_no_other_rule) {
  rules = choosing({"order"});
  rules.push_back(rule("all", {"lake"}));
  apply();
  ASSERT_TRUE(publish({event("1", "letter"), event("2", "parcel")}));
  pass(1s);
  ASSERT_EQ(letters().size(), 2u);
  rules = choosing({"order", "letter"});
  rules.push_back(rule("all", {"lake"}));
  apply();
  DeadLetterSelector selector;
  selector.rule = "by-type";
  auto count = run(channel()->redrive(selector));
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1u);
  pass(1s);
  EXPECT_EQ(target("letter").ids(), Ids({"1"}));
  EXPECT_EQ(target("lake").ids(), Ids({"1", "2"}));
  EXPECT_EQ(letters().size(), 1u);
}

TEST_F(ChoiceTest, pausing_the_rule_pauses_all_its_choices) {
  rules = choosing({"order", "bill"});
  apply();
  ASSERT_TRUE(run(channel()->pause("by-type", true)));
  ASSERT_TRUE(publish({event("1", "bill"), event("2", "order")}));
  pass(1s);
  EXPECT_EQ(totals().pending(), 2u);
  restart();
  pass(1s);
  EXPECT_EQ(totals().pending(), 2u);
  ASSERT_TRUE(run(channel()->pause("by-type", false)));
  pass(1s);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(UnroutedTest, else_of_a_group_takes_what_the_others_do_not) {
  auto vip = rule("vip", {"crm"}, R"({"partitionkey":["vip"]})");
  auto rest = rule("rest", {"lake"});
  vip.route.group = rest.route.group = "g";
  vip.route.position = 1;
  rest.route.position = 2;
  rules = {vip, rest};
  apply();
  ASSERT_TRUE(publish({event("1", "order", "vip"), event("2", "order", "x")}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1"}));
  EXPECT_EQ(target("lake").ids(), Ids({"2"}));
  EXPECT_EQ(disk().events.at(1)->matched.size(), 1u);
}

}  // namespace
}  // namespace signalbox::broker
