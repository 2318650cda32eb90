#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "pipeline/field_test.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/match_work.hpp"
#include "pipeline/pattern_code.hpp"

namespace signalbox::pipeline {

/// What is known of a field of an event without regard to the others.
enum class FieldVerdict : std::uint8_t {
  unknown,
  no,
  yes,
  maybe,  ///< its absence would do, and it may turn out to be absent from the elements chosen
};

/// An element of an array that a scope has chosen.
struct ChosenElement {
  std::uint32_t element = 0;
  std::uint16_t scope = 0;
};

/// What is kept per thread between events, so that matching allocates nothing.
struct PatternScratch {
  std::vector<FieldVerdict> verdicts;  ///< by TestCode::number
  std::vector<ChosenElement> chosen;
};

/// One pattern and one event.
class PatternMatch {
 public:
  /// `fields[i]` is the number of the pattern's i-th path in the set that `input` was filled for.
  PatternMatch(const PatternCode& code, const FilterInput& input, std::span<const std::uint32_t> fields,
               PatternScratch& scratch);

  bool matches();

  const PatternCode& code() const { return code_; }
  const FilterInput& input() const { return input_; }
  MatchWork& work() { return work_; }
  std::vector<ChosenElement>& chosen() { return scratch_.chosen; }
  std::span<const Leaf> leaves(const TermCode& term) const { return input_.leaves(fields_[term.field]); }
  FieldTest test(const TermCode& term) { return {code_, code_.test(term.test), work_}; }
  FieldVerdict verdict(const TermCode& term);
  /// Whether every field alone may do.
  bool is_possible(const WayCode& way);

 private:
  enum class Speed : bool { fast, slow };

  bool holds(const WayCode& way);
  bool any_holds(std::span<const WayCode> ways);
  bool negations_hold(const WayCode& way);
  bool judge(const WayCode& way, Speed speed, bool& maybe);
  FieldVerdict judge(const TermCode& term);
  std::size_t count_in_elements(const WayCode& way);

  const PatternCode& code_;
  const FilterInput& input_;
  std::span<const std::uint32_t> fields_;
  PatternScratch& scratch_;
  MatchWork work_;
};

}  // namespace signalbox::pipeline
