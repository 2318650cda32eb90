#include "pipeline/route_explain.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

/// Rules without a filter, explained together.
class RouteExplain : public testing::Test {
 protected:
  void add(const std::string& name, Route route, bool enabled = true) {
    names_.push_back(std::make_unique<std::string>(name));
    routes_.push_back(std::make_unique<Route>(std::move(route)));
    ExplainedRule rule;
    rule.name = *names_.back();
    rule.filter = everything_.get();
    rule.enabled = enabled;
    rule.route = routes_.back().get();
    rules_.push_back(rule);
  }
  /// "place | wanted | found" of the rule, "match" when it takes the event.
  std::string told(const std::string& name) {
    const auto event =
        EventBuilder().set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t").build();
    auto verdicts = Explainer(rules_).explain(event);
    explain_routes(event, verdicts);
    for (const auto& verdict : verdicts) {
      if (verdict.rule.name != name) continue;
      if (verdict.match()) return "match";
      const auto& why = verdict.mismatch;
      return why ? why->place + " | " + why->wanted + " | " + why->found : "disabled";
    }
    return "not there";
  }
  static Route in_group(std::uint64_t position) {
    Route route;
    route.group = "g";
    route.position = position;
    return route;
  }
  static Route with_turn(Route::Turn turn) {
    Route route;
    route.turn = turn;
    return route;
  }

  const std::shared_ptr<const Filter> everything_ = *compile_filter(FilterSpec());
  std::vector<std::unique_ptr<std::string>> names_;
  std::vector<std::unique_ptr<Route>> routes_;
  std::vector<ExplainedRule> rules_;
};

TEST_F(RouteExplain, the_winner_of_a_group_is_named) {
  add("second", in_group(2));
  add("first", in_group(1));
  EXPECT_EQ(told("first"), "match");
  EXPECT_EQ(told("second"), "group | an event that no rule before it in group \"g\" takes | taken by first");
}

TEST_F(RouteExplain, a_rule_that_is_not_enabled_wins_nothing) {
  add("first", in_group(1), false);
  add("second", in_group(2));
  EXPECT_EQ(told("first"), "disabled");
  EXPECT_EQ(told("second"), "match");
}

TEST_F(RouteExplain, what_stands_before_else_and_unrouted_is_named) {
  add("audit", Route());
  add("else", with_turn(Route::Turn::otherwise));
  add("_unrouted", with_turn(Route::Turn::last));
  EXPECT_EQ(told("else"), "else | an event that no other rule takes | taken by audit");
  EXPECT_EQ(told("_unrouted"), "unrouted | an event that no other rule takes | taken by audit");
}

TEST_F(RouteExplain, a_share_tells_where_the_key_lies) {
  const auto whole = Split(*EventText::parse("id"), Share(), "");
  const auto point = whole.point_of(
      EventBuilder().set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t").build());
  Route route;
  route.split = std::make_shared<const Split>(*EventText::parse("id"), Share{0, point}, "");
  add("canary", route);
  EXPECT_EQ(told("canary"),
            "split | a key in the share 0%-" + percent_text(point) + " | a key at " + percent_text(point));
}

TEST_F(RouteExplain, a_choice_tells_what_was_chosen) {
  Route route;
  route.choice = std::make_shared<const EventText>(*EventText::parse("type"));
  add("r:_otherwise", route);
  for (const auto* option : {"t", "u"}) {
    route.option = option;
    add(std::string("r:") + option, route);
  }
  EXPECT_EQ(told("r:t"), "match");
  EXPECT_EQ(told("r:u"), "to | the choice \"u\" | t");
  EXPECT_EQ(told("r:_otherwise"), "to | a choice that no target has | t");
}

}  // namespace
}  // namespace signalbox::pipeline
