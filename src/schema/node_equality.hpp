#pragma once
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "schema/value_set.hpp"

namespace signalbox::schema {

/// Whether subschemas of two programs say the same: keyword for keyword, in any order, through references.
///
/// False when it is not so, when what a dynamic reference leads to depends on what is around it, and when the
/// budget runs out.
class NodeEquality {
 public:
  NodeEquality(const ComparedProgram& left, const ComparedProgram& right, ComparisonBudget& budget)
      : left_(left), right_(right), budget_(budget) {}

  bool equal(NodeId a, NodeId b);
  /// Of the same length, and equal one by one.
  bool equal_lists(Range a, Range b);
  bool equal_in_any_order(Range a, Range b);
  /// Either may be kNoNode.
  bool equal_or_none(NodeId a, NodeId b);

 private:
  bool equal_keywords(NodeId a, NodeId b);
  bool equal_groups(NodeId a, NodeId b, Group group);
  bool equal_instructions(const Instruction& x, const Instruction& y);
  bool equal_constants(Range a, Range b);
  bool equal_arrays(const ArrayPlan& x, const ArrayPlan& y);
  bool equal_objects(const ObjectPlan& x, const ObjectPlan& y);
  bool equal_names(const ObjectPlan& x, const ObjectPlan& y);
  bool equal_patterns(const ObjectPlan& x, const ObjectPlan& y);
  bool equal_dependents(const ObjectPlan& x, const ObjectPlan& y);
  /// Tries something; what was taken for equal on the way is forgotten when it fails.
  template <class Try>
  bool attempt(Try&& what);

  const ComparedProgram& left_;
  const ComparedProgram& right_;
  ComparisonBudget& budget_;
  // Equal, or being compared: a pair that comes back to itself has been through a member or item, so that
  // what it would be unequal in shows elsewhere.
  std::set<std::pair<NodeId, NodeId>> taken_;
  std::vector<std::pair<NodeId, NodeId>> trail_;
};

}  // namespace signalbox::schema
