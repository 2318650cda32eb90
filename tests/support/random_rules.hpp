#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pipeline/filter.hpp"
#include "pipeline/matcher.hpp"
#include "support/random_patterns.hpp"

namespace signalbox::test {

/// A filter as it was written beside what it became.
struct RandomRule {
  pipeline::FilterSpec spec;
  pipeline::Matcher::Rule rule;
};

/// Rules of all kinds, many of them about the same few fields.
/// `language`: of patterns in the strict reading.  Throws std::logic_error when a filter does not compile.
class RandomRules {
 public:
  RandomRules(RandomSource& random, PatternLanguage language) : random_(random), language_(language) {}

  /// So many, with ids that nobody else of this object has, in no order.
  std::vector<RandomRule> make(std::size_t count);

 private:
  pipeline::FilterSpec spec();

  RandomSource& random_;
  PatternLanguage language_;
  std::uint32_t last_id_ = 0;
};

/// The rules as a Matcher takes them.
std::vector<pipeline::Matcher::Rule> compiled(const std::vector<RandomRule>& rules);

/// An event that one of the rules, if there are any, may well want.
Event random_event_for(RandomSource& random, const std::vector<RandomRule>& rules);

/// The rules that want the event when each is asked alone, ascending.
std::vector<RuleId> matched_alone(const std::vector<RandomRule>& rules, const Event& event);

/// The rules by which two answers differ, as they were written, one a line.
std::string difference(const std::vector<RandomRule>& rules, const std::vector<RuleId>& together,
                       const std::vector<RuleId>& alone);

}  // namespace signalbox::test
