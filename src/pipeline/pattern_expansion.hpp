#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pipeline/pattern.hpp"

namespace signalbox::pipeline {

/// A scope of a pattern (see PatternNode).  A parent stands before its children.
struct PatternScope {
  std::uint16_t parent = 0;  ///< of the top: itself
  std::uint16_t depth = 0;   ///< elements of arrays with at most so many names are shared with the parent
};

/// A field that has to hold, and the scope it belongs to.
struct PatternTerm {
  const PatternNode* field = nullptr;
  std::uint16_t scope = 0;
};

/// One way through a pattern: one branch taken of each `$or`.
struct PatternWay {
  /// Those that must all hold, scope by scope, and there by path in the order of UTF-16 units.
  std::vector<PatternTerm> terms;
  /// Those that must hold then, as indexes of ExpandedPattern::negations.
  std::vector<std::uint16_t> negations;
};

/// A `$not`: holds when none of the ways through its object can be matched.
struct PatternNegation {
  std::vector<PatternWay> ways;
  std::size_t fields = 0;  ///< the most that are looked at one after another on one of them
};

struct ExpandedPattern {
  std::vector<PatternScope> scopes;  ///< the first is the top
  std::vector<PatternNegation> negations;
  std::vector<PatternWay> ways;
};

constexpr std::size_t kWaysMax = 4096;
constexpr std::size_t kAlternativeFieldsMax = 256;     ///< with those of a `$not` on the way
constexpr std::size_t kExpandedFieldsMax = 64 * 1024;  ///< of all ways together

/// All ways through `pattern`, which outlives them.  A field given twice on one way in one scope: strict
/// refuses it, event_ruler takes the one that comes later in the text.  Errors: invalid_argument (given
/// twice), too_large (over one of the bounds above).
Result<ExpandedPattern> expand_pattern(const PatternNode& pattern, PatternReading reading);

}  // namespace signalbox::pipeline
