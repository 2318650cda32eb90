#pragma once
#include <cstddef>
#include <vector>

#include "pipeline/pattern_code.hpp"

namespace signalbox::pipeline {

struct EncodedPattern {
  std::vector<std::byte> bytes;
  PatternExtras extras;
};

/// Writes an expanded pattern as PatternCode reads it.
EncodedPattern encode_pattern(const ExpandedPattern& pattern, PatternReading reading);

}  // namespace signalbox::pipeline
