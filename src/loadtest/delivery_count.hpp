#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "loadtest/counting_target.hpp"
#include "loadtest/event_token.hpp"

namespace signalbox::loadtest {

/// Remembers for each event of one path how often it was tried and taken: two bytes an event.
class PathCount {
 public:
  PathStats stats;

  /// Counts an attempt; returns how many there were, this one included (stops at 255).
  unsigned count_attempt(const EventToken& token);
  /// Counts a delivery; true when it was the event's first.
  bool count_delivery(const EventToken& token);

 private:
  struct Seen {
    std::uint8_t attempts = 0;
    bool delivered = false;
  };
  Seen& seen(const EventToken& token);

  static constexpr std::uint64_t kDense = 1 << 24;  // sequences below it index a vector
  std::unordered_map<std::uint32_t, std::vector<Seen>> runs_;
  std::unordered_map<std::string, Seen> sparse_;  // by the token's run and sequence
};

}  // namespace signalbox::loadtest
