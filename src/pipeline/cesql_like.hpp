#pragma once
#include <string>
#include <string_view>

#include "pipeline/cesql_budget.hpp"

namespace signalbox::pipeline {

// Patterns of LIKE.  They are kept with bytes that no UTF-8 contains in the place of `%` and `_`, and without
// escapes, so that each can be looked at with nothing but its text.
constexpr char kLikeAny = '\xFF';  ///< any characters; never two in a row
constexpr char kLikeOne = '\xFE';  ///< one character

/// Of a pattern as the language has it: `%`, `_`, and either after a backslash.  `like` is valid UTF-8.
std::string to_like_pattern(std::string_view like);

/// Whether the whole of `text` is like `pattern`.  Takes time in proportion to the text, but for patterns
/// with
/// `_` between two `%`: what those take beyond is spent from `budget`, and when that is empty the answer
/// means nothing.
bool like_matches(std::string_view pattern, std::string_view text, CesqlBudget& budget);

}  // namespace signalbox::pipeline
