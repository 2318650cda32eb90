#pragma once
#include "signalbox/event.hpp"
#include "support/json_tree.hpp"
#include "support/random_source.hpp"

namespace signalbox::test {

/// An object that a pattern matches, or nearly: for most of its fields a value that is accepted, alone, in
/// arrays or in one of several elements, beside others that are not.  The pattern is valid, in either
/// reading.
JsonTree random_object_for(RandomSource& random, const JsonTree& pattern);

/// An event for a pattern of event attributes and data: the same, and the attributes that every event has.
Event random_event_for(RandomSource& random, const JsonTree& pattern);

}  // namespace signalbox::test
