#pragma once
#include <cstdint>

#include "schema/json_tape.hpp"

namespace signalbox::schema {

/// What comparing may still cost: one a value looked at, and more for long ones.
using WorkLeft = std::int64_t;

/// Whether two values are equal as JSON Schema has it: numbers by value, strings by their characters, objects
/// whatever the order of their members.  False, with nothing left, when the work runs out.
bool equal(const JsonTape& a, TapeIndex at_a, const JsonTape& b, TapeIndex at_b, WorkLeft& left);

/// Equal values have equal hashes.
std::uint64_t hash_of_value(const JsonTape& tape, TapeIndex at, WorkLeft& left);

}  // namespace signalbox::schema
