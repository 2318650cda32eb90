#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "pipeline/filter_input.hpp"
#include "pipeline/match_work.hpp"
#include "pipeline/mismatch.hpp"
#include "pipeline/pattern.hpp"

namespace signalbox::pipeline {

/// How often parts of the pattern are tried, and how many steps (see MatchWork) that may take, before an
/// explanation is given up.
constexpr std::size_t kExplainTrialsMax = 1000;
constexpr std::int64_t kExplainStepsMax = 4 * kMatchStepsMax;
/// Objects of one `$or` that are looked at.
constexpr std::size_t kExplainBranchesMax = 64;

/// The first condition of the pattern that fails, in the order of its text; nullopt when it matches, or is
/// not a pattern.  What depends on the array elements that others choose (`exists: false` and `$not`, when
/// the event has any) comes after the others.
///
/// Reads the pattern anew and tries parts of it: not for a hot path.  `input` was filled for a set that has
/// all the pattern's fields.
std::optional<Mismatch> explain_pattern(std::string_view text, PatternReading reading,
                                        const FilterInput& input);

}  // namespace signalbox::pipeline
