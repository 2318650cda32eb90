#include "delivery/retry_schedule.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>
#include <string>

#include "delivery/dead_letter.hpp"

namespace signalbox::delivery {
namespace {

using namespace std::chrono_literals;

const auto kFailed = Outcome::failed(500, "boom");

RetryPolicy without_jitter() {
  RetryPolicy policy;
  policy.jitter = RetryPolicy::Jitter::none;
  return policy;
}

TEST(RetrySchedule, each_outcome_has_its_decision_and_reason) {
  struct Case {
    Outcome outcome;
    std::uint32_t attempts_made;
    Duration age;
    Decision::Kind kind;
    const char* reason;
  };
  const Case cases[] = {
      {Outcome::delivered(200), 1, 0s, Decision::Kind::delivered, ""},
      {Outcome::delivered(200), 1000, 48h, Decision::Kind::delivered, ""},
      {Outcome::rejected(400, "no"), 1, 0s, Decision::Kind::dead, reason::kRejected},
      {Outcome::disabled(410, "gone"), 1, 0s, Decision::Kind::dead, reason::kTargetDisabled},
      {kFailed, 1, 0s, Decision::Kind::retry, ""},
      {kFailed, 184, 0s, Decision::Kind::retry, ""},
      {kFailed, 185, 0s, Decision::Kind::dead, reason::kAttemptsExhausted},
      {kFailed, 1, 24h, Decision::Kind::dead, reason::kExpired},
      {kFailed, 1, 30h, Decision::Kind::dead, reason::kExpired},
  };
  for (const auto& c : cases) {
    const auto decision = decide(RetryPolicy(), c.outcome, c.attempts_made, c.age, 0.5);
    EXPECT_EQ(decision.kind, c.kind) << c.attempts_made;
    EXPECT_STREQ(decision.reason, c.reason);
    EXPECT_EQ(decision.wait > 0s, decision.kind == Decision::Kind::retry);
  }
}

TEST(RetrySchedule, without_jitter_waits_double_up_to_the_cap) {
  const auto policy = without_jitter();
  const Duration expected[] = {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 512s, 600s, 600s};
  for (std::uint32_t n = 1; n <= std::size(expected); ++n)
    EXPECT_EQ(decide(policy, kFailed, n, 0s, 0.5).wait, expected[n - 1]) << n;
}

TEST(RetrySchedule, with_full_jitter_every_wait_lies_below_its_bound) {
  std::mt19937_64 generator(7);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (int i = 0; i < 5000; ++i) {
    RetryPolicy policy;
    policy.initial = std::chrono::milliseconds(1 + generator() % 100'000);
    policy.factor = 1 + 4 * uniform(generator);
    policy.max = std::chrono::milliseconds(1 + generator() % 1'000'000);
    policy.attempts = std::numeric_limits<std::uint32_t>::max();
    const auto attempt = static_cast<std::uint32_t>(1 + generator() % 200);
    const auto wait = decide(policy, kFailed, attempt, 0s, uniform(generator)).wait;
    policy.jitter = RetryPolicy::Jitter::none;
    const auto bound = decide(policy, kFailed, attempt, 0s, 0).wait;
    EXPECT_GE(wait, 0s);
    EXPECT_LE(wait, bound);
    EXPECT_LE(bound, policy.max);
    if (attempt == 1) {
      EXPECT_EQ(bound, std::min(policy.initial, policy.max));
    }
  }
}

TEST(RetrySchedule, full_jitter_spreads_evenly_over_the_whole_bound) {
  std::mt19937_64 generator(11);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::array<int, 10> buckets{};
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    const auto wait = decide(RetryPolicy(), kFailed, 5, 0s, uniform(generator)).wait;  // bound: 16 s
    ++buckets.at(static_cast<std::size_t>(wait / 1600ms));
  }
  for (int count : buckets) EXPECT_NEAR(count, kDraws / 10, kDraws / 100);
}

TEST(RetrySchedule, a_millionth_attempt_waits_the_cap) {
  auto policy = without_jitter();
  policy.attempts = std::numeric_limits<std::uint32_t>::max();
  for (double factor : {1.0001, 2.0, 1000.0}) {
    policy.factor = factor;
    for (std::uint32_t attempt : {1'000'000u, std::numeric_limits<std::uint32_t>::max() - 1})
      EXPECT_EQ(decide(policy, kFailed, attempt, 0s, 0.9).wait, policy.max);
  }
}

TEST(RetrySchedule, a_factor_of_one_waits_the_same_each_time) {
  auto policy = without_jitter();
  policy.factor = 1;
  for (std::uint32_t attempt : {1u, 2u, 100u}) EXPECT_EQ(decide(policy, kFailed, attempt, 0s, 0).wait, 1s);
}

TEST(RetrySchedule, retry_after_is_a_lower_bound) {
  const auto policy = without_jitter();
  EXPECT_EQ(decide(policy, Outcome::failed(429, "slow down", 30s), 1, 0s, 0).wait, 30s);
  EXPECT_EQ(decide(policy, Outcome::failed(429, "slow down", 1ms), 4, 0s, 0).wait, 8s);
  EXPECT_EQ(decide(policy, Outcome::failed(503, "later", -5s), 1, 0s, 0).wait, 1s);
}

TEST(RetrySchedule, retry_after_may_exceed_the_cap_but_not_a_day) {
  auto policy = without_jitter();
  EXPECT_EQ(decide(policy, Outcome::failed(503, "later", 2h), 1, 0s, 0).wait, 2h);
  policy.max_age = 24h * 30;
  EXPECT_EQ(decide(policy, Outcome::failed(503, "later", 24h * 365), 1, 0s, 0).wait, 24h);
}

TEST(RetrySchedule, a_next_attempt_beyond_max_age_is_given_up_now) {
  auto policy = without_jitter();
  policy.max_age = 60s;
  EXPECT_EQ(decide(policy, kFailed, 1, 59s, 0).kind,
            Decision::Kind::retry);  // exactly at max_age is still tried
  EXPECT_EQ(decide(policy, kFailed, 2, 59s, 0).kind, Decision::Kind::dead);
  EXPECT_STREQ(decide(policy, kFailed, 2, 59s, 0).reason, reason::kExpired);
  EXPECT_STREQ(decide(policy, Outcome::failed(503, "later", 61s), 1, 0s, 0).reason, reason::kExpired);
  EXPECT_STREQ(decide(policy, kFailed, 1, Duration::max(), 0).reason, reason::kExpired);
}

TEST(RetrySchedule, a_negative_age_after_a_clock_step_counts_as_none) {
  auto policy = without_jitter();
  policy.max_age = Duration::max();
  EXPECT_EQ(decide(policy, kFailed, 1, -1h, 0).wait, 1s);
}

TEST(RetrySchedule, a_single_attempt_means_no_retry) {
  RetryPolicy policy;
  policy.attempts = 1;
  EXPECT_STREQ(decide(policy, kFailed, 1, 0s, 0).reason, reason::kAttemptsExhausted);
}

TEST(RetrySchedule, decisions_depend_on_nothing_but_their_arguments) {
  for (std::uint32_t n = 1; n < 50; ++n)
    EXPECT_EQ(decide(RetryPolicy(), kFailed, n, 0s, 0.25).wait,
              decide(RetryPolicy(), kFailed, n, 0s, 0.25).wait);
}

}  // namespace
}  // namespace signalbox::delivery
