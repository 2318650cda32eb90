// Compiled patterns against a reference that searches naively (support/naive_pattern.hpp), on random patterns
// and events.
#include <gtest/gtest.h>

#include <iostream>
#include <string>

#include "event/codec.hpp"
#include "pipeline/filter.hpp"
#include "support/lone_filter.hpp"
#include "support/naive_pattern.hpp"
#include "support/random_events.hpp"
#include "support/random_patterns.hpp"
#include "support/random_rounds.hpp"
#include "support/random_vocabulary.hpp"
#include "support/shrink.hpp"

namespace signalbox::pipeline {
namespace {

using test::PatternCase;
using test::PatternTop;
using test::RandomRounds;
using test::RandomSource;

constexpr auto kLanguage = test::PatternLanguage::signalbox;
constexpr int kEventsPerPattern = 8;

Result<std::shared_ptr<const Filter>> compile(std::string pattern) {
  return compile_filter({FilterSpec::Kind::pattern, std::move(pattern)});
}

bool differ(const PatternCase& c) {
  const auto filter = compile(to_json(c.pattern));
  return filter && test::matches_alone(**filter, to_json(c.event)) != test::naive_match(c.pattern, c.event);
}

/// The case as small as it gets, for a message.
std::string explain(PatternCase failing, std::uint64_t seed) {
  if (differ(failing)) failing = test::shrink(std::move(failing), differ);
  const bool naive = test::naive_match(failing.pattern, failing.event);
  return to_json(failing.pattern) + " on " + to_json(failing.event) + ": naively " + (naive ? "yes" : "no") +
         "\nagain with " + RandomRounds::replay(seed);
}

/// Random cases are worth something when both answers are frequent.
void expect_both_answers(std::size_t matched, std::size_t total) {
  std::cout << matched << " of " << total << " match\n";
  if (total < 1000) return;
  EXPECT_GT(matched, total / 8);
  EXPECT_LT(matched, total * 7 / 8);
}

TEST(PatternDifferential, any_object_is_decided_as_by_naive_search) {
  std::size_t matched = 0, total = 0;
  const RandomRounds rounds(2000);
  for (auto seed = rounds.begin(); seed < rounds.end(); ++seed) {
    RandomSource random(seed);
    const auto text = test::random_pattern(random, kLanguage, PatternTop::any_object);
    const auto pattern = test::parse_json_tree(text);
    const auto filter = compile(text);
    ASSERT_TRUE(filter) << text << "\n" << filter.error().message << "\n" << RandomRounds::replay(seed);
    for (int i = 0; i < kEventsPerPattern; ++i) {
      const auto event = test::random_object_for(random, pattern);
      const bool expected = test::naive_match(pattern, event);
      ASSERT_EQ(test::matches_alone(**filter, random_json(random, event)), expected)
          << explain({pattern, event}, seed);
      matched += expected ? 1 : 0;
      ++total;
    }
  }
  expect_both_answers(matched, total);
}

TEST(PatternDifferential, an_event_is_decided_as_its_json_form_by_naive_search) {
  std::size_t matched = 0, total = 0;
  const RandomRounds rounds(500);
  for (auto seed = rounds.begin(); seed < rounds.end(); ++seed) {
    RandomSource random(seed);
    const auto text = test::random_pattern(random, kLanguage, PatternTop::event);
    const auto pattern = test::parse_json_tree(text);
    const auto filter = compile(text);
    ASSERT_TRUE(filter) << text << "\n" << filter.error().message << "\n" << RandomRounds::replay(seed);
    for (int i = 0; i < kEventsPerPattern; ++i) {
      const auto event = test::random_event_for(random, pattern);
      const auto tree = test::parse_json_tree(event::to_json(event));
      const bool expected = test::naive_match(pattern, tree);
      ASSERT_EQ((*filter)->matches(event), expected) << explain({pattern, tree}, seed);
      matched += expected ? 1 : 0;
      ++total;
    }
  }
  expect_both_answers(matched, total);
}

}  // namespace
}  // namespace signalbox::pipeline
