#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "signalbox/clock.hpp"

namespace signalbox::broker {

/// Live figures of one enrichment, since it was configured as it is; a snapshot.
struct EnrichmentStatus {
  std::string rule, target;
  std::size_t step = 1;          ///< of the transform, from 1
  std::uint64_t calls = 0;       ///< requests to the target
  std::uint64_t failures = 0;    ///< of these, those without an answer that could be used
  std::uint64_t cache_hits = 0;  ///< questions answered without a request of their own
  std::uint64_t cache_misses = 0;
  Duration calling{};  ///< time that the requests took, together
  std::size_t cache_entries = 0, cache_bytes = 0;
};

/// What is counted: written on the channel's strand, read from anywhere, and kept apart from what asks, so
/// that whoever reads never is the last to own that.
class EnrichmentFigures {
 public:
  EnrichmentFigures(std::string rule, std::string target, std::size_t step)
      : rule_(std::move(rule)), target_(std::move(target)), step_(step) {}

  void hit() { bump(hits_, 1); }
  void missed() { bump(misses_, 1); }
  void called(Duration took) {
    bump(calls_, 1);
    bump(calling_, took.count());
  }
  void failed() { bump(failures_, 1); }
  void cached(std::size_t entries, std::size_t bytes) {
    entries_.store(entries, std::memory_order_relaxed);
    bytes_.store(bytes, std::memory_order_relaxed);
  }

  EnrichmentStatus status() const {
    EnrichmentStatus status;
    status.rule = rule_;
    status.target = target_;
    status.step = step_;
    status.failures = failures_.load(std::memory_order_acquire);
    status.calls = calls_.load(std::memory_order_acquire);
    status.cache_hits = hits_.load(std::memory_order_relaxed);
    status.cache_misses = misses_.load(std::memory_order_relaxed);
    status.calling = Duration(calling_.load(std::memory_order_relaxed));
    status.cache_entries = entries_.load(std::memory_order_relaxed);
    status.cache_bytes = bytes_.load(std::memory_order_relaxed);
    return status;
  }

 private:
  // One writer: a load and a store are enough.
  template <class Number, class By>
  static void bump(std::atomic<Number>& n, By by) {
    n.store(n.load(std::memory_order_relaxed) + static_cast<Number>(by), std::memory_order_release);
  }

  const std::string rule_, target_;
  const std::size_t step_;
  std::atomic<std::uint64_t> calls_{0}, failures_{0}, hits_{0}, misses_{0};
  std::atomic<Duration::rep> calling_{0};
  std::atomic<std::size_t> entries_{0}, bytes_{0};
};

}  // namespace signalbox::broker
