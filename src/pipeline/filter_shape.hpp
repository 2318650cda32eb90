#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/field_set.hpp"
#include "pipeline/value_key.hpp"

namespace signalbox::pipeline {

/// A field that a filter cannot match without.
struct Requirement {
  std::size_t field = 0;         ///< index in FilterShape::fields
  std::vector<ValueKey> keys{};  ///< one of its values has one of these; empty: any value will do
  bool by_address = false;       ///< some of the keys are address keys
};

/// What a filter looks at, and what an event must have for the filter to match.
struct FilterShape {
  std::vector<std::string> fields;  ///< paths as in FieldSet, each once

  /// If the filter matches an event, then all requirements of one of these hold.  One without requirements
  /// says nothing: the filter has to be asked about every event.  Not empty.
  std::vector<std::vector<Requirement>> alternatives;

  bool always = false;  ///< matches every event: there is nothing to ask
};

}  // namespace signalbox::pipeline
