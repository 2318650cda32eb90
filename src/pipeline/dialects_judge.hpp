#pragma once
#include <span>

#include "pipeline/dialects_tree.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/mismatch.hpp"

namespace signalbox::pipeline {

/// A list of filters before one event.  Allocates nothing but for explain().
class DialectJudge {
 public:
  /// `fields[i]` is the number of attribute i in the set that `input` was filled for.
  DialectJudge(const DialectTree& tree, const FilterInput& input, std::span<const FieldId> fields)
      : tree_(tree), input_(input), fields_(fields) {}

  bool holds(const DialectNode& node) const;

  /// The first test that fails, with its JSON Pointer; of `any` and `not` what they need.
  /// REQUIRES: the list does not hold.
  Mismatch explain() const;

 private:
  bool test_holds(const DialectNode& node) const;
  bool has_child(const DialectNode& node, bool verdict) const;
  Mismatch explain_test(const DialectNode& test, const std::string& pointer) const;
  Mismatch explain_group(const DialectNode& group, std::string pointer, std::string wanted) const;

  const DialectTree& tree_;
  const FilterInput& input_;
  std::span<const FieldId> fields_;
};

}  // namespace signalbox::pipeline
