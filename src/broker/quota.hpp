#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "broker/plan.hpp"
#include "signalbox/clock.hpp"

namespace signalbox::broker {

/// A tenant's limits on ingest, shared by its channels.  Thread-safe and lock-free.
///
/// The rate is a generic cell rate algorithm with a burst of one second's worth: one atomic holds the time up to
/// which the tenant has used its share.
class Quota {
 public:
  void set(const TenantLimits& limits) {
    ns_per_event_.store(limits.events.per_second > 0 ? static_cast<std::int64_t>(1e9 / limits.events.per_second) : 0,
                        std::memory_order_relaxed);
    stored_limit_.store(limits.stored.value, std::memory_order_relaxed);
  }

  /// Takes `events` from the rate; how long to wait when it may not (zero: taken).
  Duration take(std::size_t events, TimePoint now);

  /// True when the tenant's channels hold as much as they may.
  bool storage_full() const {
    const auto limit = stored_limit_.load(std::memory_order_relaxed);
    return limit != 0 && stored_.load(std::memory_order_relaxed) >= static_cast<std::int64_t>(limit);
  }
  void add_stored(std::int64_t bytes) { stored_.fetch_add(bytes, std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> ns_per_event_{0};
  std::atomic<std::int64_t> used_up_to_{0};
  std::atomic<std::uint64_t> stored_limit_{0};
  std::atomic<std::int64_t> stored_{0};
};

}  // namespace signalbox::broker
