#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "signalbox/event.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::broker {

/// For `order: key`: who may go and who must wait for an earlier event of the same key.  A value of one strand.
class KeyOrder {
 public:
  using Key = std::uint64_t;

  /// Of `partitionkey`, else `subject`; nullopt when the event has neither and so no order to keep.
  static std::optional<Key> key_of(const Event& event);

  /// True when `seq` may be sent now and holds its key from here on; false when it waits in line.
  bool begin(Key key, Seq seq);
  /// `seq` has come to its end (delivered, dead, dropped): the next of its key, which then holds the key.
  /// Nothing happens when `seq` does not hold the key (a redriven delivery is outside the order).
  std::optional<Seq> end(Key key, Seq seq);
  bool busy(Key key) const { return lines_.contains(key); }

  std::size_t waiting() const { return waiting_; }

 private:
  struct Line {
    Seq holder;
    std::deque<Seq> waiting;
  };
  std::unordered_map<Key, Line> lines_;
  std::size_t waiting_ = 0;
};

}  // namespace signalbox::broker
