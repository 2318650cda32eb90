#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "pipeline/filter_shape.hpp"
#include "pipeline/ignore_case_text.hpp"
#include "pipeline/pattern.hpp"
#include "pipeline/wildcard.hpp"

namespace signalbox::pipeline {

/// The list of one field, compiled.  Immutable; const methods are pure and allocate nothing.
class FieldTest {
 public:
  FieldTest(const std::vector<Condition>& conditions, PatternReading reading);

  /// Whether any condition holds for a value.
  bool accepts(const Leaf& leaf) const;
  /// Whether the field may be absent.
  bool accepts_absence() const { return absent_; }
  /// What an event needs for this to hold; nullopt when nothing (it may be absent).
  std::optional<Requirement> requirement(std::size_t field) const;

 private:
  struct Prefix {
    std::string text;
  };
  struct Suffix {
    std::string text;
  };
  struct IgnoreCase {
    Condition::Op op;
    IgnoreCaseText text;
  };
  struct Excluded {
    std::vector<FieldTest> tests;  // one; a vector because the type is not complete yet
  };
  using Other = std::variant<Prefix, Suffix, IgnoreCase, Wildcard, NumericRange, IpRange, Excluded>;

  void add(const Condition& condition, PatternReading reading);
  bool accepts_string(const Leaf& leaf) const;
  bool accepts_other(const Other& other, const Leaf& leaf) const;

  std::vector<std::string> strings_;       // sorted
  std::vector<double> numbers_;            // sorted
  std::vector<std::string> number_texts_;  // sorted; of numbers that are not comparable
  std::vector<IpAddress> addresses_;       // sorted
  std::vector<Other> others_;
  bool true_ = false, false_ = false, null_ = false, any_ = false, absent_ = false;
};

}  // namespace signalbox::pipeline
