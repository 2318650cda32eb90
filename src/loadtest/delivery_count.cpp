#include "loadtest/delivery_count.hpp"

#include <algorithm>
#include <limits>

namespace signalbox::loadtest {

unsigned PathCount::count_attempt(const EventToken& token) {
  auto& attempts = seen(token).attempts;
  if (attempts < std::numeric_limits<std::uint8_t>::max()) ++attempts;
  return attempts;
}

bool PathCount::count_delivery(const EventToken& token) {
  auto& known = seen(token);
  const bool first = !known.delivered;
  known.delivered = true;
  ++stats.delivered;
  if (first) ++stats.unique;
  return first;
}

PathCount::Seen& PathCount::seen(const EventToken& token) {
  if (token.sequence >= kDense) return sparse_[EventToken{token.run, token.sequence, 0}.text()];
  auto& events = runs_[token.run];
  if (token.sequence >= events.size())
    events.resize(std::max<std::size_t>(token.sequence + 1, events.size() * 2));
  return events[token.sequence];
}

}  // namespace signalbox::loadtest
