#include "connector/channel/channel_target.hpp"

#include <optional>

#include "delivery/dead_letter.hpp"
#include "event/hops.hpp"

namespace signalbox::connector::channel {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr Duration kRefusedPause = 1s;  // before what was refused for want of room is tried again

Outcome outcome_of(const Error& error) {
  const bool pushed_back = error.code == Errc::over_quota || error.code == Errc::overloaded;
  return Outcome::failed(0, error.message,
                         pushed_back ? std::optional<Duration>(kRefusedPause) : std::nullopt);
}

}  // namespace

asio::awaitable<Outcome> ChannelTarget::deliver(std::span<const Shipment> events, TimePoint deadline) {
  const Event& event = *events.front().event;
  const auto hops = event::hops_of(event);
  if (hops >= event::kHopsMost)
    co_return Outcome::rejected_because(
        delivery::reason::kTooManyHops,
        "went through " + std::to_string(hops) + " channels: do rules lead in a circle?");
  auto next = event::with_hops(event, hops + 1);
  const auto receipt = co_await context_.channels->publish(channel_, std::move(next), deadline);
  if (!receipt) co_return outcome_of(receipt.error());
  co_return Outcome::delivered(0);
}

}  // namespace signalbox::connector::channel
