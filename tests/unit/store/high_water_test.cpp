#include "store/high_water.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.hpp"

namespace signalbox::store {
namespace {

HighWater open(const test::TempDir& folder) {
  auto high_water = HighWater::open(folder.path());
  EXPECT_TRUE(high_water) << high_water.error().message;
  return std::move(*high_water);
}

void spoil(const test::TempDir& folder, std::streamoff at) {
  std::fstream file(folder.path() / "high-water", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file.put('!');
}

TEST(HighWater, new_file_has_no_mark) {
  const test::TempDir folder;
  EXPECT_FALSE(open(folder).mark());
}

TEST(HighWater, last_mark_is_read_back) {
  const test::TempDir folder;
  for (std::uint64_t group = 1; group <= 5; ++group) {
    ASSERT_TRUE(open(folder).write(Mark{group, 7, 100 * group}));
    EXPECT_EQ(open(folder).mark(), (Mark{group, 7, 100 * group}));
  }
}

TEST(HighWater, write_cut_short_leaves_the_mark_before) {
  const test::TempDir folder;
  auto high_water = open(folder);
  ASSERT_TRUE(high_water.write(Mark{1, 0, 0}));
  ASSERT_TRUE(high_water.write(Mark{2, 0, 0}));  // in the first slot
  spoil(folder, 20);
  EXPECT_EQ(open(folder).mark(), (Mark{1, 0, 0}));
}

TEST(HighWater, two_damaged_slots_are_no_mark) {
  const test::TempDir folder;
  auto high_water = open(folder);
  ASSERT_TRUE(high_water.write(Mark{1, 0, 0}));
  ASSERT_TRUE(high_water.write(Mark{2, 0, 0}));
  spoil(folder, 20);
  spoil(folder, 4096 + 20);
  EXPECT_FALSE(open(folder).mark());
}

}  // namespace
}  // namespace signalbox::store
