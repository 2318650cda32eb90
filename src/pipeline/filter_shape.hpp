#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/field_set.hpp"
#include "pipeline/filter_input.hpp"

namespace signalbox::pipeline {

/// A value as an index sees it: equal values have equal keys, others nearly never.
using ValueKey = std::uint64_t;

/// The key by which a leaf is found among exact values.
ValueKey value_key(const Leaf& leaf);
/// The key of a string that is an IP address, by its address; 0 for all other leaves.
ValueKey address_key(const Leaf& leaf);

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
