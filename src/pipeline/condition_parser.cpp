#include "pipeline/condition_parser.hpp"

#include <algorithm>
#include <array>

#include "base/config_path.hpp"
#include "pipeline/number_text.hpp"
#include "pipeline/numeric_condition.hpp"
#include "pipeline/wildcard.hpp"

namespace signalbox::pipeline {
namespace {

using Op = Condition::Op;
using Names = std::span<const std::string_view>;

/// Those of event-ruler come first.
constexpr std::size_t kOldOperators = 9;
constexpr std::array<std::string_view, 12> kOperators{
    "exactly", "prefix",   "suffix", "equals-ignore-case", "anything-but", "numeric", "exists",
    "cidr",    "wildcard", "regex",  "contains-all",       "equals-set"};
constexpr std::array<std::string_view, 1> kIgnoreCase{"equals-ignore-case"};

Condition exact(std::string_view text) {
  Condition condition;
  condition.op = Op::exact_string;
  condition.text = text;
  return condition;
}

bool is_set(Op op) { return op == Op::contains_all || op == Op::equals_set; }

}  // namespace

bool ConditionParser::list(std::vector<Condition>& into) {
  for (std::size_t index = 0; reader_.next() != JsonToken::array_end; ++index) {
    PatternReader::Within within(reader_, std::to_string(index));
    Condition condition;
    if (!entry(condition)) return false;
    add(into, std::move(condition));
  }
  return !into.empty() || reader_.refuse("an empty list matches nothing");
}

/// One entry of a list, its first token just read.
bool ConditionParser::entry(Condition& into) {
  switch (reader_.token()) {
    case JsonToken::object:
      return operators(into);
    case JsonToken::string:
      into = exact(reader_.text());
      return true;
    case JsonToken::number:
      into.op = Op::exact_number;
      into.text = reader_.text();
      into.number = comparable_number(into.text);
      return true;
    case JsonToken::true_value:
      into.op = Op::exact_true;
      return true;
    case JsonToken::false_value:
      into.op = Op::exact_false;
      return true;
    case JsonToken::null_value:
      into.op = Op::exact_null;
      return true;
    case JsonToken::fault:
      return false;
    default:
      return reader_.refuse(
          "a value is a string, number, true, false or null, or an object with an operator");
  }
}

/// event-ruler compares with a string's quotation marks around it: there `{"prefix": "a\""}` also matches
/// "a".
void ConditionParser::add(std::vector<Condition>& into, Condition condition) const {
  if (!reader_.strict() && !condition.text.empty()) {
    const bool front = condition.op == Op::prefix || condition.op == Op::prefix_ignore_case;
    const bool back = condition.op == Op::suffix || condition.op == Op::suffix_ignore_case;
    const bool quote = front ? condition.text.back() == '"' : back && condition.text.front() == '"';
    if (quote) {
      auto whole = exact(std::string_view(condition.text).substr(back ? 1 : 0, condition.text.size() - 1));
      whole.literal = true;
      const bool cased = condition.op == Op::prefix || condition.op == Op::suffix;
      if (!cased) whole.op = Op::equals_ignore_case;
      into.push_back(std::move(whole));
    }
  }
  into.push_back(std::move(condition));
}

/// An object in a list, just begun: all of its operators must hold of the same value.
bool ConditionParser::operators(Condition& into) {
  std::vector<Condition> parts;
  std::vector<std::string> names;
  while (reader_.next() == JsonToken::name) {
    const std::string name(reader_.text());
    PatternReader::Within within(reader_, name);
    if (!reader_.strict() && !names.empty())
      return reader_.refuse("one operator to an object; give another one an object of its own");
    if (std::find(names.begin(), names.end(), name) != names.end()) return reader_.refuse("given twice");
    if (!argument(name, parts.emplace_back())) return false;
    names.push_back(name);
  }
  if (reader_.token() == JsonToken::fault) return false;
  if (parts.empty()) return reader_.refuse("an operator is missing, as in {\"prefix\":\"x\"}");
  if (parts.size() > 1) {
    if (!check_together(parts, names)) return false;
    into.op = Op::all_of;
    into.parts = std::move(parts);
  } else {
    into = std::move(parts.front());
  }
  return true;
}

bool ConditionParser::check_together(const std::vector<Condition>& parts,
                                     const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    PatternReader::Within within(reader_, names[i]);
    if (parts[i].op == Op::absent)
      return reader_.refuse("\"exists\": false stands alone in its object: no value has another property");
    if (is_set(parts[i].op))
      return reader_.refuse(
          base::in_quotes(names[i]) +
          " stands alone in its object: it is about all values of an array, the others are about one");
  }
  return true;
}

/// The argument of an operator whose name was just read.
bool ConditionParser::argument(std::string_view name, Condition& into) {
  if (name == "exactly") {
    into.literal = true;
    return text_argument(into, Op::exact_string);
  }
  if (name == "prefix") return text_or_ignore_case(into, Op::prefix, Op::prefix_ignore_case);
  if (name == "suffix") return text_or_ignore_case(into, Op::suffix, Op::suffix_ignore_case);
  if (name == "equals-ignore-case") return text_argument(into, Op::equals_ignore_case);
  if (name == "wildcard") return text_argument(into, Op::wildcard);
  if (name == "cidr") return text_argument(into, Op::cidr);
  if (name == "numeric") return read_numeric(reader_, into);
  if (name == "exists") return existence(into);
  if (name == "anything-but") return anything_but(into);
  if (reader_.strict()) {
    if (name == "regex") return text_argument(into, Op::regex);
    if (name == "contains-all") return set(into, Op::contains_all);
    if (name == "equals-set") return set(into, Op::equals_set);
  }
  return reader_.refuse_unknown(
      name, Names(kOperators).first(reader_.strict() ? kOperators.size() : kOldOperators));
}

bool ConditionParser::set(Condition& into, Op op) {
  into.op = op;
  if (reader_.next() == JsonToken::fault) return false;
  if (reader_.token() != JsonToken::array)
    return reader_.refuse("takes a list of values and operators, as in [\"x\",{\"prefix\":\"y\"}]");
  if (!list(into.parts)) return false;
  for (std::size_t i = 0; i < into.parts.size(); ++i) {
    PatternReader::Within within(reader_, std::to_string(i));
    const auto part = into.parts[i].op;
    if (part == Op::absent || is_set(part))
      return reader_.refuse("each entry is about one value: neither \"exists\": false nor a set can be one");
  }
  return true;
}

bool ConditionParser::text_argument(Condition& into, Op op) {
  if (reader_.next() == JsonToken::fault) return false;
  if (reader_.token() != JsonToken::string) return reader_.refuse("takes a string");
  into.op = op;
  into.text = reader_.text();
  return check_text(into);
}

bool ConditionParser::text_or_ignore_case(Condition& into, Op plain, Op ignore_case) {
  constexpr std::string_view kTakes = "takes a string, or {\"equals-ignore-case\":\"x\"}";
  if (reader_.next() == JsonToken::fault) return false;
  if (reader_.token() == JsonToken::string) {
    into.op = plain;
    into.text = reader_.text();
    return true;
  }
  if (reader_.token() != JsonToken::object) return reader_.refuse(std::string(kTakes));
  if (reader_.next() == JsonToken::fault) return false;
  if (reader_.token() != JsonToken::name) return reader_.refuse(std::string(kTakes));
  const std::string name(reader_.text());
  PatternReader::Within within(reader_, name);
  if (name != kIgnoreCase[0]) return reader_.refuse_unknown(name, kIgnoreCase);
  if (!text_argument(into, ignore_case)) return false;
  return reader_.next() == JsonToken::object_end || reader_.refuse("stands alone in its object");
}

bool ConditionParser::existence(Condition& into) {
  if (reader_.next() == JsonToken::fault) return false;
  if (reader_.token() != JsonToken::true_value && reader_.token() != JsonToken::false_value)
    return reader_.refuse("takes true or false");
  into.op = reader_.token() == JsonToken::true_value ? Op::exists : Op::absent;
  return true;
}

/// Reads what the text of a condition says, where it is not only compared.
bool ConditionParser::check_text(Condition& condition) {
  if (condition.op == Op::wildcard) {
    const auto parsed = Wildcard::parse(condition.text);
    return parsed || reader_.refuse(parsed.error().message);
  }
  if (condition.op == Op::cidr) return check_network(condition);
  return condition.op != Op::regex || check_regex(condition);
}

bool ConditionParser::check_network(Condition& condition) {
  std::string_view text = condition.text;
  // event-ruler splits at '/' and drops empty parts at the end.
  while (!reader_.strict() && text.ends_with('/') && text.find('/') != text.size() - 1) text.remove_suffix(1);
  auto range = parse_cidr(text);
  if (!range) return reader_.refuse(base::in_quotes(condition.text) + ": " + range.error().message);
  condition.network = *range;
  return true;
}

bool ConditionParser::check_regex(Condition& condition) {
  if (++regexes_ > kPatternRegexesMax)
    return reader_.refuse("a pattern has at most " + std::to_string(kPatternRegexesMax) +
                          " regular expressions; join some with |");
  auto regex = Regex::parse(condition.text);
  if (!regex) return reader_.refuse(regex.error().message);
  condition.regex = std::move(*regex);
  return true;
}

}  // namespace signalbox::pipeline
