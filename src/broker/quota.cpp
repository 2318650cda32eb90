#include "broker/quota.hpp"

#include <algorithm>

namespace signalbox::broker {

Duration Quota::take(std::size_t events, TimePoint now) {
  const auto cost = ns_per_event_.load(std::memory_order_relaxed) * static_cast<std::int64_t>(events);
  if (cost == 0) return Duration::zero();
  constexpr std::int64_t kBurst = 1'000'000'000;
  const auto t = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
  auto used = used_up_to_.load(std::memory_order_relaxed);
  for (;;) {
    const auto begin = std::max(used, t);
    // A batch dearer than the whole burst is let in when nothing else is owed: else it never could be.
    if (begin - t > 0 && begin + cost - t > kBurst) return std::chrono::nanoseconds(begin + cost - t - kBurst);
    if (used_up_to_.compare_exchange_weak(used, begin + cost, std::memory_order_relaxed)) return Duration::zero();
  }
}

}  // namespace signalbox::broker
