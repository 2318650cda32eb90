#include "delivery/token_bucket.hpp"

#include <algorithm>

namespace signalbox::delivery {
namespace {

constexpr double kBurstSeconds = 0.1;
constexpr double kLongestSeconds = 10.0 * 365 * 24 * 3600;  // keeps sums of time points from overflowing

}  // namespace

TokenBucket::TokenBucket(Rate rate) : rate_(rate) {
  if (rate_.per_second > 0) burst_ = std::max(1.0, rate_.per_second * kBurstSeconds);
}

bool TokenBucket::try_take(double n, TimePoint now) {
  if (burst_ == 0) return true;
  if (now < next_available(n, now)) return false;
  full_at_ = std::max(now, full_at_) + time_for(n);
  return true;
}

TimePoint TokenBucket::next_available(double n, TimePoint now) const {
  if (burst_ == 0) return now;
  return full_at_ - time_for(burst_ - std::min(n, burst_));
}

Duration TokenBucket::time_for(double tokens) const {
  const std::chrono::duration<double> seconds(std::min(tokens / rate_.per_second, kLongestSeconds));
  return std::chrono::duration_cast<Duration>(seconds);
}

}  // namespace signalbox::delivery
