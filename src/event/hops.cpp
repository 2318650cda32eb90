#include "event/hops.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace signalbox::event {

int hops_of(const Event& event) {
  const auto text = event.value(kHopsAttribute);
  int hops = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), hops);
  if (ec == std::errc::result_out_of_range) return kHopsMost;
  return ec == std::errc() && end == text.data() + text.size() ? std::clamp(hops, 0, kHopsMost) : 0;
}

Event with_hops(const Event& event, int hops) {
  return EventBuilder::from(event).set(kHopsAttribute, std::to_string(hops), AttributeType::integer).build();
}

}  // namespace signalbox::event
