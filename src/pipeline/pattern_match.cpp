#include "pipeline/pattern_match.hpp"

#include <algorithm>

#include "pipeline/array_consistency.hpp"

namespace signalbox::pipeline {

PatternMatch::PatternMatch(const PatternCode& code, const FilterInput& input,
                           std::span<const std::uint32_t> fields, PatternScratch& scratch)
    : code_(code), input_(input), fields_(fields), scratch_(scratch) {
  const auto& header = code.header();
  if (header.judges_again) scratch_.verdicts.assign(header.test_count, FieldVerdict::unknown);
}

bool PatternMatch::matches() { return any_holds(code_.ways()); }

bool PatternMatch::any_holds(std::span<const WayCode> ways) {
  return std::any_of(ways.begin(), ways.end(),
                     [this](const WayCode& way) { return !work_.is_over() && holds(way); });
}

bool PatternMatch::holds(const WayCode& way) {
  bool maybe = false;
  if (!judge(way, Speed::fast, maybe) || !judge(way, Speed::slow, maybe)) return false;
  const auto in_elements = input_.has_elements() ? count_in_elements(way) : 0;
  if (in_elements < 2 && (in_elements == 0 || way.negation_count == 0))
    return !maybe && negations_hold(way);  // nothing to agree about
  return match_consistently(*this, way);
}

/// Whether the fields whose tests have that speed may do, each without regard to the others.
bool PatternMatch::judge(const WayCode& way, Speed speed, bool& maybe) {
  for (const auto& term : code_.terms(way)) {
    if (code_.test(term.test).is_slow != (speed == Speed::slow)) continue;
    const auto found = verdict(term);
    if (found == FieldVerdict::no) return false;
    maybe |= found == FieldVerdict::maybe;
  }
  return true;
}

bool PatternMatch::negations_hold(const WayCode& way) {
  const auto negations = code_.negations(way);
  const bool hold = std::none_of(negations.begin(), negations.end(), [this](std::uint16_t negation) {
    return any_holds(code_.negated_ways(negation));
  });
  return hold && !work_.is_over();
}

bool PatternMatch::is_possible(const WayCode& way) {
  const auto terms = code_.terms(way);
  return std::none_of(terms.begin(), terms.end(),
                      [this](const TermCode& term) { return verdict(term) == FieldVerdict::no; });
}

FieldVerdict PatternMatch::verdict(const TermCode& term) {
  if (!code_.header().judges_again) return judge(term);
  auto& verdict = scratch_.verdicts[code_.test(term.test).number];
  if (verdict == FieldVerdict::unknown) verdict = judge(term);
  return verdict;
}

FieldVerdict PatternMatch::judge(const TermCode& term) {
  const auto values = leaves(term);
  const auto asked = test(term);
  if (values.empty()) return asked.accepts_absence() ? FieldVerdict::yes : FieldVerdict::no;
  for (std::size_t at = 0; at < values.size() && !work_.is_over(); ++at)
    if (asked.accepts_at(input_, values, at)) return FieldVerdict::yes;
  return asked.accepts_absence() ? FieldVerdict::maybe : FieldVerdict::no;
}

std::size_t PatternMatch::count_in_elements(const WayCode& way) {
  constexpr std::size_t kLeavesPerStep = 4;
  const auto terms = code_.terms(way);
  return static_cast<std::size_t>(std::count_if(terms.begin(), terms.end(), [this](const TermCode& term) {
    const auto values = leaves(term);
    work_.spend(values.size() / kLeavesPerStep);
    return std::any_of(values.begin(), values.end(), [](const Leaf& leaf) { return leaf.element != 0; });
  }));
}

}  // namespace signalbox::pipeline
