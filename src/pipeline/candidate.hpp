#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace signalbox::pipeline {

/// A rule by its place in an index.
using RuleIndex = std::uint32_t;

/// A bit that tells whether an event has something that a rule needs; 0: needs nothing.
using Check = std::uint16_t;

/// What one event has of what rules need, as far as 2,047 bits can tell: too much, never too little.
class EventBits {
 public:
  void clear() {
    words_.fill(0);
    words_[0] = 1;  // nothing is always there
  }
  static Check check_of(std::uint64_t key) { return static_cast<Check>(1 + (key >> 20) % (kBits - 1)); }
  void set(Check check) { words_[check / 64] |= std::uint64_t{1} << check % 64; }
  bool has(Check check) const { return (words_[check / 64] >> check % 64 & 1) != 0; }

 private:
  static constexpr std::size_t kBits = 2048;
  std::array<std::uint64_t, kBits / 64> words_{};
};

/// A rule that might match, and two more things that the event must have for it.
struct Candidate {
  RuleIndex rule = 0;
  std::array<Check, 2> checks{};
  bool possible(const EventBits& event) const { return event.has(checks[0]) && event.has(checks[1]); }
};

}  // namespace signalbox::pipeline
