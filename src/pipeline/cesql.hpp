#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "pipeline/cesql_program.hpp"
#include "pipeline/cesql_value.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/filter_input.hpp"

namespace signalbox::pipeline {

/// A parsed CloudEvents SQL expression: immutable, thread-safe, pure; always comes to an end.
///
/// Where the specification and the reference grammar differ it follows the grammar: AND, OR and XOR have one
/// precedence and associate to the right, a sign belongs to the digits after it (`1 -1` is no subtraction).
class CesqlExpression {
 public:
  /// Errors: invalid_argument ("at character 7: ..."), too_large.
  static Result<CesqlExpression> parse(std::string_view text, WideIntegers wide = WideIntegers::refused);

  /// The attributes that it names, in lower case, each once.
  const AttributeNames& attributes() const { return attributes_; }
  const CesqlProgram& program() const { return program_; }

  /// `fields[i]` is the number of attribute i in the set that `input` was filled for.  A string is
  /// valid until the next evaluation on this thread, and no longer than the event and the expression.
  CesqlResult evaluate(const FilterInput& input, std::span<const FieldId> fields) const;

 private:
  CesqlExpression(CesqlProgram program, AttributeNames attributes)
      : program_(std::move(program)), attributes_(std::move(attributes)) {}

  CesqlProgram program_;
  AttributeNames attributes_;
};

/// An expression as a filter: passes events for which it is true without an error.
/// Errors: invalid_argument, also for functions that do not exist; too_large.
Result<std::shared_ptr<const Filter>> compile_cesql(std::string_view text,
                                                    WideIntegers wide = WideIntegers::refused);

}  // namespace signalbox::pipeline
