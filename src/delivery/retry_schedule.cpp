#include "delivery/retry_schedule.hpp"

#include <algorithm>
#include <cmath>

#include "delivery/dead_letter.hpp"

namespace signalbox::delivery {
namespace {

using Seconds = std::chrono::duration<double>;
constexpr Duration kRetryAfterMax = std::chrono::hours(24);

Decision dead(const char* reason) { return {Decision::Kind::dead, Duration::zero(), reason}; }

/// min(max, initial * factor^(n-1)), which std::pow may take to infinity on the way without harm.
Duration backoff(const RetryPolicy& policy, std::uint32_t attempts_made) {
  const double exponent = attempts_made > 0 ? attempts_made - 1.0 : 0.0;
  const double ceiling = Seconds(policy.max).count();
  const double wait = Seconds(policy.initial).count() * std::pow(std::max(policy.factor, 1.0), exponent);
  if (!(wait < ceiling)) return policy.max;
  return std::chrono::duration_cast<Duration>(Seconds(wait));
}

Duration jittered(RetryPolicy::Jitter jitter, Duration wait, double random) {
  switch (jitter) {
    case RetryPolicy::Jitter::none:
      return wait;
    case RetryPolicy::Jitter::full:
      return std::chrono::duration_cast<Duration>(Seconds(wait) * std::clamp(random, 0.0, 1.0));
  }
  return wait;
}

Decision retry_or_give_up(const RetryPolicy& policy, const Outcome& outcome, std::uint32_t attempts_made,
                          Duration age, double random) {
  if (attempts_made >= policy.attempts) return dead(reason::kAttemptsExhausted);
  auto wait = jittered(policy.jitter, backoff(policy, attempts_made), random);
  if (outcome.retry_after) wait = std::max(wait, std::min(*outcome.retry_after, kRetryAfterMax));
  age = std::max(age, Duration::zero());  // wall clocks step back
  if (age >= policy.max_age || wait > policy.max_age - age) return dead(reason::kExpired);
  return {Decision::Kind::retry, wait, ""};
}

}  // namespace

Decision decide(const RetryPolicy& policy, const Outcome& outcome, std::uint32_t attempts_made, Duration age,
                double random) {
  switch (outcome.kind) {
    case Outcome::Kind::delivered:
      return {Decision::Kind::delivered, Duration::zero(), ""};
    case Outcome::Kind::rejected:
      return dead(outcome.reason != nullptr ? outcome.reason : reason::kRejected);
    case Outcome::Kind::disabled:
      return dead(reason::kTargetDisabled);
    case Outcome::Kind::failed:
      return retry_or_give_up(policy, outcome, attempts_made, age, random);
  }
  return dead(reason::kRejected);
}

}  // namespace signalbox::delivery
