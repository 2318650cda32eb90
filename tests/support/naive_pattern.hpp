#pragma once
#include "support/json_tree.hpp"

namespace signalbox::test {

/// Whether an event pattern in the strict reading (docs/filters.md) matches an event, any JSON object.
///
/// The reference for what compiles patterns: it tries every way through the pattern, and for every field
/// every array element, and shares no code with what it is there to check.  It does not judge whether the
/// pattern is valid, and takes exponential time.
bool naive_match(const JsonTree& pattern, const JsonTree& event);

}  // namespace signalbox::test
