// A matcher made from another one by changing some rules is the one that would have been made of the rules it
// now has.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/matcher.hpp"
#include "support/random_rounds.hpp"
#include "support/random_rules.hpp"

namespace signalbox::pipeline {
namespace {

using test::RandomRounds;
using test::RandomRule;
using test::RandomSource;

constexpr auto kLanguage = test::PatternLanguage::signalbox;
constexpr std::array<std::size_t, 6> kSizes{0, 1, 5, 20, 60, 200};
constexpr int kEventsPerChange = 5;

/// Rules and the matcher that has them.
struct State {
  std::vector<RandomRule> rules;
  std::shared_ptr<const Matcher> matcher;
};

/// What changes from one state to the next.
struct Change {
  std::vector<RuleId> removed;
  std::vector<RandomRule>
      added;  ///< some of them under ids that are removed: rules that have another filter now
};

class Changes {
 public:
  explicit Changes(std::uint64_t seed) : random_(seed), maker_(random_, kLanguage) {}

  State start(std::size_t size) {
    auto rules = maker_.make(size);
    auto matcher = std::make_shared<const Matcher>(test::compiled(rules));
    return {std::move(rules), std::move(matcher)};
  }

  State after(const State& before) {
    auto change = random_change(before);
    State next;
    for (const auto& rule : before.rules)
      if (std::find(change.removed.begin(), change.removed.end(), rule.rule.id) == change.removed.end())
        next.rules.push_back(rule);
    next.rules.insert(next.rules.end(), change.added.begin(), change.added.end());
    next.matcher = before.matcher->changed(change.removed, test::compiled(change.added));
    return next;
  }

  Event event(const State& state) { return test::random_event_for(random_, state.rules); }

 private:
  Change random_change(const State& before) {
    Change change;
    change.added = maker_.make(random_.below(6));
    const auto percent = random_.one_of({0, 3, 3, 20, 60, 100});
    for (const auto& [spec, rule] : before.rules) {
      if (!random_.chance(static_cast<std::size_t>(percent))) continue;
      change.removed.push_back(rule.id);
      if (!random_.chance(40)) continue;
      change.added.push_back(maker_.make(1)[0]);
      change.added.back().rule.id = rule.id;
    }
    return change;
  }

  RandomSource random_;
  test::RandomRules maker_;
};

void check(const State& state, const Event& event, const std::string& replay) {
  std::vector<RuleId> changed, anew;
  state.matcher->match(event, changed);
  Matcher(test::compiled(state.rules)).match(event, anew);
  const auto alone = test::matched_alone(state.rules, event);
  ASSERT_EQ(changed, alone) << test::difference(state.rules, changed, alone) << event.data()
                            << "\nagain with " << replay;
  ASSERT_EQ(anew, alone) << replay;
}

TEST(MatcherChange, a_changed_matcher_answers_as_one_made_anew) {
  const RandomRounds rounds(36);
  for (auto seed = rounds.begin(); seed < rounds.end(); ++seed) {
    Changes changes(seed);
    auto state = changes.start(kSizes[seed % kSizes.size()]);
    for (int step = 0; step < 10; ++step) {
      const auto next = changes.after(state);
      for (int i = 0; i < kEventsPerChange; ++i) check(next, changes.event(next), RandomRounds::replay(seed));
      // The one that it was made from has changed nothing.
      check(state, changes.event(next), RandomRounds::replay(seed));
      if (testing::Test::HasFatalFailure()) return;
      state = next;
    }
  }
}

TEST(MatcherChange, hundreds_of_changes_in_a_row_leave_nothing_behind) {
  const RandomRounds rounds(2);
  for (auto seed = rounds.begin(); seed < rounds.end(); ++seed) {
    Changes changes(seed);
    auto state = changes.start(30);
    for (int step = 0; step < 300; ++step) {
      state = changes.after(state);
      check(state, changes.event(state), RandomRounds::replay(seed));
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(MatcherChange, all_rules_may_go_and_come_back) {
  RandomSource random(1);
  const auto rules = test::RandomRules(random, kLanguage).make(50);
  const auto compiled = test::compiled(rules);
  std::vector<RuleId> all;
  for (const auto& rule : compiled) all.push_back(rule.id);
  const auto full = std::make_shared<const Matcher>(compiled);
  const auto none = full->changed(all, {});
  const auto back = none->changed({}, compiled);
  std::size_t matched = 0;
  for (int i = 0; i < 50; ++i) {
    const auto event = test::random_event_for(random, rules);
    check({{}, none}, event, "");
    check({rules, back}, event, "");
    matched += test::matched_alone(rules, event).size();
  }
  EXPECT_GT(matched, 50u);
}

}  // namespace
}  // namespace signalbox::pipeline
