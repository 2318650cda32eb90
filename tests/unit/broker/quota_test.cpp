#include "broker/quota.hpp"

#include <gtest/gtest.h>

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;

TEST(Quota, a_rate_is_kept_over_time_with_a_burst_of_one_second) {
  Quota quota;
  quota.set({Rate{100}, Bytes{0}});
  TimePoint now{100s};
  std::size_t taken = 0;
  for (int tick = 0; tick < 10'000; ++tick, now += 1ms)
    if (quota.take(1, now) == Duration::zero()) ++taken;
  EXPECT_NEAR(static_cast<double>(taken), 1'100, 15) << "10 s at 100/s and the burst";
}

TEST(Quota, what_is_refused_says_how_long_to_wait) {
  Quota quota;
  quota.set({Rate{10}, Bytes{0}});
  const TimePoint now{100s};
  while (quota.take(1, now) == Duration::zero()) {}
  const auto wait = quota.take(1, now);
  EXPECT_GT(wait, Duration::zero());
  EXPECT_EQ(quota.take(1, now + wait), Duration::zero());
}

TEST(Quota, without_limits_everything_passes) {
  Quota quota;
  EXPECT_EQ(quota.take(1'000'000, TimePoint{}), Duration::zero());
  EXPECT_FALSE(quota.storage_full());
}

TEST(Quota, storage_is_full_at_the_limit) {
  Quota quota;
  quota.set({Rate{0}, Bytes{100}});
  quota.add_stored(99);
  EXPECT_FALSE(quota.storage_full());
  quota.add_stored(1);
  EXPECT_TRUE(quota.storage_full());
}

}  // namespace
}  // namespace signalbox::broker
