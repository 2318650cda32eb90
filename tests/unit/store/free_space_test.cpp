#include "store/free_space.hpp"

#include <gtest/gtest.h>

namespace signalbox::store {
namespace {

TEST(FreeSpace, below_enough_nothing_is_taken_in_but_work_goes_on) {
  FreeSpace space(1600, 100);
  space.measured(1600);
  EXPECT_TRUE(space.admit());
  space.measured(1599);
  ASSERT_FALSE(space.admit());
  EXPECT_EQ(space.admit().error().code, Errc::no_space);
  EXPECT_TRUE(space.may_write());
  space.measured(99);
  EXPECT_EQ(space.may_write().error().code, Errc::no_space);
}

TEST(FreeSpace, it_recovers_by_itself_a_little_above) {
  FreeSpace space(1600, 100);
  space.measured(1000);
  space.measured(1650);
  EXPECT_FALSE(space.admit());
  space.measured(1700);
  EXPECT_TRUE(space.admit());
}

TEST(FreeSpace, what_is_written_counts_twice_until_measured_again) {
  FreeSpace space(1600, 100);
  space.measured(2000);
  space.wrote(200);
  EXPECT_EQ(space.free_bytes(), 1600u);
  EXPECT_TRUE(space.admit());
  space.wrote(1);
  EXPECT_FALSE(space.admit());
  space.wrote(10'000);
  EXPECT_EQ(space.free_bytes(), 0u);
  space.measured(2000);
  EXPECT_TRUE(space.admit());
}

}  // namespace
}  // namespace signalbox::store
