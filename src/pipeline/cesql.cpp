#include "pipeline/cesql.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/nearest_name.hpp"
#include "pipeline/cesql_node.hpp"
#include "pipeline/string_form.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

using Kind = CesqlNode::Kind;
using Node = CesqlNode;

std::uint32_t bits(std::int32_t value) { return static_cast<std::uint32_t>(value); }
/// Overflow wraps around.
std::int32_t wrapped(std::uint32_t value) { return static_cast<std::int32_t>(value); }

class Evaluation {
 public:
  Evaluation(const FilterInput& input, std::span<const FieldId> fields) : input_(input), fields_(fields) {}

  CesqlResult evaluate(const Node& node) const {
    switch (node.kind) {
      case Kind::literal:
        return {node.value, CesqlError::none};
      case Kind::unreadable:
        return failed(CesqlType::boolean, CesqlError::parse);
      case Kind::attribute:
        return attribute(node);
      case Kind::exists:
        return {leaf(node) != nullptr, CesqlError::none};
      case Kind::negate:
        return negate(node);
      case Kind::not_:
        return not_(node);
      case Kind::and_:
      case Kind::or_:
      case Kind::xor_:
        return logic(node);
      case Kind::equal:
      case Kind::not_equal:
        return equality(node);
      case Kind::less:
      case Kind::less_or_equal:
      case Kind::greater:
      case Kind::greater_or_equal:
        return order(node);
      case Kind::multiply:
      case Kind::divide:
      case Kind::remainder:
      case Kind::add:
      case Kind::subtract:
        return arithmetic(node);
      case Kind::like:
        return like(node);
      case Kind::in:
        return in(node);
      case Kind::call:
        break;
    }
    return call(node);
  }

 private:
  static CesqlResult failed(CesqlType type, CesqlError error) { return {zero_of(type), error}; }

  const Leaf* leaf(const Node& node) const {
    if (node.attribute == Node::kNoAttribute) return nullptr;
    const auto leaves = input_.leaves(fields_[node.attribute]);
    return leaves.empty() || leaves.front().kind == Leaf::Kind::null_value ? nullptr : &leaves.front();
  }

  CesqlResult attribute(const Node& node) const {
    const auto* found = leaf(node);
    if (!found) return {false, CesqlError::missing_attribute};
    if (found->kind == Leaf::Kind::true_value || found->kind == Leaf::Kind::false_value)
      return {found->kind == Leaf::Kind::true_value, CesqlError::none};
    if (found->kind == Leaf::Kind::number) {
      std::int32_t number = 0;
      const char* const end = found->text.data() + found->text.size();
      const auto [stop, ec] = std::from_chars(found->text.data(), end, number);
      if (ec == std::errc() && stop == end) return {number, CesqlError::none};
    }
    return {std::string(found->text), CesqlError::none};
  }

  /// Evaluates and casts.
  CesqlResult operand(const Node& node, CesqlType type) const {
    auto result = evaluate(node);
    if (result.error != CesqlError::none) return failed(type, result.error);
    return cast(std::move(result.value), type);
  }

  /// Both operands as integers: both are evaluated before either is cast.
  CesqlError integers(const Node& node, std::int32_t& x, std::int32_t& y) const {
    auto left = evaluate(node.operands[0]);
    if (left.error != CesqlError::none) return left.error;
    auto right = evaluate(node.operands[1]);
    if (right.error != CesqlError::none) return right.error;
    left = cast(std::move(left.value), CesqlType::integer);
    if (left.error != CesqlError::none) return left.error;
    right = cast(std::move(right.value), CesqlType::integer);
    x = std::get<std::int32_t>(left.value);
    y = std::get<std::int32_t>(right.value);
    return right.error;
  }

  CesqlResult negate(const Node& node) const {
    auto x = operand(node.operands[0], CesqlType::integer);
    if (x.error == CesqlError::none) x.value = wrapped(0u - bits(std::get<std::int32_t>(x.value)));
    return x;
  }

  CesqlResult not_(const Node& node) const {
    auto x = operand(node.operands[0], CesqlType::boolean);
    if (x.error == CesqlError::none) x.value = !std::get<bool>(x.value);
    return x;
  }

  CesqlResult logic(const Node& node) const {
    auto left = operand(node.operands[0], CesqlType::boolean);
    if (left.error != CesqlError::none) return left;
    const bool x = std::get<bool>(left.value);
    if ((node.kind == Kind::and_ && !x) || (node.kind == Kind::or_ && x)) return left;
    auto right = operand(node.operands[1], CesqlType::boolean);
    if (right.error == CesqlError::none && node.kind == Kind::xor_)
      right.value = std::get<bool>(right.value) != x;
    return right;
  }

  CesqlResult equality(const Node& node) const {
    auto left = evaluate(node.operands[0]);
    if (left.error != CesqlError::none) return failed(CesqlType::boolean, left.error);
    const auto right = evaluate(node.operands[1]);
    if (right.error != CesqlError::none) return failed(CesqlType::boolean, right.error);
    left = cast(std::move(left.value), type_of(right.value));
    if (left.error != CesqlError::none) return failed(CesqlType::boolean, left.error);
    return {(left.value == right.value) == (node.kind == Kind::equal), CesqlError::none};
  }

  CesqlResult order(const Node& node) const {
    std::int32_t x = 0, y = 0;
    const auto error = integers(node, x, y);
    if (error != CesqlError::none) return failed(CesqlType::boolean, error);
    const bool holds = node.kind == Kind::less            ? x < y
                       : node.kind == Kind::less_or_equal ? x <= y
                       : node.kind == Kind::greater       ? x > y
                                                          : x >= y;
    return {holds, CesqlError::none};
  }

  CesqlResult arithmetic(const Node& node) const {
    std::int32_t x = 0, y = 0;
    const auto error = integers(node, x, y);
    if (error != CesqlError::none) return failed(CesqlType::integer, error);
    const bool division = node.kind == Kind::divide || node.kind == Kind::remainder;
    if (division && y == 0) return failed(CesqlType::integer, CesqlError::math);
    if (division && y == -1) return {node.kind == Kind::divide ? wrapped(0u - bits(x)) : 0, CesqlError::none};
    if (division) return {node.kind == Kind::divide ? x / y : x % y, CesqlError::none};
    return {wrapped(node.kind == Kind::multiply ? bits(x) * bits(y)
                    : node.kind == Kind::add    ? bits(x) + bits(y)
                                                : bits(x) - bits(y)),
            CesqlError::none};
  }

  CesqlResult like(const Node& node) const {
    const auto text = operand(node.operands[0], CesqlType::string);
    if (text.error != CesqlError::none) return failed(CesqlType::boolean, text.error);
    return {re2::RE2::FullMatch(std::get<std::string>(text.value), *node.pattern) != node.negated,
            CesqlError::none};
  }

  CesqlResult in(const Node& node) const {
    const auto left = evaluate(node.operands[0]);
    if (left.error != CesqlError::none) return failed(CesqlType::boolean, left.error);
    for (std::size_t i = 1; i < node.operands.size(); ++i) {
      const auto element = operand(node.operands[i], type_of(left.value));
      if (element.error != CesqlError::none) return failed(CesqlType::boolean, element.error);
      if (element.value == left.value) return {!node.negated, CesqlError::none};
    }
    return {node.negated, CesqlError::none};
  }

  CesqlResult call(const Node& node) const {
    if (!node.function) return {false, CesqlError::missing_function};
    std::vector<CesqlValue> arguments;
    arguments.reserve(node.operands.size());
    for (const auto& argument : node.operands) {
      auto value = operand(argument, arguments.empty() ? node.function->first : node.function->others);
      if (value.error != CesqlError::none) return failed(node.function->result, value.error);
      arguments.push_back(std::move(value.value));
    }
    return node.function->run(arguments);
  }

  const FilterInput& input_;
  std::span<const FieldId> fields_;
};

/// What must hold of attributes for the node to be true, as far as it is easily seen.
void collect_requirements(const Node& node, std::vector<Requirement>& out) {
  switch (node.kind) {
    case Kind::and_:
      for (const auto& operand : node.operands) collect_requirements(operand, out);
      return;
    case Kind::exists:
      if (node.attribute != Node::kNoAttribute) out.push_back({node.attribute});
      return;
    case Kind::equal:
    case Kind::like:
      break;
    default:
      return;
  }
  const auto& left = node.operands[0];
  if (left.kind != Kind::attribute || left.attribute == Node::kNoAttribute) return;
  Requirement requirement{left.attribute};
  if (node.kind == Kind::equal && node.operands[1].kind == Kind::literal)
    if (const auto* text = std::get_if<std::string>(&node.operands[1].value))
      requirement.probes = string_form_probes(*text);
  out.push_back(std::move(requirement));
}

std::string find_unknown_function(const Node& node) {
  if (node.kind == Kind::call && !node.function) {
    const auto names = cesql_function_names();
    if (std::find(names.begin(), names.end(), node.name) != names.end())
      return node.name + " does not take " + std::to_string(node.operands.size()) + " arguments";
    const auto nearest = base::nearest_name(node.name, names);
    return "unknown function " + node.name.substr(0, 64) +
           (nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?");
  }
  for (const auto& operand : node.operands)
    if (auto found = find_unknown_function(operand); !found.empty()) return found;
  return {};
}

class CesqlFilter final : public Filter {
 public:
  explicit CesqlFilter(std::shared_ptr<const CesqlExpression> expression)
      : expression_(std::move(expression)) {
    shape_.fields = expression_->attributes();
    shape_.alternatives.push_back(expression_->requirements());
  }

  FilterShape shape() const override { return shape_; }

  using Filter::matches;
  bool matches(const FilterInput& input, std::span<const FieldId> fields) const override {
    const auto result = expression_->evaluate(input, fields);
    const auto* passes = std::get_if<bool>(&result.value);
    return result.error == CesqlError::none && passes && *passes;
  }

  using Filter::explain;
  std::optional<Mismatch> explain(const FilterInput& input,
                                  std::span<const std::uint32_t> fields) const override {
    if (matches(input, fields)) return std::nullopt;
    return Mismatch{};
  }

 private:
  std::shared_ptr<const CesqlExpression> expression_;
  FilterShape shape_;
};

}  // namespace

std::string_view to_name(CesqlError error) {
  switch (error) {
    case CesqlError::none:
      break;
    case CesqlError::parse:
      return "parse";
    case CesqlError::math:
      return "math";
    case CesqlError::cast:
      return "cast";
    case CesqlError::missing_function:
      return "missingFunction";
    case CesqlError::function_evaluation:
      return "functionEvaluation";
    case CesqlError::missing_attribute:
      return "missingAttribute";
  }
  return "";
}

CesqlExpression::CesqlExpression(std::unique_ptr<const CesqlNode> root, std::vector<std::string> attributes)
    : root_(std::move(root)), attributes_(std::move(attributes)) {}

CesqlExpression::~CesqlExpression() = default;

Result<std::shared_ptr<const CesqlExpression>> CesqlExpression::parse(std::string_view text,
                                                                      WideIntegers wide) {
  std::vector<std::string> attributes;
  auto root = parse_cesql(text, attributes, wide);
  if (!root) return root.error();
  return std::make_shared<const CesqlExpression>(std::make_unique<const CesqlNode>(std::move(*root)),
                                                 std::move(attributes));
}

CesqlResult CesqlExpression::evaluate(const FilterInput& input, std::span<const FieldId> fields) const {
  return Evaluation(input, fields).evaluate(*root_);
}

std::vector<Requirement> CesqlExpression::requirements() const {
  std::vector<Requirement> out;
  collect_requirements(*root_, out);
  return out;
}

std::string CesqlExpression::unknown_function() const { return find_unknown_function(*root_); }

Result<std::shared_ptr<const Filter>> compile_cesql(std::string_view text, WideIntegers wide) {
  auto expression = CesqlExpression::parse(text, wide);
  if (!expression) return expression.error();
  if (auto unknown = (*expression)->unknown_function(); !unknown.empty())
    return Error(Errc::invalid_argument, std::move(unknown));
  return std::shared_ptr<const Filter>(std::make_shared<CesqlFilter>(std::move(*expression)));
}

}  // namespace signalbox::pipeline
