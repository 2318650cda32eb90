#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/ip_address.hpp"
#include "pipeline/numeric_range.hpp"
#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// One entry of a field's list: what a value may be.
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
    numeric,
    cidr,
    anything_but,  ///< a value that none of `excluded` accepts
    exists,        ///< any value
    absent,        ///< no value at all
  };
  Op op = Op::exists;
  bool literal = false;               ///< of exact_string: never compared as an IP address
  std::string text;                   ///< what to compare with; of exact_number: as written
  std::optional<double> number;       ///< of exact_number: its value if comparable
  NumericRange range;                 ///< of numeric
  IpRange network;                    ///< of cidr
  std::vector<Condition> excluded{};  ///< of anything_but; never empty there
};

/// A pattern as its author wrote it, checked: a field with its list, or members of which all or any must
/// hold.
struct PatternNode {
  enum class Kind : std::uint8_t { field, all_of, any_of };
  Kind kind = Kind::all_of;
  std::string path;                     ///< of a field: the member names from the top, joined by '.'
  std::string pointer;                  ///< where it stands in the pattern: a JSON Pointer (RFC 6901)
  std::vector<Condition> conditions{};  ///< of a field: at least one, any of which may hold
  std::vector<PatternNode> children{};  ///< of the others, in the order of the text
};

/// Which language a pattern is read as.
enum class PatternReading : std::uint8_t {
  strict,       ///< ours: everything that could be a slip is refused
  event_ruler,  ///< `compat: eventbridge`: what event-ruler accepts is accepted, its meaning included
};

constexpr std::size_t kPatternBytesMax = 64 * 1024;
constexpr std::size_t kPatternDepthMax = 64;

/// Reads a pattern (docs/filters.md).
/// Errors: invalid_argument, the message begins with the JSON Pointer of what is wrong.
Result<PatternNode> parse_pattern(std::string_view text, PatternReading reading);

/// One way through a pattern: one branch taken of each `$or`.
/// The fields that must all hold, by path in the order of UTF-16 units, each path once.
using PatternAlternative = std::vector<const PatternNode*>;

constexpr std::size_t kAlternativesMax = 4096;
constexpr std::size_t kAlternativeFieldsMax = 256;
constexpr std::size_t kExpandedFieldsMax = 64 * 1024;  ///< of all alternatives together

/// All ways through `pattern`, which outlives them.  A field given twice on one way: strict refuses it,
/// event_ruler takes the one that comes later in the text. Errors: invalid_argument (given twice), too_large
/// (over one of the bounds above).
Result<std::vector<PatternAlternative>> expand_pattern(const PatternNode& pattern, PatternReading reading);

}  // namespace signalbox::pipeline
