#include "pipeline/cesql_needs.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "pipeline/cesql_arena.hpp"
#include "pipeline/cesql_functions.hpp"
#include "pipeline/cesql_like.hpp"
#include "pipeline/string_form.hpp"

namespace signalbox::pipeline {
namespace {

using Kind = CesqlNode::Kind;

/// Finds what is equal to `literal` cast to its own type: strings and the values written like it, and where
/// it can be a number or a boolean also those.
std::vector<Probe> equal_probes(const CesqlValue& literal) {
  auto& arena = CesqlArena::for_this_thread();
  arena.drop(0);
  const auto text = cast(literal, CesqlType::string, arena);
  auto probes = string_form_probes(std::get<std::string_view>(text.value));
  if (const auto number = cast(literal, CesqlType::integer, arena); number.error == CesqlError::none)
    probes.push_back(Probe::equal(number_key(std::get<std::int32_t>(number.value))));
  if (const auto flag = cast(literal, CesqlType::boolean, arena); flag.error == CesqlError::none)
    probes.push_back(Probe::equal(std::get<bool>(flag.value) ? true_key() : false_key()));
  return probes;
}

bool is_wild(char c) { return c == kLikeAny || c == kLikeOne; }

/// The longest piece of a LIKE pattern that is literal.
std::string_view longest_literal(std::string_view pattern) {
  std::string_view longest;
  while (!pattern.empty()) {
    const auto size = std::min(pattern.find_first_of(std::string{kLikeAny, kLikeOne}), pattern.size());
    if (size > longest.size()) longest = pattern.substr(0, size);
    pattern.remove_prefix(std::min(size + 1, pattern.size()));
  }
  return longest;
}

class Needs {
 public:
  explicit Needs(const CesqlProgram& program) : program_(program) {}

  /// For the node to be true, or to become true when it is cast.
  Alternatives of_true(const CesqlNode& node) const {
    switch (node.kind) {
      case Kind::exists:
        return value_of(node);
      case Kind::and_: {
        const auto& left = first_operand(node);
        return both_of(of_true(left), of_true(next_operand(left)));
      }
      case Kind::or_: {
        const auto& left = first_operand(node);
        return both_of(of_value(left), either_of(of_true(left), of_true(next_operand(left))));
      }
      case Kind::equal:
        return of_equality(node);
      case Kind::like:
        return node.negated() ? of_value(node) : of_like(node);
      case Kind::in:
        return node.negated() ? of_value(node) : of_membership(node);
      default:
        return of_value(node);
    }
  }

 private:
  static bool is_literal(const CesqlNode& node) {
    return node.kind == Kind::boolean || node.kind == Kind::integer || node.kind == Kind::string;
  }

  static bool is_attribute(const CesqlNode& node) {
    return node.kind == Kind::attribute && node.attribute() != CesqlNode::kNoAttribute;
  }

  /// Of a literal.
  CesqlValue value(const CesqlNode& node) const {
    if (node.kind == Kind::boolean) return node.detail != 0;
    if (node.kind == Kind::integer) return node.number();
    return program_.text(node);
  }

  static Alternatives value_of(const CesqlNode& node) {
    return node.attribute() == CesqlNode::kNoAttribute ? no_requirement() : require(node.attribute());
  }

  /// For the node to have a value without an error: the attributes that are looked at in any case.
  Alternatives of_value(const CesqlNode& node) const {
    if (node.kind == Kind::attribute) return value_of(node);
    if (node.operands == 0) return no_requirement();
    const auto* operand = &first_operand(node);
    auto out = of_value(*operand);
    if (node.kind == Kind::and_ || node.kind == Kind::or_) return out;
    // Of IN the list is looked at up to the element that is found.
    const std::size_t certain = node.kind == Kind::in ? 2 : node.operands;
    for (std::size_t i = 1; i < certain; ++i) {
      operand = &next_operand(*operand);
      out = both_of(std::move(out), of_value(*operand));
    }
    return out;
  }

  Alternatives of_equality(const CesqlNode& node) const {
    const auto& left = first_operand(node);
    const auto& right = next_operand(left);
    // The left side is cast to the type of the right one: many spellings of a number or boolean will do.
    if (is_attribute(left) && right.kind == Kind::string)
      return require(left.attribute(), string_form_probes(program_.text(right)));
    if (is_literal(left) && is_attribute(right)) return require(right.attribute(), equal_probes(value(left)));
    return of_value(node);
  }

  Alternatives of_membership(const CesqlNode& node) const {
    const auto& left = first_operand(node);
    if (!is_attribute(left)) return of_value(node);
    std::vector<Probe> probes;
    const auto* element = &next_operand(left);
    for (std::size_t i = 1; i < node.operands; ++i, element = &next_operand(*element)) {
      if (!is_literal(*element)) return of_value(node);
      for (auto& probe : equal_probes(value(*element))) probes.push_back(std::move(probe));
    }
    return require(left.attribute(), std::move(probes));
  }

  Alternatives of_like(const CesqlNode& node) const {
    const auto& left = first_operand(node);
    if (!is_attribute(left)) return of_value(node);
    const auto field = left.attribute();
    const auto pattern = program_.text(node);
    const auto head = std::find_if(pattern.begin(), pattern.end(), is_wild);
    if (head == pattern.end()) return require(field, string_form_probes(pattern));
    const auto tail = std::find_if(pattern.rbegin(), pattern.rend(), is_wild).base();
    const std::string_view begin(pattern.begin(), head), end(tail, pattern.end());
    auto out = require(field);
    if (!begin.empty())
      out = both_of(std::move(out), require(field, text_probes(Probe::prefix(begin), pattern)));
    if (!end.empty()) out = both_of(std::move(out), require(field, text_probes(Probe::suffix(end), pattern)));
    const auto middle = longest_literal(pattern);
    if (begin.empty() && end.empty() && !middle.empty())
      out = both_of(std::move(out), require(field, text_probes(Probe::infix(middle), pattern)));
    return out;
  }

  /// The string form of the number -0 is 0, which is not how it is written.
  static std::vector<Probe> text_probes(Probe probe, std::string_view pattern) {
    std::vector<Probe> probes{std::move(probe)};
    CesqlBudget budget;
    if (like_matches(pattern, "0", budget)) probes.push_back(Probe::equal(number_key(0)));
    return probes;
  }

  const CesqlProgram& program_;
};

}  // namespace

Alternatives needs_of(const CesqlProgram& program) { return Needs(program).of_true(program.root()); }

}  // namespace signalbox::pipeline
