#include "pipeline/cesql_evaluation.hpp"

#include <array>
#include <charconv>

#include "pipeline/cesql_functions.hpp"
#include "pipeline/cesql_like.hpp"

namespace signalbox::pipeline {
namespace {

using Kind = CesqlNode::Kind;
using Node = CesqlNode;

std::uint32_t bits(std::int32_t value) { return static_cast<std::uint32_t>(value); }
/// Overflow wraps around.
std::int32_t wrapped(std::uint32_t value) { return static_cast<std::int32_t>(value); }

CesqlResult failed(CesqlType type, CesqlError error) { return {zero_of(type), error}; }

std::string_view text_of(const CesqlResult& result) { return std::get<std::string_view>(result.value); }

/// `y` is not 0 where it divides.
CesqlValue calculate(Kind kind, std::int32_t x, std::int32_t y) {
  switch (kind) {
    case Kind::less:
      return x < y;
    case Kind::less_or_equal:
      return x <= y;
    case Kind::greater:
      return x > y;
    case Kind::greater_or_equal:
      return x >= y;
    case Kind::multiply:
      return wrapped(bits(x) * bits(y));
    case Kind::divide:
      return y == -1 ? wrapped(0u - bits(x)) : x / y;
    case Kind::remainder:
      return y == -1 ? 0 : x % y;
    case Kind::add:
      return wrapped(bits(x) + bits(y));
    default:
      return wrapped(bits(x) - bits(y));
  }
}

bool compares(Kind kind) { return kind >= Kind::less && kind <= Kind::greater_or_equal; }

}  // namespace

CesqlResult CesqlEvaluation::evaluate(const Node& node) {
  const auto mark = arena_.top();
  auto result = apply(node);
  if (arena_.top() == mark) return result;
  if (auto* text = std::get_if<std::string_view>(&result.value))
    *text = arena_.drop_all_but(mark, *text);
  else
    arena_.drop(mark);
  return result;
}

CesqlResult CesqlEvaluation::apply(const Node& node) {
  switch (node.kind) {
    case Kind::boolean:
      return result_of(node.detail != 0);
    case Kind::integer:
      return result_of(node.number());
    case Kind::string:
      return result_of(program_.text(node));
    case Kind::unreadable:
      return fail(node, CesqlType::boolean, CesqlError::parse);
    case Kind::attribute:
      return attribute(node);
    case Kind::exists:
      return result_of(leaf(node) != nullptr);
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

CesqlResult CesqlEvaluation::fail(const Node& node, CesqlType type, CesqlError error) {
  culprit_ = &node;
  return failed(type, error);
}

const Leaf* CesqlEvaluation::leaf(const Node& node) const {
  if (node.attribute() == Node::kNoAttribute) return nullptr;
  const auto leaves = input_.leaves(fields_[node.attribute()]);
  return leaves.empty() || leaves.front().kind == Leaf::Kind::null_value ? nullptr : &leaves.front();
}

/// The value of an attribute that is a string; nullptr of everything else.
const Leaf* CesqlEvaluation::string_leaf(const Node& node) const {
  const auto* found = node.kind == Kind::attribute ? leaf(node) : nullptr;
  return found && found->kind == Leaf::Kind::string ? found : nullptr;
}

CesqlResult CesqlEvaluation::attribute(const Node& node) {
  const auto* found = leaf(node);
  if (!found) return fail(node, CesqlType::boolean, CesqlError::missing_attribute);
  if (found->kind == Leaf::Kind::true_value || found->kind == Leaf::Kind::false_value)
    return result_of(found->kind == Leaf::Kind::true_value);
  if (found->kind == Leaf::Kind::number) {
    std::int32_t number = 0;
    const char* const end = found->text.data() + found->text.size();
    const auto [stop, ec] = std::from_chars(found->text.data(), end, number);
    if (ec == std::errc() && stop == end) return result_of(number);
  }
  return result_of(found->text);
}

CesqlResult CesqlEvaluation::cast_operand(const Node& node, const CesqlValue& value, CesqlType type) {
  if (type == type_of(value)) return result_of(value);
  const auto result = cast(value, type, arena_);
  if (result.error != CesqlError::none) culprit_ = &node;
  return result;
}

/// Evaluates and casts.
CesqlResult CesqlEvaluation::operand(const Node& node, CesqlType type) {
  const auto result = evaluate(node);
  if (result.error != CesqlError::none) return failed(type, result.error);
  return cast_operand(node, result.value, type);
}

CesqlResult CesqlEvaluation::negate(const Node& node) {
  auto x = operand(first_operand(node), CesqlType::integer);
  if (x.error == CesqlError::none) x.value = wrapped(0u - bits(std::get<std::int32_t>(x.value)));
  return x;
}

CesqlResult CesqlEvaluation::not_(const Node& node) {
  auto x = operand(first_operand(node), CesqlType::boolean);
  if (x.error == CesqlError::none) x.value = !std::get<bool>(x.value);
  return x;
}

CesqlResult CesqlEvaluation::logic(const Node& node) {
  const auto& first = first_operand(node);
  const auto left = operand(first, CesqlType::boolean);
  if (left.error != CesqlError::none) return left;
  const bool x = std::get<bool>(left.value);
  if ((node.kind == Kind::and_ && !x) || (node.kind == Kind::or_ && x)) return left;
  auto right = operand(next_operand(first), CesqlType::boolean);
  if (right.error == CesqlError::none && node.kind == Kind::xor_)
    right.value = std::get<bool>(right.value) != x;
  return right;
}

bool CesqlEvaluation::are_equal(const CesqlValue& a, const CesqlValue& b) {
  const auto *x = std::get_if<std::string_view>(&a), *y = std::get_if<std::string_view>(&b);
  if (x && y && x->size() == y->size()) budget_.spend(x->size());
  return a == b;
}

CesqlResult CesqlEvaluation::equality(const Node& node) {
  const auto& first = first_operand(node);
  const auto& second = next_operand(first);
  if (second.kind == Kind::string)
    if (const auto* text = string_leaf(first))  // what most filters ask
      return result_of((text->text == program_.text(second)) == (node.kind == Kind::equal));
  auto left = evaluate(first);
  if (left.error != CesqlError::none) return failed(CesqlType::boolean, left.error);
  const auto right = evaluate(second);
  if (right.error != CesqlError::none) return failed(CesqlType::boolean, right.error);
  left = cast_operand(first, left.value, type_of(right.value));
  if (left.error != CesqlError::none) return failed(CesqlType::boolean, left.error);
  const bool equal = are_equal(left.value, right.value);
  if (budget_.empty()) return fail(node, CesqlType::boolean, CesqlError::generic);
  return result_of(equal == (node.kind == Kind::equal));
}

/// Also the order of integers.  Both operands are evaluated before either is cast.
CesqlResult CesqlEvaluation::arithmetic(const Node& node) {
  const auto type = compares(node.kind) ? CesqlType::boolean : CesqlType::integer;
  const auto& first = first_operand(node);
  const auto& second = next_operand(first);
  auto left = evaluate(first);
  if (left.error != CesqlError::none) return failed(type, left.error);
  auto right = evaluate(second);
  if (right.error != CesqlError::none) return failed(type, right.error);
  left = cast_operand(first, left.value, CesqlType::integer);
  if (left.error != CesqlError::none) return failed(type, left.error);
  right = cast_operand(second, right.value, CesqlType::integer);
  if (right.error != CesqlError::none) return failed(type, right.error);
  const auto x = std::get<std::int32_t>(left.value), y = std::get<std::int32_t>(right.value);
  const bool divides = node.kind == Kind::divide || node.kind == Kind::remainder;
  if (divides && y == 0) return fail(node, type, CesqlError::math);
  return result_of(calculate(node.kind, x, y));
}

CesqlResult CesqlEvaluation::like(const Node& node) {
  const auto& first = first_operand(node);
  const auto* found = string_leaf(first);
  const auto text = found ? result_of(found->text) : operand(first, CesqlType::string);
  if (text.error != CesqlError::none) return failed(CesqlType::boolean, text.error);
  budget_.spend(text_of(text).size());
  const bool matches = like_matches(program_.text(node), text_of(text), budget_);
  if (budget_.empty()) return fail(node, CesqlType::boolean, CesqlError::generic);
  return result_of(matches != node.negated());
}

CesqlResult CesqlEvaluation::in(const Node& node) {
  const auto& first = first_operand(node);
  const auto left = evaluate(first);
  if (left.error != CesqlError::none) return failed(CesqlType::boolean, left.error);
  const auto* element = &next_operand(first);
  const auto mark = arena_.top();
  for (std::size_t left_over = node.operands - 1u; left_over > 0; --left_over) {
    const auto value = element->kind == Kind::string && type_of(left.value) == CesqlType::string
                           ? result_of(program_.text(*element))
                           : operand(*element, type_of(left.value));
    if (value.error != CesqlError::none) return failed(CesqlType::boolean, value.error);
    const bool equal = are_equal(value.value, left.value);
    if (budget_.empty()) return fail(node, CesqlType::boolean, CesqlError::generic);
    if (equal) return result_of(!node.negated());
    arena_.drop(mark);
    element = &next_operand(*element);
  }
  return result_of(node.negated());
}

CesqlResult CesqlEvaluation::call(const Node& node) {
  if (node.detail == Node::kNoFunction) return fail(node, CesqlType::boolean, CesqlError::missing_function);
  const auto& function = cesql_functions()[node.detail];
  if (!function.run) return join(node, function);
  std::array<CesqlValue, CesqlFunction::kArgumentsMax> arguments;
  const auto* argument = &first_operand(node);
  for (std::size_t i = 0; i < node.operands; ++i) {
    const auto value = operand(*argument, i == 0 ? function.first : function.others);
    if (value.error != CesqlError::none) return failed(function.result, value.error);
    if (const auto* text = std::get_if<std::string_view>(&value.value)) budget_.spend(text->size());
    arguments[i] = value.value;
    argument = &next_operand(*argument);
  }
  if (budget_.empty()) return fail(node, function.result, CesqlError::generic);
  const auto result = function.run(std::span(arguments).first(node.operands), arena_);
  if (result.error != CesqlError::none) culprit_ = &node;
  return result;
}

/// Adds an operand to the string that begins at `begin`; `before`: where the top was before the operand.
bool CesqlEvaluation::append(std::string_view text, std::size_t before, std::size_t begin) {
  budget_.spend(text.size());
  const bool in_place = arena_.top() != before;  // what an operand makes lies right on top
  return (in_place || arena_.push(text)) && arena_.top() - begin <= kCesqlStringBytesMax;
}

CesqlResult CesqlEvaluation::join(const Node& node, const CesqlFunction& function) {
  const auto* const end = &node + node.size;
  const auto* argument = &node + 1;
  CesqlResult delimiter = result_of(std::string_view());
  if (function.arguments_min == 1) {
    delimiter = operand(*argument, CesqlType::string);
    if (delimiter.error != CesqlError::none) return failed(CesqlType::string, delimiter.error);
    argument = &next_operand(*argument);
  }
  const auto begin = arena_.top();
  for (bool first = true; argument != end; argument = &next_operand(*argument), first = false) {
    if (!first && !append(text_of(delimiter), arena_.top(), begin))
      return fail(node, CesqlType::string, CesqlError::function_evaluation);
    const auto before = arena_.top();
    const auto text = operand(*argument, CesqlType::string);
    if (text.error != CesqlError::none) return failed(CesqlType::string, text.error);
    if (!append(text_of(text), before, begin))
      return fail(node, CesqlType::string, CesqlError::function_evaluation);
    if (budget_.empty()) return fail(node, CesqlType::string, CesqlError::generic);
  }
  return result_of(arena_.since(begin));
}

}  // namespace signalbox::pipeline
