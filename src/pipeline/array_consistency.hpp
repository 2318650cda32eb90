#pragma once
#include "pipeline/pattern_match.hpp"

namespace signalbox::pipeline {

/// Whether all fields on a way can be matched, or be absent, with values that agree about every array, and
/// its negations then hold.  A value inside an array's element chooses that element, and no field of a scope
/// that shares the choice may choose another one of the same array.
///
/// Fields are taken in the order of the way, which matters for absence: a field is absent when none of its
/// values agrees with the elements chosen by the fields before it.
bool match_consistently(PatternMatch& match, const WayCode& way);

}  // namespace signalbox::pipeline
