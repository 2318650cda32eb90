#include "engine/local/keys.hpp"

#include <gtest/gtest.h>

namespace signalbox::engine::local {
namespace {

constexpr ChannelNumbers kChannel{1, 2};

WallTime micros(std::int64_t count) { return WallTime(std::chrono::microseconds(count)); }

TEST(Keys, sort_as_their_numbers_do) {
  EXPECT_LT(event_key(kChannel, 255).string(), event_key(kChannel, 256).string());
  EXPECT_LT(event_key(kChannel, ~Seq{0}).string(), event_key({1, 3}, 0).string());
  EXPECT_LT(event_key({1, ~0u}, 1).string(), event_key({2, 0}, 0).string());
  const auto retry = [](std::int64_t due, Seq seq) { return retry_key(kChannel, {LaneId(7), micros(due), seq}).string(); };
  EXPECT_LT(retry(-5, 9), retry(0, 1)) << "before 1970";
  EXPECT_LT(retry(0, 9), retry(1, 1));
  EXPECT_LT(retry(1, 1), retry(1, 2));
  EXPECT_LT(dead_letter_key(kChannel, {1, LaneId(9)}).string(), dead_letter_key(kChannel, {2, LaneId(1)}).string());
}

TEST(Keys, parts_come_back) {
  const RetryKey retry{LaneId(7), micros(-1'700'000'000'000'001), 99};
  EXPECT_EQ(parse_retry_key(retry_key(kChannel, retry)), retry);
  const DeadLetterKey letter{1234567890123, LaneId(8)};
  EXPECT_EQ(parse_dead_letter_key(dead_letter_key(kChannel, letter)), letter);
  EXPECT_EQ(parse_event_key(event_key(kChannel, 77)), 77u);
  EXPECT_EQ(parse_event_key("short"), 0u);
}

TEST(Keys, all_under_a_prefix_ends_right_after_it) {
  EXPECT_EQ(end_of("ab"), "ac");
  EXPECT_EQ(end_of(std::string("a\xff\xff", 3)), "b");
  const auto range = event_range(kChannel, 5, 6);
  EXPECT_EQ(range.from, event_key(kChannel, 5).string());
  EXPECT_EQ(range.to, event_key(kChannel, 7).string());
}

}  // namespace
}  // namespace signalbox::engine::local
