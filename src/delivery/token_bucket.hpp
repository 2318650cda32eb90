#pragma once
#include "signalbox/clock.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::delivery {

/// Limits a rate: tokens come in evenly, `rate` a second, and up to burst() of them wait to be taken.
///
/// The burst is a tenth of a second's worth and at least 1: enough that a limit of thousands a second does
/// not wake its user for every token, little enough that a target never sees more than a tenth above its rate
/// in a second. A bucket starts full.  Pure: time comes in and does not go back.  Thread-safety: none.
class TokenBucket {
 public:
  /// A rate of 0 does not limit.
  explicit TokenBucket(Rate rate);

  /// Takes `n` tokens when they are there.  More than burst() of them may be taken from a full bucket, which
  /// then owes them: a batch passes, and what follows waits the longer.
  bool try_take(double n, TimePoint now);

  /// When try_take(n) will say yes, if nobody takes anything before; `now` or earlier when it would already.
  TimePoint next_available(double n, TimePoint now) const;

  /// In tokens; 0 when nothing is limited.
  double burst() const { return burst_; }
  Rate rate() const { return rate_; }

 private:
  Duration time_for(double tokens) const;

  Rate rate_;
  double burst_ = 0;
  TimePoint full_at_{};  // when the bucket will be, or was, full: its level in one number that does not drift
};

}  // namespace signalbox::delivery
