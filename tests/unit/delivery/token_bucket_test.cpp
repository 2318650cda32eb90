#include "delivery/token_bucket.hpp"

#include <gtest/gtest.h>

#include <random>

namespace signalbox::delivery {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint at(Duration since_start) { return TimePoint(since_start); }

TEST(TokenBucket, a_rate_of_zero_limits_nothing) {
  TokenBucket bucket(Rate{0});
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(bucket.try_take(1e9, at(0s)));
  EXPECT_EQ(bucket.next_available(5, at(3s)), at(3s));
}

TEST(TokenBucket, the_burst_is_a_tenth_of_a_second_and_at_least_one) {
  EXPECT_DOUBLE_EQ(TokenBucket(Rate{500}).burst(), 50);
  EXPECT_DOUBLE_EQ(TokenBucket(Rate{3}).burst(), 1);
  EXPECT_DOUBLE_EQ(TokenBucket(Rate{0.01}).burst(), 1);
}

TEST(TokenBucket, a_full_bucket_gives_its_burst_and_then_the_rate) {
  TokenBucket bucket(Rate{100});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.try_take(1, at(1s))) << i;
  EXPECT_FALSE(bucket.try_take(1, at(1s)));
  EXPECT_EQ(bucket.next_available(1, at(1s)), at(1010ms));
  EXPECT_FALSE(bucket.try_take(1, at(1009ms)));
  EXPECT_TRUE(bucket.try_take(1, at(1010ms)));
}

TEST(TokenBucket, next_available_is_exactly_when_taking_works) {
  std::mt19937_64 generator(3);
  for (double rate : {0.3, 1.0, 7.0, 333.0, 54321.0}) {
    TokenBucket bucket(Rate{rate});
    auto now = at(5s);
    for (int i = 0; i < 2000; ++i) {
      const auto n = static_cast<double>(1 + generator() % 3);
      const auto when = bucket.next_available(n, now);
      if (when > now) {
        auto early = bucket;
        EXPECT_FALSE(early.try_take(n, when - 1ns));
        now = when;
      }
      EXPECT_TRUE(bucket.try_take(n, now));
      now += std::chrono::microseconds(generator() % 1000);
    }
  }
}

TEST(TokenBucket, over_a_long_time_the_rate_is_kept) {
  for (double rate : {0.5, 10.0, 999.0, 20'000.0}) {
    TokenBucket bucket(Rate{rate});
    const auto span = rate < 100 ? 200s : 3s;
    const double expected = rate * std::chrono::duration<double>(span).count() + bucket.burst();
    double taken = 0;
    for (auto now = at(0s); now < at(span) && taken < 2 * expected;
         now = std::max(now, bucket.next_available(1, now)))
      if (bucket.try_take(1, now)) ++taken;
    EXPECT_NEAR(taken, expected, 1 + expected / 1000) << rate;
  }
}

TEST(TokenBucket, idle_time_saves_no_more_than_the_burst) {
  TokenBucket bucket(Rate{100});
  bucket.try_take(10, at(0s));
  int taken = 0;
  while (taken < 100 && bucket.try_take(1, at(1h))) ++taken;
  EXPECT_EQ(taken, 10);
}

TEST(TokenBucket, a_batch_above_the_burst_passes_and_is_paid_for) {
  TokenBucket bucket(Rate{10});  // burst 1
  EXPECT_TRUE(bucket.try_take(20, at(0s)));
  EXPECT_FALSE(bucket.try_take(1, at(1999ms)));
  EXPECT_EQ(bucket.next_available(1, at(0s)), at(2s));
  EXPECT_TRUE(bucket.try_take(20, at(2s)));
}

TEST(TokenBucket, very_low_rates_and_large_counts_do_not_overflow) {
  TokenBucket bucket(Rate{1e-12});
  EXPECT_TRUE(bucket.try_take(1e18, at(0s)));
  EXPECT_GT(bucket.next_available(1, at(0s)), at(24h * 365));
  EXPECT_FALSE(bucket.try_take(1, at(24h * 365)));
}

}  // namespace
}  // namespace signalbox::delivery
