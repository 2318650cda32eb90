#include "pipeline/router.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace signalbox::pipeline {
namespace {

using Ids = std::vector<std::uint32_t>;

Event event() {
  return EventBuilder().set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t").build();
}

std::vector<RuleId> rule_ids(const Ids& numbers) {
  std::vector<RuleId> ids;
  for (const auto number : numbers) ids.emplace_back(number);
  return ids;
}

Router::Rule in_group(std::uint32_t id, std::string group, std::uint64_t position) {
  Router::Rule rule{RuleId(id), {}};
  rule.route.group = std::move(group);
  rule.route.position = position;
  return rule;
}

Router::Rule with_turn(std::uint32_t id, Route::Turn turn) {
  Router::Rule rule{RuleId(id), {}};
  rule.route.turn = turn;
  return rule;
}

/// What is left of `matched`.
Ids routed(const std::vector<Router::Rule>& rules, const Ids& matched) {
  auto ids = rule_ids(matched);
  Router::make(rules)->route(event(), ids);
  Ids numbers;
  for (const auto id : ids) numbers.push_back(id.value);
  return numbers;
}

TEST(Router, plain_rules_need_none) {
  EXPECT_EQ(Router::make({}), nullptr);
  EXPECT_EQ(Router::make({{RuleId(1), {}}, {RuleId(2), {}}}), nullptr);
}

TEST(Router, first_of_a_group_that_matches_takes_the_event) {
  const std::vector<Router::Rule> rules{in_group(1, "g", 30), in_group(2, "g", 10), in_group(3, "g", 20)};
  EXPECT_EQ(routed(rules, {1, 2, 3}), Ids({2}));
  EXPECT_EQ(routed(rules, {1, 3}), Ids({3}));
  EXPECT_EQ(routed(rules, {1}), Ids({1}));
  EXPECT_EQ(routed(rules, {}), Ids({}));
}

TEST(Router, groups_and_rules_without_one_do_not_disturb_each_other) {
  const std::vector<Router::Rule> rules{in_group(1, "a", 1), in_group(2, "b", 2), in_group(4, "a", 2),
                                        in_group(6, "b", 1)};
  EXPECT_EQ(routed(rules, {1, 2, 3, 4, 5, 6, 900}), Ids({1, 3, 5, 6, 900}));
}

TEST(Router, same_position_leaves_the_lower_rule_number_first) {
  EXPECT_EQ(routed({in_group(7, "g", 1), in_group(4, "g", 1)}, {4, 7}), Ids({4}));
}

TEST(Router, else_takes_what_no_other_rule_of_the_channel_takes) {
  const std::vector<Router::Rule> rules{with_turn(2, Route::Turn::otherwise), in_group(3, "g", 1)};
  EXPECT_EQ(routed(rules, {1, 2}), Ids({1}));
  EXPECT_EQ(routed(rules, {2, 3}), Ids({3}));
  EXPECT_EQ(routed(rules, {2}), Ids({2}));
}

TEST(Router, last_takes_what_no_rule_and_no_else_takes) {
  const std::vector<Router::Rule> rules{with_turn(2, Route::Turn::otherwise),
                                        with_turn(9, Route::Turn::last)};
  EXPECT_EQ(routed(rules, {1, 2, 9}), Ids({1}));
  EXPECT_EQ(routed(rules, {2, 9}), Ids({2}));
  EXPECT_EQ(routed(rules, {9}), Ids({9}));
}

TEST(Router, what_is_not_in_a_rules_share_goes_to_the_next_of_its_group) {
  const auto share = [](std::uint32_t id, Share points, std::uint64_t position) {
    auto rule = in_group(id, "g", position);
    rule.route.split = std::make_shared<const Split>(*EventText::parse("id"), points, "");
    return rule;
  };
  const auto point = Split(*EventText::parse("id"), Share(), "").point_of(event());
  const Share below{0, point}, at{point, point + 1};
  EXPECT_EQ(routed({share(1, below, 1), in_group(2, "g", 2)}, {1, 2}), Ids({2}));
  EXPECT_EQ(routed({share(1, at, 1), in_group(2, "g", 2)}, {1, 2}), Ids({1}));
  const auto losses = Router::make({share(1, below, 1)})->losses(event(), rule_ids({1}));
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].why, Router::Loss::Why::split);
}

/// Rules 10 and up for the options, rule 5 for what none is for.
std::vector<Router::Rule> choosing(const std::string& text, const std::vector<std::string>& options) {
  const auto choice = std::make_shared<const EventText>(*EventText::parse(text));
  std::vector<Router::Rule> rules{{RuleId(5), {}}};
  rules[0].route.choice = choice;
  for (std::uint32_t i = 0; i < options.size(); ++i) {
    rules.push_back({RuleId(10 + i), {}});
    rules.back().route.choice = choice;
    rules.back().route.option = options[i];
  }
  return rules;
}

TEST(Router, choice_leads_to_the_option_that_the_event_names) {
  const auto rules = choosing("<$.type>-<$.id>", {"x-1", "t-1", "t-2"});
  EXPECT_EQ(routed(rules, {5}), Ids({11}));
  EXPECT_EQ(routed(rules, {1, 5, 12}), Ids({1, 11})) << "of a rule and its options one is left";
  EXPECT_EQ(routed(rules, {1, 90}), Ids({1, 90}));
}

TEST(Router, what_no_option_is_for_goes_to_the_rule_without_one) {
  EXPECT_EQ(routed(choosing("<$.type>", {"a", "b"}), {5}), Ids({5}));
  EXPECT_EQ(routed(choosing("$.data.region", {"a", "b"}), {5}), Ids({5}));
}

TEST(Router, choice_stands_in_for_its_rule_in_a_group) {
  auto rules = choosing("$.type", {"t"});
  for (auto& rule : rules) rule.route.group = "g", rule.route.position = 1;
  rules.push_back(in_group(3, "g", 2));
  EXPECT_EQ(routed(rules, {3, 5}), Ids({10}));
}

TEST(Router, losses_name_the_winner) {
  const auto router =
      Router::make({in_group(1, "g", 2), in_group(2, "g", 1), with_turn(3, Route::Turn::last)});
  const auto losses = router->losses(event(), rule_ids({1, 2, 3}));
  ASSERT_EQ(losses.size(), 2u);
  EXPECT_EQ(losses[0].rule, RuleId(1));
  EXPECT_EQ(losses[0].why, Router::Loss::Why::group);
  EXPECT_EQ(losses[0].winner, RuleId(2));
  EXPECT_EQ(losses[1].rule, RuleId(3));
  EXPECT_EQ(losses[1].why, Router::Loss::Why::otherwise);
  EXPECT_EQ(losses[1].winner, RuleId(2));
}

TEST(Router, thousands_of_groups_are_decided_each_for_itself) {
  constexpr std::uint32_t kGroups = 2'000;
  std::vector<Router::Rule> rules;
  Ids matched, first;
  for (std::uint32_t i = 0; i < kGroups; ++i) {
    rules.push_back(in_group(2 * i + 1, "g" + std::to_string(i), i % 2 + 1));
    rules.push_back(in_group(2 * i + 2, "g" + std::to_string(i), 2 - i % 2));
    matched.insert(matched.end(), {2 * i + 1, 2 * i + 2});
    first.push_back(i % 2 == 0 ? 2 * i + 1 : 2 * i + 2);
  }
  EXPECT_EQ(routed(rules, matched), first);
}

}  // namespace
}  // namespace signalbox::pipeline
