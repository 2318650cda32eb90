#pragma once
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "signalbox/event.hpp"

namespace signalbox::delivery {

/// What `order: key` keeps in order: the extension `partitionkey`, else the subject; nullopt when the event
/// has neither and is delivered unordered.  The view lives as long as the event.
std::optional<std::string_view> ordering_key(const Event& event);

/// The same as a number for KeyLanes.  Two keys with one number only wait for each other without need.
/// Differs between runs of the program: never store it.
std::optional<std::uint64_t> ordering_key_hash(const Event& event);

/// The keys of one lane with `order: key` that have a delivery in flight or waiting for its retry: no other
/// event of such a key may begin, all others may.
///
/// A key is held from its event's first attempt until that event is delivered, dead or dropped, over all
/// retries in between.  The caller offers events in log order, those it could not begin again first: then the
/// events of one key begin in log order.  Bounded: when `limit` keys are held, no further key begins until
/// one is finished. Thread-safety: none.
class KeyLanes {
 public:
  static constexpr std::size_t kDefaultLimit = 1 << 16;

  explicit KeyLanes(std::size_t limit = kDefaultLimit) : limit_(limit) {}

  /// Holds the key; false when it is held already or full().
  bool try_begin(std::uint64_t key_hash);
  /// REQUIRES: the key is held.
  void finish(std::uint64_t key_hash);

  bool holds(std::uint64_t key_hash) const { return held_.contains(key_hash); }
  bool full() const { return held_.size() >= limit_; }
  std::size_t size() const { return held_.size(); }

 private:
  std::size_t limit_;
  boost::unordered_flat_set<std::uint64_t> held_;
};

}  // namespace signalbox::delivery
