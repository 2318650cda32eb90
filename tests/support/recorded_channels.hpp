#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "signalbox/publisher.hpp"

namespace signalbox::test {

/// Channels that keep what is published into them, and answer what they are told to.
class RecordedChannels final : public TenantChannels {
 public:
  boost::asio::awaitable<Result<Receipt>> publish(std::string channel, Event event,
                                                  TimePoint) const override {
    if (refuse) co_return *refuse;
    published.emplace_back(std::move(channel), std::move(event));
    co_return Receipt();
  }

  std::optional<Error> refuse;
  mutable std::vector<std::pair<std::string, Event>> published;
};

}  // namespace signalbox::test
