#pragma once
#include <cstddef>
#include <cstdint>

namespace signalbox::pipeline {

/// Steps that one pattern may take for one event, a step being about a nanosecond: when they are over the
/// answer is no.  Only an event made to be hard comes near.
constexpr std::int64_t kMatchStepsMax = 64'000'000;
/// Steps of looking at one leaf while searching for elements that agree.
constexpr std::size_t kStepsPerLeaf = 64;

/// What is left of that.
class MatchWork {
 public:
  void spend(std::size_t steps) { left_ -= static_cast<std::int64_t>(steps); }
  bool is_over() const { return left_ < 0; }
  std::int64_t spent() const { return kMatchStepsMax - left_; }

 private:
  std::int64_t left_ = kMatchStepsMax;
};

}  // namespace signalbox::pipeline
