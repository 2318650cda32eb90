#include "connector/channel/channel_target.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <utility>
#include <vector>

#include "delivery/dead_letter.hpp"

namespace signalbox::connector::channel {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr Duration kLookAgain = 50ms;   // for a channel that is not there yet
constexpr Duration kRefusedPause = 1s;  // before what was refused for want of room is tried again

/// All channels are being stopped: an attempt is cut off and comes again after the next start.
[[noreturn]] void cut_off() { throw boost::system::system_error(asio::error::operation_aborted); }

Outcome outcome_of(const Error& error) {
  const bool pushed_back = error.code == Errc::over_quota || error.code == Errc::overloaded;
  return Outcome::failed(0, error.message,
                         pushed_back ? std::optional<Duration>(kRefusedPause) : std::nullopt);
}

}  // namespace

int hops_of(const Event& event) {
  const auto text = event.value(kHopsAttribute);
  int hops = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), hops);
  if (ec == std::errc::result_out_of_range) return kHopsMost;
  return ec == std::errc() && end == text.data() + text.size() ? std::clamp(hops, 0, kHopsMost) : 0;
}

Event with_one_more_hop(const Event& event) {
  return EventBuilder::from(event)
      .set(kHopsAttribute, std::to_string(hops_of(event) + 1), AttributeType::integer)
      .build();
}

asio::awaitable<Outcome> ChannelTarget::deliver(std::span<const Shipment> events, TimePoint deadline) {
  const Event& event = *events.front().event;
  if (hops_of(event) >= kHopsMost)
    co_return Outcome::rejected_because(
        delivery::reason::kTooManyHops,
        "went through " + std::to_string(kHopsMost) + " channels: do rules lead in a circle?");
  const auto channel = co_await find(deadline);
  if (!channel) co_return Outcome::failed(0, "channel " + channel_ + " does not run");
  std::vector<Event> next;
  next.push_back(with_one_more_hop(event));
  const auto receipt = co_await channel->publish(std::move(next));
  if (receipt) co_return Outcome::delivered(0);
  if (context_.channels->stopping()) cut_off();
  co_return outcome_of(receipt.error());
}

asio::awaitable<std::shared_ptr<Publisher>> ChannelTarget::find(TimePoint deadline) {
  for (;;) {
    if (context_.channels->stopping()) cut_off();
    auto channel = context_.channels->find(channel_);
    const auto now = context_.clock.now();
    if (channel || now >= deadline) co_return channel;
    co_await context_.clock.sleep_until(std::min(deadline, now + kLookAgain));
  }
}

}  // namespace signalbox::connector::channel
