#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace signalbox {

/// A number that cannot be mistaken for another kind of number.
template <class Tag, class Number>
struct StrongId {
  Number value{};
  constexpr StrongId() = default;
  constexpr explicit StrongId(Number v) : value(v) {}
  constexpr auto operator<=>(const StrongId&) const = default;
};

/// Position of an event in its channel's log: from 1, without gaps, in the order of acceptance.  0: before the first.
using Seq = std::uint64_t;

/// A rule of one channel, by number: given by the channel's log when the rule's name is first seen, and kept for ever,
/// so that a rule re-created under its name goes on where it was.
using RuleId = StrongId<struct RuleTag, std::uint32_t>;

/// A lane: one rule of a channel delivering to one of its targets.  It has its own position, retries and dead
/// letters.  Given by the channel's log when (rule name, target name) is first seen, and kept for ever.
using LaneId = StrongId<struct LaneTag, std::uint32_t>;

/// A channel by its names, as in `/v1/{tenant}/{channel}/events`.
struct ChannelName {
  std::string tenant;
  std::string channel;
  auto operator<=>(const ChannelName&) const = default;
};

}  // namespace signalbox

template <class Tag, class Number>
struct std::hash<signalbox::StrongId<Tag, Number>> {
  std::size_t operator()(const signalbox::StrongId<Tag, Number>& id) const noexcept {
    return std::hash<Number>{}(id.value);
  }
};
