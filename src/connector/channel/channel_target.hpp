#pragma once
#include <memory>
#include <string>
#include <utility>

#include "signalbox/target.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::connector::channel {

/// Another channel of the same tenant, or the same one again: an attempt is durable there when it is
/// delivered.
///
/// The event keeps its id and source.  What the other channel refuses for now (the tenant's limits, too much
/// under way, it is starting) fails and is tried again.
class ChannelTarget final : public Target {
 public:
  ChannelTarget(std::string channel, TargetContext context)
      : channel_(std::move(channel)), context_(std::move(context)) {}

  boost::asio::awaitable<Outcome> deliver(std::span<const Shipment> events, TimePoint deadline) override;

 private:
  const std::string channel_;
  const TargetContext context_;
};

}  // namespace signalbox::connector::channel
