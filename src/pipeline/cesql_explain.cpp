#include "pipeline/cesql_explain.hpp"

#include <string>

#include "pipeline/cesql_evaluation.hpp"
#include "pipeline/cesql_functions.hpp"
#include "pipeline/mismatch_text.hpp"

namespace signalbox::pipeline {
namespace {

std::string to_text(const CesqlValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int32_t>(&value)) return std::to_string(*number);
  return quoted_text(std::get<std::string_view>(value));
}

/// What is wrong with a result that is no plain `false`; "" for that.
std::string why(const CesqlProgram& program, const CesqlResult& result, const CesqlNode* culprit) {
  if (result.error == CesqlError::none)
    return std::holds_alternative<bool>(result.value) ? "" : "is no boolean: " + to_text(result.value);
  std::string out(to_name(result.error));
  if (culprit) out += ": " + cut_text(program.source(*culprit), kMismatchTextMax);
  return out;
}

}  // namespace

Mismatch explain_cesql(const CesqlProgram& program, const AttributeNames& attributes,
                       const FilterInput& input, std::span<const FieldId> fields) {
  CesqlEvaluation evaluation(program, input, fields);
  const auto* node = &program.root();
  while (node->kind == CesqlNode::Kind::and_) {
    const auto& left = first_operand(*node);
    node = evaluation.is_true(left) ? &next_operand(left) : &left;
  }
  const auto result = evaluation.run(*node);
  const auto reason = why(program, result, evaluation.culprit());
  const auto used = attributes_in(*node);

  Mismatch out;
  const auto before = program.expression().substr(0, node->begin);
  out.place = "character " + std::to_string(count_characters(before));
  out.wanted = cut_text(program.source(*node), kMismatchTextMax);
  if (!reason.empty()) out.wanted += " (" + reason + ")";
  out.found = used.empty() ? to_text(result.value) : found_values(used, attributes, input, fields);
  if (!used.empty()) out.path = std::string(attributes[used.front()]);
  return out;
}

}  // namespace signalbox::pipeline
