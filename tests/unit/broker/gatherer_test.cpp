#include "broker/gatherer.hpp"

#include <gtest/gtest.h>

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;
using Why = Gatherer::Why;
using Seqs = std::vector<Seq>;

WallTime at(std::chrono::microseconds since) { return WallTime(std::chrono::seconds(1'700'000'000) + since); }

class GathererTest : public testing::Test {
 protected:
  GathererTest() {
    how.every = 30s;
    how.up_to = 3;
    how.bytes = 1'000;
  }
  Seq add(Seq seq, std::chrono::microseconds when, const std::string& key = "", std::size_t bytes = 10) {
    return gatherer.add({seq, key, bytes, at(when)}, how, closed);
  }
  const EventGroup& group(std::size_t index) { return closed.at(index).group.group; }
  std::vector<Seqs> changed() {
    std::vector<Seqs> members;
    gatherer.take_changed([&](const Gatherer::Group& each) { members.push_back(each.group.members); });
    return members;
  }

  Aggregate how;
  Gatherer gatherer;
  Gatherer::ClosedGroups closed;
};

TEST_F(GathererTest, a_group_is_closed_with_the_event_that_makes_it_full) {
  EXPECT_EQ(add(1, 0s), 1u);
  EXPECT_EQ(add(2, 1s), 1u);
  EXPECT_TRUE(closed.empty());
  EXPECT_EQ(add(4, 2s), 1u);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(group(0).members, Seqs({1, 2, 4}));
  EXPECT_FALSE(group(0).open);
  EXPECT_EQ(closed[0].why, Why::full);
  EXPECT_EQ(gatherer.groups(), 0u);
  EXPECT_EQ(add(5, 3s), 5u);
}

TEST_F(GathererTest, an_event_that_would_be_too_many_bytes_begins_the_next_group) {
  add(1, 0s, "", 600);
  EXPECT_EQ(add(2, 0s, "", 600), 2u);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(group(0).members, Seqs({1}));
  EXPECT_EQ(group(0).bytes, 600u);
}

TEST_F(GathererTest, an_event_larger_than_a_group_goes_alone) {
  add(1, 0s, "", 5'000);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(group(0).members, Seqs({1}));
}

TEST_F(GathererTest, each_key_has_its_own_group) {
  add(1, 0s, "a");
  add(2, 0s, "b");
  add(3, 0s, "a");
  add(4, 0s, "a");
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(group(0).key, "a");
  EXPECT_EQ(group(0).members, Seqs({1, 3, 4}));
  EXPECT_EQ(gatherer.lowest(), 2u);
  EXPECT_EQ(gatherer.members(), 1u);
}

TEST_F(GathererTest, a_group_ends_by_its_first_event) {
  add(1, 0s);
  add(2, 29s);
  EXPECT_EQ(gatherer.next_end(), at(30s));
  gatherer.close_ended(at(30s) - 1us, how.every, closed);
  EXPECT_TRUE(closed.empty());
  gatherer.close_ended(at(30s), how.every, closed);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].why, Why::ended);
  EXPECT_EQ(gatherer.next_end(), std::nullopt);
}

TEST_F(GathererTest, an_event_accepted_after_the_end_closes_the_group_and_is_not_in_it) {
  add(1, 0s, "a");
  EXPECT_EQ(add(2, 30s, "b"), 2u);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(group(0).members, Seqs({1}));
}

TEST_F(GathererTest, a_clock_put_back_does_not_make_a_group_wait_for_it) {
  add(1, 0s);
  gatherer.close_ended(at(-1s), how.every, closed);
  EXPECT_TRUE(closed.empty());
  gatherer.close_ended(at(-1h), how.every, closed);
  EXPECT_EQ(closed.size(), 1u);
}

TEST_F(GathererTest, what_has_changed_is_told_once) {
  add(1, 0s, "a");
  add(2, 0s, "b");
  add(3, 0s, "a");
  EXPECT_EQ(changed(), std::vector<Seqs>({{1, 3}, {2}}));
  EXPECT_TRUE(changed().empty());
  add(4, 1s, "b");
  EXPECT_EQ(changed(), std::vector<Seqs>({{2, 4}}));
}

TEST_F(GathererTest, a_closed_group_says_whether_the_log_has_it) {
  add(1, 0s, "a");
  changed();
  add(2, 0s, "b");
  gatherer.close_all(Why::settings, closed);
  ASSERT_EQ(closed.size(), 2u);
  EXPECT_TRUE(closed[0].group.stored);
  EXPECT_FALSE(closed[1].group.stored);
  EXPECT_TRUE(changed().empty());
}

TEST_F(GathererTest, a_restored_group_goes_on) {
  EventGroup group;
  group.key = "a";
  group.members = {3, 7};
  group.bytes = 20;
  group.open = true;
  gatherer.restore(group, at(10s), closed);
  EXPECT_TRUE(changed().empty());
  EXPECT_EQ(add(9, 9s, "a"), 3u);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].group.group.members, Seqs({3, 7, 9}));
  EXPECT_TRUE(closed[0].group.stored);
}

TEST_F(GathererTest, an_event_behind_its_group_begins_a_new_one) {
  add(5, 0s);
  EXPECT_EQ(add(2, 1s), 2u);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(group(0).members, Seqs({5}));
}

TEST_F(GathererTest, with_too_many_groups_the_one_that_ends_first_is_closed) {
  for (Seq seq = 1; seq <= Gatherer::kGroupsMost; ++seq) add(seq, std::chrono::microseconds(seq), std::to_string(seq));
  EXPECT_TRUE(closed.empty());
  add(Gatherer::kGroupsMost + 1, 1s, "one more");
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].why, Why::crowded);
  EXPECT_EQ(group(0).members, Seqs({1}));
  EXPECT_EQ(gatherer.groups(), Gatherer::kGroupsMost);
}

TEST_F(GathererTest, with_too_many_members_the_group_that_ends_first_is_closed) {
  how.up_to = 2 * Gatherer::kMembersMost;
  how.bytes = 100 * Gatherer::kMembersMost;
  add(1, 0s, "a");
  for (Seq seq = 2; seq <= Gatherer::kMembersMost + 1; ++seq) add(seq, 1s, "b");
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(group(0).key, "a");
}

}  // namespace
}  // namespace signalbox::broker
