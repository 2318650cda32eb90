#pragma once
#include "pipeline/alternatives.hpp"
#include "pipeline/cesql_program.hpp"

namespace signalbox::pipeline {

/// What an event must have for the expression to be true without an error.  The fields are the numbers of the
/// attributes.
Alternatives needs_of(const CesqlProgram& program);

}  // namespace signalbox::pipeline
