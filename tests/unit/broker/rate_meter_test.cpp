#include "broker/rate_meter.hpp"

#include <gtest/gtest.h>

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;

TEST(RateMeter, tells_the_mean_of_the_last_ten_seconds) {
  RateMeter meter;
  TimePoint now{1000s};
  EXPECT_DOUBLE_EQ(meter.per_second(now), 0);
  for (int i = 0; i < 100; ++i, now += 100ms) meter.mark(now, 5);
  EXPECT_DOUBLE_EQ(meter.per_second(now), 50);
  EXPECT_DOUBLE_EQ(meter.per_second(now + 5s), 25);
  EXPECT_DOUBLE_EQ(meter.per_second(now + 1min), 0) << "slots of an earlier round do not count";
}

}  // namespace
}  // namespace signalbox::broker
