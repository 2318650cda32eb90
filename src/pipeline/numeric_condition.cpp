#include "pipeline/numeric_condition.hpp"

#include "base/config_path.hpp"
#include "pipeline/number_text.hpp"

namespace signalbox::pipeline {
namespace {

bool read_bound(PatternReader& reader, double& value) {
  if (reader.next() == JsonToken::fault) return false;
  if (reader.token() != JsonToken::number) return reader.refuse("a comparison is followed by a number");
  const auto number = read_comparable(reader);
  if (number) value = *number;
  return number.has_value();
}

/// The upper bound after a lower one, its comparison just read.
bool read_top(PatternReader& reader, NumericRange& range) {
  if (reader.token() != JsonToken::string || (reader.text() != "<" && reader.text() != "<="))
    return reader.refuse("a lower bound may only be followed by < or <=");
  range.top_included = reader.text() == "<=";
  double value = 0;
  if (!read_bound(reader, value)) return false;
  if (!(*range.bottom < value)) return reader.refuse("the lower bound must be below the upper one");
  range.top = value;
  return reader.next() == JsonToken::array_end || reader.refuse("at most a lower and an upper bound");
}

/// One range, the token after its bracket just read.
bool read_range(PatternReader& reader, NumericRange& range) {
  if (reader.token() == JsonToken::fault) return false;
  if (reader.token() != JsonToken::string) return reader.refuse("begins with one of = < <= > >=");
  const std::string first(reader.text());
  double value = 0;
  if (first != "=" && first != "<" && first != "<=" && first != ">" && first != ">=")
    return reader.refuse("unknown comparison " + base::in_quotes(first) + "; there are = < <= > >=");
  if (!read_bound(reader, value)) return false;
  const bool is_bottom = first[0] == '>';
  if (first == "=")
    range = {value, value, true, true};
  else if (is_bottom)
    range = {value, std::nullopt, first == ">=", false};
  else
    range = {std::nullopt, value, false, first == "<="};
  if (reader.next() == JsonToken::array_end) return true;
  if (reader.token() == JsonToken::fault) return false;
  if (!is_bottom) return reader.refuse("only a lower bound (> or >=) may be followed by another one");
  return read_top(reader, range);
}

/// A list of ranges, the first bracket inside it just read.
bool read_ranges(PatternReader& reader, std::vector<NumericRange>& ranges) {
  do {
    PatternReader::Within within(reader, std::to_string(ranges.size()));
    if (reader.token() == JsonToken::fault) return false;
    if (reader.token() != JsonToken::array)
      return reader.refuse("a list of ranges has only ranges in it, each as in [\">\",0,\"<=\",5]");
    reader.next();
    if (!read_range(reader, ranges.emplace_back())) return false;
  } while (reader.next() != JsonToken::array_end);
  return true;
}

}  // namespace

bool read_numeric(PatternReader& reader, Condition& into) {
  into.op = Condition::Op::numeric;
  if (reader.next() == JsonToken::fault) return false;
  if (reader.token() != JsonToken::array) return reader.refuse("takes a list, as in [\">\",0,\"<=\",5]");
  const bool several = reader.next() == JsonToken::array && reader.strict();
  return several ? read_ranges(reader, into.ranges) : read_range(reader, into.ranges.emplace_back());
}

std::optional<double> read_comparable(PatternReader& reader) {
  const auto number = comparable_number(reader.text());
  if (!number)
    reader.refuse("the number " + std::string(reader.text().substr(0, 64)) +
                  " cannot be compared by value: no double is exactly it");
  return number;
}

}  // namespace signalbox::pipeline
