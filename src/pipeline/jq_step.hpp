#pragma once
#include <memory>
#include <string>

#include "pipeline/transform_step.hpp"

namespace signalbox::pipeline {

/// A step that is a jq program.  It reads the event in the JSON format.  Each of its results that is an
/// object with a `specversion` is an event in that format; any other is the data, as JSON, of an event that
/// is otherwise the one read.
///
/// Errors of accept(): invalid_argument, when a result that should be an event is no valid one.
std::unique_ptr<const ProgramStep> make_jq_step(std::string program);

}  // namespace signalbox::pipeline
