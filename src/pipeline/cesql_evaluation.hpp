#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "pipeline/cesql_arena.hpp"
#include "pipeline/cesql_budget.hpp"
#include "pipeline/cesql_program.hpp"
#include "pipeline/cesql_value.hpp"
#include "pipeline/filter_input.hpp"

namespace signalbox::pipeline {

struct CesqlFunction;

/// One evaluation of an expression for one event.  Allocates nothing but the thread's arena, once.
///
/// A result's string is valid until the next evaluation on this thread, and no longer than the event and the
/// expression.
class CesqlEvaluation {
 public:
  /// `fields[i]` is the number of attribute i in the set that `input` was filled for.
  CesqlEvaluation(const CesqlProgram& program, const FilterInput& input, std::span<const FieldId> fields)
      : program_(program), input_(input), fields_(fields), arena_(CesqlArena::for_this_thread()) {}

  CesqlResult run(const CesqlNode& node) {
    arena_.drop(0);
    return evaluate(node);
  }

  /// Whether the node is true, or becomes true when it is cast, without an error.
  bool is_true(const CesqlNode& node) {
    arena_.drop(0);
    return passes(operand(node, CesqlType::boolean));
  }

  /// After a result with an error: where that arose.
  const CesqlNode* culprit() const { return culprit_; }

 private:
  CesqlResult evaluate(const CesqlNode& node);
  CesqlResult apply(const CesqlNode& node);
  CesqlResult operand(const CesqlNode& node, CesqlType type);
  CesqlResult cast_operand(const CesqlNode& node, const CesqlValue& value, CesqlType type);
  CesqlResult attribute(const CesqlNode& node);
  CesqlResult negate(const CesqlNode& node);
  CesqlResult not_(const CesqlNode& node);
  CesqlResult logic(const CesqlNode& node);
  CesqlResult equality(const CesqlNode& node);
  CesqlResult arithmetic(const CesqlNode& node);
  CesqlResult like(const CesqlNode& node);
  CesqlResult in(const CesqlNode& node);
  CesqlResult call(const CesqlNode& node);
  CesqlResult join(const CesqlNode& node, const CesqlFunction& function);
  bool append(std::string_view text, std::size_t before, std::size_t begin);
  bool are_equal(const CesqlValue& a, const CesqlValue& b);
  CesqlResult fail(const CesqlNode& node, CesqlType type, CesqlError error);
  const Leaf* leaf(const CesqlNode& node) const;
  const Leaf* string_leaf(const CesqlNode& node) const;

  const CesqlProgram& program_;
  const FilterInput& input_;
  std::span<const FieldId> fields_;
  CesqlArena& arena_;
  CesqlBudget budget_;
  const CesqlNode* culprit_ = nullptr;
};

}  // namespace signalbox::pipeline
