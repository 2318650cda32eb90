#pragma once
#include <cstdint>
#include <optional>

#include "signalbox/clock.hpp"
#include "signalbox/target.hpp"

namespace signalbox::delivery {

/// How a rule's `retry:` says a failing delivery is tried again.  The defaults are the product's.
struct RetryPolicy {
  enum class Jitter : std::uint8_t { none, full };
  std::uint32_t attempts = 185;                          ///< in all, the first included
  Duration initial = std::chrono::seconds(1);
  double factor = 2;
  Duration max = std::chrono::minutes(10);
  Jitter jitter = Jitter::full;
  Duration max_age = std::chrono::hours(24);             ///< since accepted (or redriven)
  bool operator==(const RetryPolicy&) const = default;
};

/// What to do after an attempt.
struct Decision {
  enum class Kind : std::uint8_t { delivered, retry, dead };
  Kind kind = Kind::delivered;
  Duration wait{};            ///< for retry: from now
  const char* reason = "";    ///< for dead: a name of delivery/dead_letter.hpp
};

/// Pure: outcome, numbers and a random number in, decision out.
///
/// `attempts_made` counts this one; `age` is the time since acceptance or redrive; `random` is uniform in [0, 1).
/// Exponential backoff: the n-th wait lies below min(max, initial * factor^(n-1)), all of it random with full jitter.
/// A target's Retry-After is a lower bound (capped at a day).  A delivery whose next attempt would lie beyond max_age
/// is dead now.
Decision decide(const RetryPolicy& policy, const Outcome& outcome, std::uint32_t attempts_made, Duration age, double random);

}  // namespace signalbox::delivery
