#pragma once
#include <cstddef>
#include <deque>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "signalbox/clock.hpp"

namespace signalbox::broker {

/// The (source, id) of events accepted within a time: hashes of 128 bits, the oldest forgotten first.  A value of one
/// strand; at most kMost are remembered (about 60 bytes each).
class DedupWindow {
 public:
  static constexpr std::size_t kMost = 1'000'000;
  explicit DedupWindow(Duration span) : span_(std::chrono::duration_cast<std::chrono::microseconds>(span)) {}

  Duration span() const { return span_; }
  /// False when it is known already.
  bool insert(std::string_view source, std::string_view id, WallTime at);
  void forget_before(WallTime now);
  std::size_t size() const { return known_.size(); }

 private:
  struct Hash128 {
    std::uint64_t low, high;
    bool operator==(const Hash128&) const = default;
  };
  struct Low {
    std::size_t operator()(const Hash128& h) const { return h.low; }
  };
  std::chrono::microseconds span_;
  std::unordered_set<Hash128, Low> known_;
  std::deque<std::pair<WallTime, Hash128>> order_;
};

}  // namespace signalbox::broker
