#include "pipeline/condition_text.hpp"

#include <algorithm>
#include <charconv>

#include "event/characters.hpp"
#include "event/codec.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

using Op = Condition::Op;
using Conditions = std::vector<Condition>;

constexpr std::size_t kShownBytesMax = 200;
constexpr std::size_t kShownTextMax = 80;

/// The first bytes of a text, whole characters, as a JSON string.
std::string to_json(std::string_view text) {
  auto shown = std::string(text.substr(0, kShownTextMax));
  if (text.size() > kShownTextMax) {
    while (!shown.empty() && event::continues_character(shown.back())) shown.pop_back();
    if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0xC0) shown.pop_back();
    shown += "...";
  }
  std::string out;
  event::append_json_string(out, to_valid_utf8(shown));
  return out;
}

/// Texts one after the other, as many as fit.
class Enumeration {
 public:
  Enumeration(std::string_view between) : between_(between) {}

  /// False once it is full.
  bool add(const std::string& text) {
    if (count_ > 0 && out_.size() + text.size() > kShownBytesMax) {
      (out_ += between_) += "...";
      return false;
    }
    if (count_++ > 0) out_ += between_;
    out_ += text;
    return true;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string_view between_;
  std::string out_;
  std::size_t count_ = 0;
};

std::string describe(const Condition& condition);

std::string enumerate(const Conditions& conditions, std::string_view between) {
  Enumeration all(between);
  for (const auto& condition : conditions)
    if (!all.add(describe(condition))) break;
  return all.take();
}

std::string to_text(double number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  return {digits, end};
}

std::string describe(const NumericRange& range) {
  if (range.bottom && range.top && *range.bottom == *range.top) return "= " + to_text(*range.bottom);
  std::string out;
  if (range.bottom) out = (range.bottom_included ? ">= " : "> ") + to_text(*range.bottom);
  if (range.bottom && range.top) out += " and ";
  if (range.top) out += (range.top_included ? "<= " : "< ") + to_text(*range.top);
  return out;
}

std::string describe(const std::vector<NumericRange>& ranges) {
  Enumeration all(" or ");
  for (const auto& range : ranges)
    if (!all.add(describe(range))) break;
  return "a number " + all.take();
}

std::string describe(const Condition& condition) {
  switch (condition.op) {
    case Op::exact_string:
      return to_json(condition.text);
    case Op::exact_number:
      return condition.text.substr(0, kShownTextMax);
    case Op::exact_true:
      return "true";
    case Op::exact_false:
      return "false";
    case Op::exact_null:
      return "null";
    case Op::prefix:
      return "a string that begins with " + to_json(condition.text);
    case Op::suffix:
      return "a string that ends with " + to_json(condition.text);
    case Op::equals_ignore_case:
      return to_json(condition.text) + " in any case";
    case Op::prefix_ignore_case:
      return "a string that begins with " + to_json(condition.text) + " in any case";
    case Op::suffix_ignore_case:
      return "a string that ends with " + to_json(condition.text) + " in any case";
    case Op::wildcard:
      return "a string like " + to_json(condition.text);
    case Op::regex:
      return "a string that all of " + to_json(condition.text) + " matches";
    case Op::numeric:
      return describe(condition.ranges);
    case Op::cidr:
      return "an address in " + condition.text;
    case Op::anything_but:
      return "not " + enumerate(condition.parts, " or ");
    case Op::all_of:
      return enumerate(condition.parts, " and ");
    case Op::exists:
      return "any value";
    case Op::absent:
      return "no value";
    case Op::contains_all:
      return "all of " + enumerate(condition.parts, ", ");
    case Op::equals_set:
      break;
  }
  return "all of " + enumerate(condition.parts, ", ") + " and nothing else";
}

bool is_exact(const Condition& condition) { return condition.op <= Op::exact_null; }

std::string to_json(const Leaf& leaf) {
  return leaf.kind == Leaf::Kind::string ? to_json(leaf.text)
                                         : std::string(leaf.text.substr(0, kShownTextMax));
}

}  // namespace

std::string describe(const std::vector<Condition>& conditions) {
  if (conditions.size() > 1 && std::all_of(conditions.begin(), conditions.end(), is_exact))
    return "one of " + enumerate(conditions, ", ");
  return enumerate(conditions, " or ");
}

std::string describe(std::span<const Leaf> values) {
  if (values.empty()) return "nothing";
  if (values.size() == 1) return to_json(values.front());
  Enumeration all(", ");
  for (const auto& leaf : values)
    if (!all.add(to_json(leaf))) break;
  return "[" + all.take() + "]";
}

}  // namespace signalbox::pipeline
