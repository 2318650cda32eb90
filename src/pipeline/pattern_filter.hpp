#pragma once
#include <memory>

#include "pipeline/filter.hpp"
#include "pipeline/pattern.hpp"

namespace signalbox::pipeline {

/// Compiles a pattern's text.
/// Errors: invalid_argument, too_large; the message begins with the JSON Pointer of what is wrong.
Result<std::shared_ptr<const Filter>> compile_pattern(std::string_view text, PatternReading reading);

}  // namespace signalbox::pipeline
