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
    retrying_ = totals.retrying;
  }
  void matched(std::uint64_t n = 1) { bump(matched_, n); }
  void delivered() { bump(delivered_, 1); }
  void dead() { bump(dead_, 1); }
  void dropped(std::uint64_t n = 1) { bump(dropped_, n); }
  void redriven() { bump(dead_, ~std::uint64_t{0}); }  // one less: it is pending again
  void retry_added() { bump(retrying_, 1); }
  void retry_ended() { bump(retrying_, ~std::uint64_t{0}); }
  void attempted() { bump(attempts_, 1); }
  void failed() { bump(failures_, 1); }

  /// What has ended is read before what has begun: a pending count from outside the strand is never too small.
  LaneTotals totals() const {
    LaneTotals t;
    t.retrying = retrying_.load(std::memory_order_acquire);
    t.delivered = delivered_.load(std::memory_order_acquire);
    t.dead = dead_.load(std::memory_order_acquire);
    t.dropped = dropped_.load(std::memory_order_acquire);
    t.matched = matched_.load(std::memory_order_acquire);
    return t;
  }
  std::uint64_t attempts() const { return attempts_.load(std::memory_order_relaxed); }
  std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

 private:
  // One writer: a load and a store are enough, and cheaper than a locked add.
  static void bump(std::atomic<std::uint64_t>& n, std::uint64_t by) {
    n.store(n.load(std::memory_order_relaxed) + by, std::memory_order_release);
  }
  std::atomic<std::uint64_t> matched_{0}, delivered_{0}, dead_{0}, dropped_{0}, retrying_{0};
  std::atomic<std::uint64_t> attempts_{0}, failures_{0};  // since the start of the process
};

}  // namespace signalbox::broker
