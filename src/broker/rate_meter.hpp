#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "signalbox/clock.hpp"

namespace signalbox::broker {

/// How many a second, over the last ten whole seconds.  One thread at a time marks, any reads; no locks.
class RateMeter {
 public:
  void mark(TimePoint now, std::uint32_t count = 1) {
    const auto second = second_of(now);
    auto& slot = slots_[second % slots_.size()];
    const auto seen = slot.load(std::memory_order_relaxed);
    slot.store((seen >> 32 == second ? seen : std::uint64_t{second} << 32) + count, std::memory_order_relaxed);
  }

  double per_second(TimePoint now) const {
    const auto second = second_of(now);
    std::uint64_t sum = 0;
    for (const auto& slot : slots_) {
      const auto seen = slot.load(std::memory_order_relaxed);
      const auto age = second - static_cast<std::uint32_t>(seen >> 32);
      if (age >= 1 && age <= kSeconds) sum += seen & 0xffffffff;
    }
    return static_cast<double>(sum) / kSeconds;
  }

 private:
  static constexpr std::uint32_t kSeconds = 10;
  static std::uint32_t second_of(TimePoint now) {
    return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count()) + kSeconds + 1;
  }
  std::array<std::atomic<std::uint64_t>, 16> slots_{};  // second << 32 | count
};

}  // namespace signalbox::broker
