#include "delivery/key_lanes.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace signalbox::delivery {
namespace {

Event event_with(std::initializer_list<std::pair<const char*, const char*>> attributes) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "s").set("type", "t");
  for (const auto& [name, value] : attributes) builder.set(name, value);
  return builder.build();
}

TEST(OrderingKey, partitionkey_goes_before_subject) {
  EXPECT_EQ(ordering_key(event_with({{"subject", "order/1"}, {"partitionkey", "ann"}})), "ann");
  EXPECT_EQ(ordering_key(event_with({{"subject", "order/1"}})), "order/1");
  EXPECT_EQ(ordering_key(event_with({{"subject", "order/1"}, {"partitionkey", ""}})), "order/1");
  EXPECT_EQ(ordering_key(event_with({})), std::nullopt);
}

TEST(OrderingKey, equal_keys_have_equal_hashes_wherever_they_come_from) {
  EXPECT_EQ(ordering_key_hash(event_with({{"subject", "a"}})),
            ordering_key_hash(event_with({{"partitionkey", "a"}})));
  EXPECT_NE(ordering_key_hash(event_with({{"subject", "a"}})),
            ordering_key_hash(event_with({{"subject", "b"}})));
  EXPECT_EQ(ordering_key_hash(event_with({})), std::nullopt);
}

TEST(KeyLanes, a_held_key_keeps_back_its_own_events_and_no_others) {
  KeyLanes lanes;
  EXPECT_TRUE(lanes.try_begin(1));
  EXPECT_FALSE(lanes.try_begin(1));
  EXPECT_TRUE(lanes.try_begin(2));
  EXPECT_TRUE(lanes.holds(1));
  EXPECT_FALSE(lanes.holds(3));
  EXPECT_EQ(lanes.size(), 2u);
}

TEST(KeyLanes, a_finished_key_may_begin_again) {
  KeyLanes lanes;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(lanes.try_begin(7));
    lanes.finish(7);
  }
  EXPECT_EQ(lanes.size(), 0u);
}

TEST(KeyLanes, when_full_no_further_key_begins_until_one_is_finished) {
  KeyLanes lanes(3);
  for (std::uint64_t key : {10u, 11u, 12u}) EXPECT_TRUE(lanes.try_begin(key));
  EXPECT_TRUE(lanes.full());
  EXPECT_FALSE(lanes.try_begin(13));
  lanes.finish(11);
  EXPECT_TRUE(lanes.try_begin(13));
}

TEST(KeyLanes, zero_is_a_key_like_any_other) {
  KeyLanes lanes;
  EXPECT_FALSE(lanes.holds(0));
  EXPECT_TRUE(lanes.try_begin(0));
  EXPECT_FALSE(lanes.try_begin(0));
  lanes.finish(0);
  EXPECT_FALSE(lanes.holds(0));
}

}  // namespace
}  // namespace signalbox::delivery
