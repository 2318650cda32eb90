#pragma once
#include <string>
#include <string_view>

#include "signalbox/clock.hpp"
#include "signalbox/publisher.hpp"

namespace signalbox::broker {

class Broker;

/// The channels of one tenant as its targets see them.  Looks into the topology of the moment, so that a
/// reload needs to tell nobody, and no channel owns another.
class ChannelsOfTenant final : public TenantChannels {
 public:
  /// `broker` and `clock` outlive what is published.
  ChannelsOfTenant(const Broker& broker, Clock& clock, std::string tenant)
      : broker_(broker), clock_(clock), tenant_(std::move(tenant)) {}

  boost::asio::awaitable<Result<Receipt>> publish(std::string channel, Event event,
                                                  TimePoint deadline) const override;

 private:
  const Broker& broker_;
  Clock& clock_;
  const std::string tenant_;
};

}  // namespace signalbox::broker
