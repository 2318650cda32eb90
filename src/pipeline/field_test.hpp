#pragma once
#include <cstddef>
#include <span>

#include "pipeline/filter_input.hpp"
#include "pipeline/match_work.hpp"
#include "pipeline/pattern_code.hpp"

namespace signalbox::pipeline {

/// Asks the conditions of one field.  A view: made for a moment, it allocates nothing.
class FieldTest {
 public:
  FieldTest(const PatternCode& code, const TestCode& test, MatchWork& work)
      : code_(code), test_(test), work_(work) {}

  /// Whether any condition about one value holds for it.
  bool accepts(const Leaf& leaf) const;
  /// Whether a condition holds for the value at `at` of a field, or for the array that begins with it: the
  /// leaves that have the same innermost element around them.
  bool accepts_at(const FilterInput& input, std::span<const Leaf> leaves, std::size_t at) const;
  /// Whether the field may be absent.
  bool accepts_absence() const { return test_.accepts_absence; }

 private:
  bool accepts(const ConditionCode& condition, const Leaf& leaf) const;
  bool accepts_string(const ConditionCode& condition, std::string_view text) const;
  bool accepts_set(const ConditionCode& condition, std::span<const Leaf> leaves, std::uint32_t element) const;

  const PatternCode& code_;
  const TestCode& test_;
  MatchWork& work_;
};

}  // namespace signalbox::pipeline
