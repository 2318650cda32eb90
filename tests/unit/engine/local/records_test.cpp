#include "engine/local/records.hpp"

#include <gtest/gtest.h>

#include "engine/local/bytes.hpp"

namespace signalbox::engine::local {
namespace {

WallTime at(int second) { return WallTime(std::chrono::seconds(1'700'000'000 + second)); }

TEST(Records, a_position_of_format_1_has_nothing_gathered) {
  std::string value;
  Writer out(value);
  for (const std::uint64_t number : {40, 0, 10, 5, 2, 1, 1}) out.varint(number);  // watermark, none above, totals
  const auto progress = read_progress(LaneId(3), value);
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->watermark, 40u);
  EXPECT_EQ(progress->totals, (LaneTotals{10, 5, 2, 1, 1, 0}));
}

TEST(Records, a_position_with_more_behind_it_is_none) {
  LaneProgress progress;
  progress.watermark = 40;
  std::string value;
  write_progress(value, progress);
  EXPECT_TRUE(read_progress(LaneId(3), value));
  EXPECT_FALSE(read_progress(LaneId(3), value + '\0'));
}

TEST(Records, a_group_cut_short_is_none) {
  Retry retry;
  retry.seq = 3;
  retry.first_attempt = at(0);
  retry.group.emplace();
  retry.group->key = "k";
  retry.group->members = {3, 300, 70'000};
  std::string value;
  write_retry(value, retry);
  const RetryKey key{LaneId(1), at(1), 3};
  ASSERT_TRUE(read_retry(key, value));
  EXPECT_EQ(read_retry(key, value)->group, retry.group);
  EXPECT_FALSE(has_own_event(value));
  for (std::size_t size = 0; size < value.size(); ++size) EXPECT_FALSE(read_retry(key, value.substr(0, size))) << size;
  EXPECT_FALSE(read_retry(RetryKey{LaneId(1), at(1), 4}, value)) << "its first member is not that of its key";
}

}  // namespace
}  // namespace signalbox::engine::local
