// The argument of `anything-but`.
#include <array>

#include "pipeline/condition_parser.hpp"
#include "pipeline/numeric_condition.hpp"

namespace signalbox::pipeline {
namespace {

using Op = Condition::Op;
using Names = std::span<const std::string_view>;

/// Those of event-ruler come first; `wildcard` is the newest of them.
constexpr std::array<std::string_view, 7> kExcluded{
    "prefix", "suffix", "equals-ignore-case", "wildcard", "regex", "cidr", "numeric"};
constexpr std::array<Op, 6> kTextOps{Op::prefix,   Op::suffix, Op::equals_ignore_case,
                                     Op::wildcard, Op::regex,  Op::cidr};

constexpr std::string_view kTakesStrings = "takes a string or a list of strings";

}  // namespace

bool ConditionParser::anything_but(Condition& into) {
  into.op = Op::anything_but;
  switch (reader_.next()) {
    case JsonToken::fault:
      return false;
    case JsonToken::string:
    case JsonToken::number:
      return excluded_value(into);
    case JsonToken::array:
      return excluded_values(into);
    case JsonToken::object:
      return excluded_operator(into);
    default:
      if (reader_.strict() && is_scalar(reader_.token())) return excluded_value(into);
      return reader_.refuse(reader_.strict()
                                ? "takes a value, a list of values, or an object with an operator"
                                : "takes a string, a number, a list of them, or an object with an operator");
  }
}

/// The scalar just read.
bool ConditionParser::excluded_value(Condition& into) {
  if (reader_.token() == JsonToken::number && !read_comparable(reader_)) return false;
  auto& value = into.parts.emplace_back();
  if (!entry(value)) return false;
  value.literal = value.op == Op::exact_string;
  return true;
}

bool ConditionParser::excluded_values(Condition& into) {
  while (reader_.next() != JsonToken::array_end) {
    if (reader_.token() == JsonToken::fault) return false;
    const bool plain = reader_.token() == JsonToken::string || reader_.token() == JsonToken::number;
    if (reader_.strict() ? !is_scalar(reader_.token()) : !plain)
      return reader_.refuse(reader_.strict() ? "its list holds only values"
                                             : "its list holds only strings or only numbers");
    if (!excluded_value(into)) return false;
    if (!reader_.strict() && into.parts.front().op != into.parts.back().op)
      return reader_.refuse("its list holds only strings or only numbers, not both");
  }
  return !into.parts.empty() || reader_.refuse("its list is empty");
}

bool ConditionParser::excluded_operator(Condition& into) {
  if (reader_.next() == JsonToken::fault) return false;
  if (reader_.token() != JsonToken::name)
    return reader_.refuse("an operator is missing, as in {\"prefix\":\"x\"}");
  const std::string name(reader_.text());
  PatternReader::Within within(reader_, name);
  if (reader_.strict() && name == "numeric") {
    if (!read_numeric(reader_, into.parts.emplace_back())) return false;
  } else if (!excluded_texts(name, into)) {
    return false;
  }
  return reader_.next() == JsonToken::object_end ||
         (reader_.token() != JsonToken::fault && reader_.refuse("stands alone in its object"));
}

bool ConditionParser::excluded_texts(std::string_view name, Condition& into) {
  const auto known = Names(kExcluded).first(reader_.strict() ? kExcluded.size() : reader_.old() ? 3 : 4);
  std::size_t at = 0;
  while (at < known.size() && known[at] != name) ++at;
  if (at == known.size()) return reader_.refuse_unknown(name, known);
  const auto op = kTextOps[at];
  if (reader_.next() == JsonToken::fault) return false;
  if (reader_.token() == JsonToken::string) return excluded_text(op, into);
  if (reader_.token() != JsonToken::array || (reader_.old() && op != Op::equals_ignore_case))
    return reader_.refuse(std::string(kTakesStrings));
  while (reader_.next() != JsonToken::array_end)
    if (!excluded_text(op, into)) return false;
  return !into.parts.empty() || reader_.refuse("its list is empty");
}

/// The string just read.
bool ConditionParser::excluded_text(Op op, Condition& into) {
  if (reader_.token() == JsonToken::fault) return false;
  if (reader_.token() != JsonToken::string) return reader_.refuse(std::string(kTakesStrings));
  Condition condition;
  condition.op = op;
  condition.text = reader_.text();
  if (condition.text.empty() && (op == Op::prefix || op == Op::suffix))
    return reader_.refuse("excluding the empty " + std::string(op == Op::prefix ? "prefix" : "suffix") +
                          " excludes every string");
  if (!check_text(condition)) return false;
  add(into.parts, std::move(condition));
  return true;
}

}  // namespace signalbox::pipeline
