#pragma once
#include <string_view>

#include "signalbox/event.hpp"

namespace signalbox::event {

/// The extension attribute that counts how often an event has gone from one channel to another.
inline constexpr std::string_view kHopsAttribute = "signalboxhops";
/// An event that has gone so far goes no further: rules that lead in a circle end here.
inline constexpr int kHopsMost = 16;

/// 0 of an event that has been in no channel but its first; from 0 to kHopsMost.
int hops_of(const Event& event);
/// The same event, with that many.
Event with_hops(const Event& event, int hops);

}  // namespace signalbox::event
