#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/event_text.hpp"
#include "signalbox/channel_log.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/event.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::broker {

/// How a rule gathers the events that it takes into one delivery.  A value.
struct Aggregate {
  std::string by;                                  ///< what `key` was made of, as written; "": no key
  std::shared_ptr<const pipeline::EventText> key;  ///< nullptr: all events go into one group
  Duration every = std::chrono::hours(1);          ///< a group ends so long after its first event was accepted
  std::size_t up_to = 1'000;                       ///< events of a group, at most
  std::size_t bytes = 1'000 << 10;                 ///< of its events in the JSON format, unless one alone is larger
  EventGroup::Form form = EventGroup::Form::event;

  /// Equal for settings that gather alike; the same after a restart.
  std::uint64_t fingerprint() const;
  /// What decides which group an event joins; "" when there is no key, or the event does not have it.  At most
  /// kKeyBytesMost and fit for an attribute: any other key is told by its hash.
  std::string key_of(const Event& event) const;
};

inline constexpr std::size_t kKeyBytesMost = 256;

/// The type of the events that groups become, and the attributes that tell of the group.
inline constexpr std::string_view kAggregateType = "signalbox.aggregate";
inline constexpr std::string_view kAggregateCount = "aggregatecount";
inline constexpr std::string_view kAggregateKey = "aggregatekey";

/// The event that `members` become: its data is the array of them in the JSON format, its id tells the first and the
/// last seq, its source the rule, its time is when the last one was accepted, its subject the key.  The same members
/// always make the same event.
///
/// REQUIRES: at least one member, ascending.
Event make_aggregate(const ChannelName& channel, std::string_view rule, std::string_view key,
                     const std::vector<StoredEventPtr>& members);

}  // namespace signalbox::broker
