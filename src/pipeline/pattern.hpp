#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/ip_address.hpp"
#include "pipeline/numeric_range.hpp"
#include "pipeline/regex.hpp"
#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// One entry of a field's list: what a value, or the values of an array, may be.
struct Condition {
  enum class Op : std::uint8_t {
    exact_string,
    exact_number,
    exact_true,
    exact_false,
    exact_null,
    prefix,
    suffix,
    equals_ignore_case,
    prefix_ignore_case,
    suffix_ignore_case,
    wildcard,
    regex,
    numeric,
    cidr,
    anything_but,  ///< a value that none of `parts` accepts
    all_of,        ///< a value that all of `parts` accept
    exists,        ///< any value
    absent,        ///< no value at all
    contains_all,  ///< one array in which each of `parts` accepts some value
    equals_set,    ///< the same, and every value of the array is accepted by one of `parts`
  };
  Op op = Op::exists;
  bool literal = false;                  ///< of exact_string: never compared as an IP address
  std::string text{};                    ///< what to compare with; of a number and a network: as written
  std::optional<double> number{};        ///< of exact_number: its value if comparable
  std::shared_ptr<const Regex> regex{};  ///< of regex
  std::vector<NumericRange> ranges{};    ///< of numeric: any of them; at least one
  IpRange network{};                     ///< of cidr
  std::vector<Condition> parts{};        ///< of the four that have some: at least one
};

/// A pattern as its author wrote it, checked.
///
/// Each array of an event is looked at one element at a time.  The fields of one *scope* that lie inside the
/// same array take their values from the same element.  The whole pattern is a scope; so is each object of
/// `$and`, and the object of `$not`, inside the scope around it: with that one it shares the elements chosen
/// of arrays whose path has at most `depth` names, and chooses those of deeper ones by itself.
struct PatternNode {
  enum class Kind : std::uint8_t {
    field,
    all_of,   ///< an object: all of its members hold
    any_of,   ///< `$or`: one of the objects holds
    each_of,  ///< `$and`: all of the objects hold, each a scope
    none_of,  ///< `$not`: the one object, a scope, does not hold
  };
  Kind kind = Kind::all_of;
  std::string path;                     ///< of a field (pipeline/field_path.hpp)
  std::string pointer;                  ///< where it stands in the pattern: a JSON Pointer (RFC 6901)
  std::vector<Condition> conditions{};  ///< of a field: at least one, any of which may hold
  std::vector<PatternNode> children{};  ///< of the others, in the order of the text
  std::size_t depth = 0;  ///< of each_of and none_of: names of the path of the object it stands in
};

/// Which language a pattern is read as.
enum class PatternReading : std::uint8_t {
  strict,       ///< ours: everything that could be a slip is refused
  event_ruler,  ///< `compat: eventbridge`: what event-ruler accepts is accepted, its meaning included
};

constexpr std::size_t kPatternBytesMax = 64 * 1024;
constexpr std::size_t kPatternDepthMax = 64;
constexpr std::size_t kPatternRegexesMax = 64;

/// Reads a pattern (docs/filters.md).
/// Errors: invalid_argument, the message begins with the JSON Pointer of what is wrong.
Result<PatternNode> parse_pattern(std::string_view text, PatternReading reading);

}  // namespace signalbox::pipeline
