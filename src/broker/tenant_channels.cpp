#include "broker/tenant_channels.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <utility>
#include <vector>

#include "broker/broker.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr Duration kPollInterval = 50ms;  // for a channel that is still to start

/// Everything stops: the attempt is cut off, which is no failure, and comes again after the next start.
[[noreturn]] void cut_off() { throw boost::system::system_error(asio::error::operation_aborted); }

}  // namespace

asio::awaitable<Result<Receipt>> ChannelsOfTenant::publish(std::string channel, Event event,
                                                           TimePoint deadline) const {
  std::vector<Event> events;
  events.push_back(std::move(event));
  for (;;) {
    if (broker_.stopping()) cut_off();
    if (const auto found = broker_.topology()->find(tenant_, channel)) {
      auto receipt = co_await found->publish(std::move(events));
      if (!receipt && broker_.stopping()) cut_off();
      co_return receipt;
    }
    const auto now = clock_.now();
    if (now >= deadline) co_return Error(Errc::not_found, "channel " + channel + " does not run");
    co_await clock_.sleep_until(std::min(deadline, now + kPollInterval));
  }
}

}  // namespace signalbox::broker
