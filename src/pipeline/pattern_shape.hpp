#pragma once
#include "pipeline/filter_shape.hpp"
#include "pipeline/pattern_code.hpp"

namespace signalbox::pipeline {

/// What a compiled pattern looks at and needs.
FilterShape shape_of(const PatternCode& code);

}  // namespace signalbox::pipeline
