#include "pipeline/field_test.hpp"

#include <algorithm>
#include <optional>

#include "pipeline/wildcard.hpp"

namespace signalbox::pipeline {
namespace {

using Conditions = std::span<const ConditionCode>;

constexpr std::size_t kStepsPerRegex = 64;
constexpr std::size_t kBytesPerWildcardStep = 16;
/// Up to so many conditions of a kind are asked one after the other.
constexpr std::size_t kFew = 6;

/// Whether `value` is among sorted conditions, `value_of` each.
template <class Value, class ValueOf>
bool contains(Conditions conditions, const Value& value, ValueOf value_of) {
  if (conditions.size() <= kFew)
    return std::any_of(conditions.begin(), conditions.end(),
                       [&](const ConditionCode& c) { return value_of(c) == value; });
  const auto at = std::lower_bound(conditions.begin(), conditions.end(), value,
                                   [&](const ConditionCode& c, const Value& v) { return value_of(c) < v; });
  return at != conditions.end() && value_of(*at) == value;
}

double comparable_zero(double number) { return number == 0 ? 0.0 : number; }

/// The leaves of a field in the same array element as one of them; others may lie among them.
std::span<const Leaf> around(const FilterInput& input, std::span<const Leaf> leaves, std::uint32_t element) {
  if (element == 0) return leaves;
  const auto before = [](const Leaf& leaf, std::uint32_t sequence) { return leaf.sequence < sequence; };
  const auto& extent = input.element(element);
  const auto first = std::lower_bound(leaves.begin(), leaves.end(), extent.first_leaf, before);
  const auto last = std::lower_bound(first, leaves.end(), extent.end_leaf, before);
  return {first, last};
}

}  // namespace

bool FieldTest::accepts(const Leaf& leaf) const {
  if (test_.kinds & kind_bit(leaf.kind)) return true;
  const TestView view(test_);
  work_.spend(1 + view.others.size());
  if (leaf.kind == Leaf::Kind::string) {
    const auto text_of = [this](const ConditionCode& c) { return code_.text(c); };
    if (!view.strings.empty() && contains(view.strings, leaf.text, text_of)) return true;
    if (!view.addresses.empty()) {
      const auto address = parse_ip_address(leaf.text);
      const auto address_of = [this](const ConditionCode& c) { return code_.address(c); };
      if (address && contains(view.addresses, *address, address_of)) return true;
    }
  } else if (leaf.kind == Leaf::Kind::number && leaf.comparable && !view.numbers.empty()) {
    if (contains(view.numbers, comparable_zero(leaf.number), PatternCode::number)) return true;
  }
  return std::any_of(view.others.begin(), view.others.end(),
                     [&](const ConditionCode& condition) { return accepts(condition, leaf); });
}

bool FieldTest::accepts(const ConditionCode& condition, const Leaf& leaf) const {
  switch (condition.op) {
    case ConditionOp::kind:
      return (condition.a & kind_bit(leaf.kind)) != 0;
    case ConditionOp::number:
      return leaf.kind == Leaf::Kind::number && leaf.comparable &&
             leaf.number == PatternCode::number(condition);
    case ConditionOp::number_text:
      return leaf.kind == Leaf::Kind::number && !leaf.comparable && leaf.text == code_.text(condition);
    case ConditionOp::range:
      return leaf.kind == Leaf::Kind::number && leaf.comparable &&
             code_.range(condition).contains(leaf.number);
    case ConditionOp::any_of:
      return FieldTest(code_, code_.test(condition.a), work_).accepts(leaf);
    case ConditionOp::none_of:
      return !FieldTest(code_, code_.test(condition.a), work_).accepts(leaf);
    case ConditionOp::all_of: {
      const auto parts = code_.conditions(condition.a, condition.b);
      work_.spend(parts.size());
      return std::all_of(parts.begin(), parts.end(),
                         [&](const ConditionCode& part) { return accepts(part, leaf); });
    }
    case ConditionOp::contains_all:
    case ConditionOp::equals_set:
      return false;  // about an array: see accepts_at()
    default:
      return leaf.kind == Leaf::Kind::string && accepts_string(condition, leaf.text);
  }
}

bool FieldTest::accepts_string(const ConditionCode& condition, std::string_view text) const {
  const auto asked = [&] { return code_.text(condition); };
  switch (condition.op) {
    case ConditionOp::string:
      return text == asked();
    case ConditionOp::prefix:
      return text.starts_with(asked());
    case ConditionOp::suffix:
      return text.ends_with(asked());
    case ConditionOp::equals_folded:
      return equals_ascii_lower(text, asked());
    case ConditionOp::prefix_folded:
      return equals_ascii_lower(text.substr(0, condition.b), asked());
    case ConditionOp::suffix_folded:
      return text.size() >= condition.b &&
             equals_ascii_lower(text.substr(text.size() - condition.b), asked());
    case ConditionOp::equals_ignore_case:
      return code_.ignore_case_text(condition).equals(text);
    case ConditionOp::prefix_ignore_case:
      return code_.ignore_case_text(condition).is_prefix_of(text);
    case ConditionOp::suffix_ignore_case:
      return code_.ignore_case_text(condition).is_suffix_of(text);
    case ConditionOp::wildcard:
      work_.spend(text.size() / kBytesPerWildcardStep);
      return Wildcard::matches(code_.place(condition.a), text);
    case ConditionOp::regex:
      work_.spend(kStepsPerRegex + text.size());
      return code_.regex(condition).matches(text);
    case ConditionOp::address:
    case ConditionOp::network: {
      const auto address = parse_ip_address(text);
      if (!address) return false;
      return condition.op == ConditionOp::address ? *address == code_.address(condition)
                                         : code_.network(condition).contains(*address);
    }
    default:
      return false;
  }
}

bool FieldTest::accepts_at(const FilterInput& input, std::span<const Leaf> leaves, std::size_t at) const {
  const auto& leaf = leaves[at];
  if (accepts(leaf)) return true;
  if (!test_.has_sets || (at > 0 && leaves[at - 1].element == leaf.element)) return false;
  const auto others = TestView(test_).others;
  const auto near = around(input, leaves, leaf.element);
  return std::any_of(others.rbegin(), others.rend(), [&](const ConditionCode& condition) {
    return is_set(condition.op) && accepts_set(condition, near, leaf.element);
  });
}

/// `leaves`: those of the element are the array's values.
bool FieldTest::accepts_set(const ConditionCode& condition, std::span<const Leaf> leaves,
                            std::uint32_t element) const {
  const auto parts = code_.conditions(condition.a, condition.b);
  const auto is_in = [&](const Leaf& leaf) {
    work_.spend(1);
    return leaf.element == element && !work_.is_over();
  };
  const auto all_found = std::all_of(parts.begin(), parts.end(), [&](const ConditionCode& part) {
    return std::any_of(leaves.begin(), leaves.end(),
                       [&](const Leaf& leaf) { return is_in(leaf) && accepts(part, leaf); });
  });
  if (!all_found || condition.op == ConditionOp::contains_all) return all_found;
  const auto all_asked_for = std::all_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) {
    work_.spend(parts.size());
    return !is_in(leaf) || std::any_of(parts.begin(), parts.end(),
                                       [&](const ConditionCode& part) { return accepts(part, leaf); });
  });
  return all_asked_for && !work_.is_over();
}

}  // namespace signalbox::pipeline
