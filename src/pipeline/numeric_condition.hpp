#pragma once
#include <optional>

#include "pipeline/pattern_reader.hpp"

namespace signalbox::pipeline {

/// Reads the argument of `numeric`: a range, or in the strict reading also a list of ranges.
bool read_numeric(PatternReader& reader, Condition& into);

/// The number just read, which must have an exact value.
std::optional<double> read_comparable(PatternReader& reader);

}  // namespace signalbox::pipeline
