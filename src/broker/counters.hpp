#pragma once
#include <atomic>
#include <cstdint>

#include "signalbox/channel_log.hpp"

namespace signalbox::broker {

/// A lane's totals: written on the channel's strand, read from anywhere.
class LaneCounters {
 public:
  void load(const LaneTotals& totals) {
    matched_ = totals.matched, delivered_ = totals.delivered, dead_ = totals.dead, dropped_ = totals.dropped;
    retrying_ = totals.retrying, gathered_ = totals.gathered;
  }
  void matched(std::uint64_t n = 1) { bump(matched_, n); }
  void delivered(std::uint64_t n = 1) { bump(delivered_, n); }
  void dead(std::uint64_t n = 1) { bump(dead_, n); }
  void dropped(std::uint64_t n = 1) { bump(dropped_, n); }
  void redriven(std::uint64_t n = 1) { bump(dead_, -n); }  // so many less: they are pending again
  void retry_added(std::uint64_t n = 1) { bump(retrying_, n); }
  void retry_ended(std::uint64_t n = 1) { bump(retrying_, -n); }
  void gathered() { bump(gathered_, 1); }
  void ungathered(std::uint64_t n) { bump(gathered_, -n); }
  void group_closed() { bump(groups_closed_, 1); }
  void group_closed_early() { bump(groups_closed_early_, 1); }
  void open_groups(std::uint64_t n) { open_groups_.store(n, std::memory_order_relaxed); }
  void attempted() { bump(attempts_, 1); }
  void failed() { bump(failures_, 1); }

  /// What has ended is read before what has begun: a pending count from outside the strand is never too small.
  LaneTotals totals() const {
    LaneTotals t;
    t.retrying = retrying_.load(std::memory_order_acquire);
    t.gathered = gathered_.load(std::memory_order_acquire);
    t.delivered = delivered_.load(std::memory_order_acquire);
    t.dead = dead_.load(std::memory_order_acquire);
    t.dropped = dropped_.load(std::memory_order_acquire);
    t.matched = matched_.load(std::memory_order_acquire);
    return t;
  }
  std::uint64_t attempts() const { return attempts_.load(std::memory_order_relaxed); }
  std::uint64_t open_groups() const { return open_groups_.load(std::memory_order_relaxed); }
  std::uint64_t groups_closed() const { return groups_closed_.load(std::memory_order_relaxed); }
  std::uint64_t groups_closed_early() const { return groups_closed_early_.load(std::memory_order_relaxed); }
  std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

 private:
  // One writer: a load and a store are enough, and cheaper than a locked add.
  static void bump(std::atomic<std::uint64_t>& n, std::uint64_t by) {
    n.store(n.load(std::memory_order_relaxed) + by, std::memory_order_release);
  }
  std::atomic<std::uint64_t> matched_{0}, delivered_{0}, dead_{0}, dropped_{0}, retrying_{0}, gathered_{0};
  std::atomic<std::uint64_t> attempts_{0}, failures_{0}, groups_closed_{0}, groups_closed_early_{0};  // since the start of the process
  std::atomic<std::uint64_t> open_groups_{0};
};

}  // namespace signalbox::broker
