#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "signalbox/publisher.hpp"
#include "signalbox/target.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::connector::channel {

/// The extension attribute that counts how often an event has gone from one channel to another.
inline constexpr std::string_view kHopsAttribute = "signalboxhops";
/// An event that has gone so far goes no further: rules that lead in a circle end here.
inline constexpr int kHopsMost = 16;

/// Of an event that has been through no channel but its first: 0.
int hops_of(const Event& event);
/// The event as it enters its next channel: the same but for one more hop.
Event with_one_more_hop(const Event& event);

/// Another channel of the same tenant, or the same one again: an attempt is durable there when it is
/// delivered.
///
/// The event keeps its id and source.  What the other channel refuses for now (the tenant's limits, too much
/// under way, it is starting) fails and is tried again.
class ChannelTarget final : public Target {
 public:
  ChannelTarget(std::string channel, TargetContext context)
      : channel_(std::move(channel)), context_(std::move(context)) {}

  /// Waits until `deadline` for the channel to be there.  A publish that has begun is waited for, whatever
  /// `deadline` and cancellation say: it is on its way into the log.
  boost::asio::awaitable<Outcome> deliver(std::span<const Shipment> events, TimePoint deadline) override;

 private:
  boost::asio::awaitable<std::shared_ptr<Publisher>> find(TimePoint deadline);

  const std::string channel_;
  const TargetContext context_;
};

}  // namespace signalbox::connector::channel
