// links: signalbox_support_patterns
// The patterns of event-ruler's cases, many of them in one matcher, where each decides as it does alone.  And
// those that our own reading takes, decided by the reference of our randomised tests, which so shows that it
// can be trusted.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "event_pattern_cases.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/matcher.hpp"
#include "support/lone_filter.hpp"
#include "support/naive_pattern.hpp"
#include "support/random_rounds.hpp"
#include "support/random_source.hpp"

namespace signalbox::pipeline {
namespace {

using conformance::event_pattern_cases;
using Case = conformance::EventPatternCase;
using test::RandomRounds;

constexpr std::size_t kGroupMax = 300;

struct Rule {
  const Case* origin;
  Matcher::Rule rule;
};

/// The case's pattern, for data; in our own reading when `compat` is false.
std::shared_ptr<const Filter> compile(const Case& c, bool compat) {
  const auto filter = compile_filter({FilterSpec::Kind::pattern, "{\"data\":" + c.pattern + "}", compat});
  return filter ? *filter : nullptr;
}

bool is_valid(const std::string& json) {
  FilterInput input;
  return bool(input.fill_from_json(FieldSet(), json));
}

Event to_event(const std::string& data) {
  EventBuilder builder;
  for (const char* name : {"specversion", "id", "source", "type"}) builder.set(name, "x");
  return builder.data(DataKind::json, data).build();
}

void check_group(const std::vector<const Case*>& group, const std::string& replay) {
  std::vector<Rule> rules;
  std::vector<Matcher::Rule> compiled;
  for (const auto* c : group)
    for (const bool compat : {false, true}) {
      const auto filter = compile(*c, compat);
      if (!filter) continue;
      compiled.push_back({RuleId(static_cast<std::uint32_t>(compiled.size())), filter});
      rules.push_back({c, compiled.back()});
    }
  const Matcher matcher(compiled);
  std::vector<RuleId> together;
  for (const auto* c : group) {
    if (!is_valid(c->event)) continue;
    const auto event = to_event(c->event);
    matcher.match(event, together);
    for (const auto& [origin, rule] : rules)
      ASSERT_EQ(std::binary_search(together.begin(), together.end(), rule.id), rule.filter->matches(event))
          << origin->pattern << " on " << c->event << "\n"
          << replay;
  }
}

TEST(EventPatternGroups, patterns_together_decide_as_each_alone) {
  const auto& all = event_pattern_cases();
  if (all.empty()) GTEST_SKIP() << "no suite at " << conformance::suite("event-pattern");
  std::vector<const Case*> order;
  for (const auto& c : all) order.push_back(&c);
  const RandomRounds rounds(2);
  for (auto seed = rounds.begin(); seed < rounds.end(); ++seed) {
    test::RandomSource random(seed);
    for (auto i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    for (std::size_t begin = 0; begin < order.size();) {
      const auto size = std::min(1 + random.below(kGroupMax), order.size() - begin);
      const auto at = order.begin() + static_cast<std::ptrdiff_t>(begin);
      check_group({at, at + static_cast<std::ptrdiff_t>(size)}, RandomRounds::replay(seed));
      begin += size;
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

/// The reference does not know how Java writes the smallest numbers, nor the case of all of Unicode.
bool is_beyond_the_reference(const Case& c) {
  const auto pattern = to_json(test::parse_json_tree(c.pattern));
  const bool ascii = std::all_of(pattern.begin(), pattern.end(), [](char byte) { return byte > 0; });
  return (pattern + c.event).find("e-324") != pattern.npos ||
         (pattern.find("equals-ignore-case") != pattern.npos && !ascii);
}

TEST(EventPatternGroups, the_naive_reference_decides_the_cases_of_our_reading_alike) {
  const auto& all = event_pattern_cases();
  if (all.empty()) GTEST_SKIP() << "no suite at " << conformance::suite("event-pattern");
  int count = 0;
  for (const auto& c : all) {
    const bool decided = c.expected != "error" && c.quirk.empty();
    if (!decided || !compile(c, false) || is_beyond_the_reference(c)) continue;
    ++count;
    const bool naive = test::naive_match(test::parse_json_tree(c.pattern), test::parse_json_tree(c.event));
    EXPECT_EQ(naive ? "true" : "false", c.expected) << c.id << " " << c.pattern << " on " << c.event;
  }
  std::cout << count << " cases\n";
  EXPECT_GT(count, 1000);
}

}  // namespace
}  // namespace signalbox::pipeline
