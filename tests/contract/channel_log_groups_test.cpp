// What a ChannelLog keeps of events that were gathered into groups.
#include "contract/channel_log_fixture.hpp"

namespace signalbox::test {
namespace {

class ChannelLogGroups : public ChannelLogContract {
 protected:
  ChannelLogGroups() {
    lane_ = bind({{"r", "t"}})[0].lane;
    append_numbered(1, 20);
  }
  Retry make_group(std::vector<Seq> members, int due_second) {
    Retry retry;
    retry.lane = lane_;
    retry.seq = members.front();
    retry.due = at(due_second);
    retry.group.emplace();
    retry.group->key = "customer 7";
    retry.group->members = std::move(members);
    retry.group->form = EventGroup::Form::batch;
    retry.group->open = true;
    retry.group->bytes = 123'456;
    retry.group->settings = 0xfedcba9876543210;
    return retry;
  }
  Status try_to_settle(Settlements changes) { return run(log_->settle(std::move(changes))); }

  LaneId lane_;
};
INSTANTIATE_TEST_SUITE_P(Local, ChannelLogGroups, testing::Values(Ground::memory, Ground::rocksdb), ground_name);

TEST_P(ChannelLogGroups, an_open_group_comes_back_as_it_was) {
  Settlements changes;
  changes.put_retries = {make_group({3, 4, 17}, 50)};
  settle(changes);
  for (int round = 0; round < 2; ++round) {
    const auto page = due(lane_, 60);
    ASSERT_EQ(page.retries.size(), 1u);
    EXPECT_EQ(page.retries[0].group, changes.put_retries[0].group);
    EXPECT_EQ(page.retries[0].seq, 3u);
    EXPECT_EQ(page.retries[0].deliveries(), 3u);
    EXPECT_FALSE(page.retries[0].event);
    reopen();
  }
}

TEST_P(ChannelLogGroups, a_group_grows_in_its_place_and_moves_when_it_is_closed) {
  Settlements changes;
  changes.put_retries = {make_group({3}, 50)};
  settle(changes);
  changes.put_retries = {make_group({3, 9}, 50)};
  settle(changes);
  ASSERT_EQ(due(lane_, 60).retries.size(), 1u);
  EXPECT_EQ(due(lane_, 60).retries[0].group->members, std::vector<Seq>({3, 9}));
  Settlements closing;
  closing.remove_retries = {{lane_, at(50), 3}};
  closing.put_retries = {make_group({3, 9}, 50)};
  closing.put_retries[0].group->open = false;
  settle(closing);
  ASSERT_EQ(due(lane_, 60).retries.size(), 1u) << "what is removed and put in one settlement is there";
  EXPECT_FALSE(due(lane_, 60).retries[0].group->open);
}

TEST_P(ChannelLogGroups, a_redriven_group_carries_its_event_and_its_members) {
  Settlements changes;
  changes.put_retries = {make_group({3, 9}, 50)};
  changes.put_retries[0].event = *make_event({.id = "3-9", .data = "both"});
  settle(changes);
  reopen();
  const auto page = due(lane_, 60);
  ASSERT_EQ(page.retries.size(), 1u);
  EXPECT_EQ(page.retries[0].group->members, std::vector<Seq>({3, 9}));
  EXPECT_EQ(page.retries[0].event->event.data(), "both");
}

TEST_P(ChannelLogGroups, a_dead_group_keeps_its_members_and_is_found_like_others) {
  DeadLetter letter;
  letter.lane = lane_;
  letter.seq = 3;
  letter.died_at = at(70);
  letter.reason = "rejected";
  letter.attempts_made = 2;
  letter.members = {3, 9, 12};
  letter.event = *make_event({.id = "3-12", .data = "all"});
  Settlements changes;
  changes.put_dead = {letter};
  settle(changes);
  for (int round = 0; round < 2; ++round) {
    DeadLetterQuery by_reason;
    by_reason.reason = "rejected";
    by_reason.from = at(60);
    const auto page = dead_letters(by_reason);
    ASSERT_EQ(page.letters.size(), 1u);
    EXPECT_EQ(page.letters[0].members, letter.members);
    EXPECT_EQ(page.letters[0].reason, "rejected");
    EXPECT_EQ(page.letters[0].died_at, at(70));
    EXPECT_EQ(page.letters[0].event.event.id(), "3-12");
    EXPECT_EQ(page.letters[0].deliveries(), 3u);
    reopen();
  }
}

TEST_P(ChannelLogGroups, totals_say_how_many_events_are_gathered) {
  Settlements changes;
  changes.counted_to = 20;
  changes.progress.resize(1);
  changes.progress[0].lane = lane_;
  changes.progress[0].totals.matched = 20;
  changes.progress[0].totals.gathered = 7;
  settle(changes);
  reopen();
  EXPECT_EQ(bind({{"r", "t"}})[0].progress.totals, changes.progress[0].totals);
}

TEST_P(ChannelLogGroups, the_log_is_not_trimmed_from_the_first_member_on) {
  Settlements changes;
  changes.put_retries = {make_group({7, 9}, 1'000)};
  settle(changes);
  auto first = run(log_->trim(at(10'000), 21));
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, 7u);
}

TEST_P(ChannelLogGroups, groups_that_make_no_sense_are_refused) {
  Settlements not_first, descending, nobody;
  not_first.put_retries = {make_group({7, 9}, 50)};
  not_first.put_retries[0].seq = 9;
  descending.put_retries = {make_group({7, 9, 9}, 50)};
  nobody.put_retries = {make_group({7}, 50)};
  nobody.put_retries[0].group->members.clear();
  for (const auto& changes : {not_first, descending, nobody}) {
    const auto status = try_to_settle(changes);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Errc::invalid_argument);
  }
  EXPECT_TRUE(due(lane_, 10'000).retries.empty());
}

TEST_P(ChannelLogGroups, events_are_read_by_their_numbers) {
  auto events = run(log_->read_these({2, 3, 17, 20}));
  ASSERT_TRUE(events);
  EXPECT_EQ(seqs(*events), "2 3 17 20");
  EXPECT_EQ((*events)[2]->event.id(), "17");
}

TEST_P(ChannelLogGroups, of_events_asked_for_by_number_those_that_are_gone_are_left_out) {
  ASSERT_TRUE(run(log_->trim(at(10), 10)));
  auto events = run(log_->read_these({2, 9, 10, 11, 99}));
  ASSERT_TRUE(events);
  EXPECT_EQ(seqs(*events), "10 11");
  EXPECT_TRUE(run(log_->read_these({}))->empty());
}

}  // namespace
}  // namespace signalbox::test
