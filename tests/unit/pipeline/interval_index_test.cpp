#include "pipeline/interval_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace signalbox::pipeline {
namespace {

std::vector<std::uint32_t> found_in(const IntervalIndex& index, double value) {
  std::vector<std::uint32_t> found;
  index.find(value, [&](Candidate candidate) { found.push_back(candidate.rule); });
  std::sort(found.begin(), found.end());
  return found;
}

TEST(IntervalIndex, an_empty_one_finds_nothing) {
  IntervalIndex index;
  index.build();
  EXPECT_TRUE(found_in(index, 0).empty());
}

TEST(IntervalIndex, ranges_without_an_end_go_on_for_ever) {
  IntervalIndex index;
  index.add({5.0, std::nullopt, true, false}, Candidate{1});
  index.add({std::nullopt, 5.0, false, true}, Candidate{2});
  index.build();
  EXPECT_EQ(found_in(index, -1e300), std::vector<std::uint32_t>{2});
  EXPECT_EQ(found_in(index, 5), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(found_in(index, 1e300), std::vector<std::uint32_t>{1});
}

TEST(IntervalIndex, finds_what_asking_each_range_finds) {
  std::mt19937 random(3);
  for (const std::uint32_t count : {1u, 2u, 3u, 50u, 257u}) {
    IntervalIndex index;
    std::vector<NumericRange> ranges;
    for (std::uint32_t entry = 0; entry < count; ++entry) {
      const auto bottom = static_cast<double>(random() % 40),
                 top = bottom + static_cast<double>(random() % 20);
      ranges.push_back({bottom, top, true, true});
      index.add(ranges.back(), Candidate{entry});
    }
    index.build();
    for (double value = -1; value < 62; ++value) {
      std::vector<std::uint32_t> expected;
      for (std::uint32_t entry = 0; entry < count; ++entry)
        if (ranges[entry].contains(value)) expected.push_back(entry);
      ASSERT_EQ(found_in(index, value), expected) << value << " of " << count;
    }
  }
}

}  // namespace
}  // namespace signalbox::pipeline
