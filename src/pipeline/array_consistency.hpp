#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "pipeline/field_test.hpp"
#include "pipeline/filter_input.hpp"

namespace signalbox::pipeline {

/// One field of a pattern beside its values in an event.
struct FieldMatch {
  const FieldTest* test = nullptr;
  std::span<const Leaf> leaves;
};

/// Leaves looked at before a search gives up and says no.  Only an event made to be hard (the same array name
/// many times in one object) comes near.
constexpr std::size_t kLeafVisitsMax = 1'000'000;

/// Whether all fields can be matched, or be absent, with values that agree about every array: a value inside
/// an array's element chooses that element, and no field may choose another one of the same array.
///
/// Fields are taken in the order given, which matters for absence: a field is absent when none of its values
/// agrees with the elements chosen by the fields before it.  At most kAlternativeFieldsMax fields.
bool match_consistently(const FilterInput& input, std::span<const FieldMatch> fields);

}  // namespace signalbox::pipeline
