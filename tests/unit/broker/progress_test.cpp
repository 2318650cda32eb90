#include "broker/progress.hpp"

#include <gtest/gtest.h>

namespace signalbox::broker {
namespace {

TEST(Progress, the_watermark_follows_the_lowest_unfinished) {
  Progress progress;
  for (Seq seq : {3, 5, 6, 9}) progress.begin(seq);
  progress.end(5);
  progress.end(9);
  EXPECT_EQ(progress.lowest(), 3u);
  EXPECT_EQ(progress.finished_above(), std::vector<Seq>({5, 9}));
  EXPECT_EQ(progress.unfinished(), 2u);
  progress.end(3);
  EXPECT_EQ(progress.lowest(), 6u);
  EXPECT_EQ(progress.finished_above(), std::vector<Seq>({9}));
  progress.end(6);
  EXPECT_TRUE(progress.empty());
}

}  // namespace
}  // namespace signalbox::broker
