#pragma once
#include <atomic>
#include <cstddef>

namespace signalbox::broker {

/// The budget for events that lanes hold in memory; a lane that gets none reads from the log later.  Thread-safe.
class TailMemory {
 public:
  explicit TailMemory(std::size_t limit) : limit_(limit) {}

  bool try_take(std::size_t bytes) {
    if (used_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= limit_) return true;
    give_back(bytes);
    return false;
  }
  /// For what must be read whatever the budget says: one event at least, so that a lane always moves.
  void take(std::size_t bytes) { used_.fetch_add(bytes, std::memory_order_relaxed); }
  void give_back(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  bool tight() const { return used() > limit_ / 2; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace signalbox::broker
