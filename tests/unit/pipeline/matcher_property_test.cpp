// Rules compiled together never influence each other: for random rules of all kinds, together and alone come
// to the same.
#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <string>

#include "pipeline/matcher.hpp"
#include "support/random_events.hpp"
#include "support/random_rounds.hpp"
#include "support/random_rules.hpp"

namespace signalbox::pipeline {
namespace {

using test::RandomRounds;
using test::RandomSource;

constexpr auto kLanguage = test::PatternLanguage::signalbox;
constexpr std::array<std::size_t, 8> kSizes{1, 2, 3, 8, 20, 50, 120, 300};
constexpr int kEventsPerMatcher = 25;

std::string show(const Event& event) {
  std::string out;
  for (const auto attribute : event.attributes())
    out += std::string(attribute.name) + "=" + std::string(attribute.value) + " ";
  return out + std::string(event.data());
}

TEST(MatcherProperty, rules_together_want_the_events_that_each_wants_alone) {
  std::size_t matched = 0, total = 0;
  const RandomRounds rounds(80);
  for (auto seed = rounds.begin(); seed < rounds.end(); ++seed) {
    RandomSource random(seed);
    const auto rules = test::RandomRules(random, kLanguage).make(kSizes[seed % kSizes.size()]);
    const Matcher matcher(test::compiled(rules));
    std::vector<RuleId> together;
    for (int i = 0; i < kEventsPerMatcher; ++i) {
      const auto event = test::random_event_for(random, rules);
      matcher.match(event, together);
      const auto alone = test::matched_alone(rules, event);
      ASSERT_EQ(together, alone) << test::difference(rules, together, alone) << show(event) << "\nagain with "
                                 << RandomRounds::replay(seed);
      matched += alone.size();
      total += rules.size();
    }
  }
  std::cout << matched << " of " << total << " match\n";
  EXPECT_GT(matched, total / 50);
  EXPECT_LT(matched, total / 2);
}

TEST(MatcherProperty, a_filter_says_why_exactly_when_it_does_not_match) {
  const RandomRounds rounds(10);
  for (auto seed = rounds.begin(); seed < rounds.end(); ++seed) {
    RandomSource random(seed);
    const auto rules = test::RandomRules(random, kLanguage).make(60);
    for (int i = 0; i < 10; ++i) {
      const auto event = test::random_event_for(random, rules);
      for (const auto& [spec, rule] : rules) {
        const bool matches = rule.filter->matches(event);
        const auto written = explain_filter(spec, event);
        EXPECT_EQ(!rule.filter->explain(event), matches);
        ASSERT_TRUE(written && !*written == matches)
            << spec.text << " on " << show(event) << "\nagain with " << RandomRounds::replay(seed);
      }
    }
  }
}

/// Ids from 1 in the order of the texts.
std::vector<std::uint32_t> match_patterns(const std::vector<const char*>& texts, const char* data,
                                          bool compat) {
  std::vector<Matcher::Rule> rules;
  for (const auto* text : texts) {
    const auto filter = compile_filter({FilterSpec::Kind::pattern, text, compat});
    EXPECT_TRUE(filter) << text;
    rules.push_back({RuleId(static_cast<std::uint32_t>(rules.size() + 1)), *filter});
  }
  EventBuilder builder;
  for (const char* name : {"specversion", "id", "source", "type"}) builder.set(name, "x");
  std::vector<RuleId> matched;
  Matcher(rules).match(builder.data(DataKind::json, data).build(), matched);
  std::vector<std::uint32_t> ids;
  for (const auto id : matched) ids.push_back(id.value);
  return ids;
}

// What goes wrong in event-ruler 2.0 when it merges these rules.
TEST(MatcherProperty, rules_that_event_ruler_confuses_are_told_apart) {
  const char *wildcard = R"({"data":{"state":[{"wildcard":"*[1]"}]}})",
             *suffix = R"({"data":{"state":[{"suffix":{"equals-ignore-case":"aMM"}}]}})",
             *addresses = R"({"data":{"a":["172.16.31.9","10.0.0.0"]}})",
             *number = R"({"data":{"a":[0.1234567890123456789]}})";
  using Ids = std::vector<std::uint32_t>;
  for (const bool compat : {false, true}) {
    EXPECT_EQ(match_patterns({wildcard, suffix}, R"({"state":"Gamma"})", compat), Ids{});
    EXPECT_EQ(match_patterns({wildcard, suffix}, R"({"state":"Gamm"})", compat), Ids{2});
    EXPECT_EQ(match_patterns({wildcard, suffix}, R"({"state":"x[1]"})", compat), Ids{1});
    EXPECT_EQ(match_patterns({addresses, number}, R"({"a":0.1234567890123456789})", compat), Ids{2});
    EXPECT_EQ(match_patterns({addresses, number}, R"({"a":["10.0.0.0",0.1234567890123456789]})", compat),
              (Ids{1, 2}));
  }
}

}  // namespace
}  // namespace signalbox::pipeline
