#pragma once
#include <span>

#include "pipeline/cesql_program.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/mismatch.hpp"

namespace signalbox::pipeline {

/// Why an expression does not pass an event: of operands joined by AND the first that is not true, with its
/// place ("character 17", from 0), the error if there was one, and the attributes it looks at.
///
/// `attributes` are the names by their numbers, `fields[i]` the number of attribute i in the set that `input`
/// was filled for.  REQUIRES: it does not pass the event.
Mismatch explain_cesql(const CesqlProgram& program, const AttributeNames& attributes,
                       const FilterInput& input, std::span<const FieldId> fields);

}  // namespace signalbox::pipeline
