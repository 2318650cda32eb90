// What a ChannelLog forgets, and what it must not.
#include "contract/channel_log_fixture.hpp"

namespace signalbox::test {
namespace {

class ChannelLogTrimming : public ChannelLogContract {
 protected:
  Seq trim(WallTime before, Seq keep_from) {
    auto first = run(log_->trim(before, keep_from));
    EXPECT_TRUE(first) << first.error().message;
    return first ? *first : 0;
  }
  void put_retry(LaneId lane, Seq seq, std::optional<StoredEvent> event = {}) {
    Settlements changes;
    changes.put_retries.resize(1);
    changes.put_retries[0].lane = lane;
    changes.put_retries[0].seq = seq;
    changes.put_retries[0].due = at(1000);
    changes.put_retries[0].event = std::move(event);
    settle(changes);
  }
};
INSTANTIATE_TEST_SUITE_P(Local, ChannelLogTrimming, testing::Values(Ground::memory, Ground::rocksdb), ground_name);

TEST_P(ChannelLogTrimming, older_events_go_with_their_journeys) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 1000);
  Settlements changes;
  for (Seq seq = 1; seq <= 1000; ++seq) {
    changes.journey.emplace_back().seq = seq;
    changes.journey.back().lane = lane;
  }
  settle(changes);
  const auto bytes = log_->stored_bytes();
  EXPECT_EQ(trim(at(601), 1001), 601u);
  EXPECT_LT(log_->stored_bytes(), bytes / 2);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(seqs(read(599, 602).events), "601 602");
    EXPECT_EQ(read(1, 600).next, 601u);
    EXPECT_TRUE(journey(600).empty());
    EXPECT_EQ(journey(601).size(), 1u);
    EventQuery gone, kept;
    gone.id = "600";
    kept.id = "601";
    EXPECT_TRUE(query(gone).events.empty());
    EXPECT_EQ(seqs(query(kept).events), "601");
    EXPECT_EQ(log_->stored_bytes(), 400 * make_event({.id = "601"})->event.record().size() + 1);
    reopen();
    EXPECT_EQ(log_->opened_state().first_seq, 601u);
  }
}

TEST_P(ChannelLogTrimming, nothing_from_keep_from_on_goes) {
  append_numbered(1, 600);
  EXPECT_EQ(trim(at(10'000), 300), 300u);
  EXPECT_EQ(trim(at(10'000), 200), 300u) << "never backwards";
  EXPECT_EQ(trim(at(1), 600), 300u);
  EXPECT_EQ(seqs(read(299, 301).events), "300 301");
}

TEST_P(ChannelLogTrimming, events_that_retries_need_stay) {
  const auto lanes = bind({{"r", "t"}, {"r", "u"}});
  append_numbered(1, 600);
  put_retry(lanes[1].lane, 400);
  put_retry(lanes[0].lane, 350);
  EXPECT_EQ(trim(at(10'000), 601), 350u);
  Settlements done;
  done.remove_retries = {{lanes[0].lane, at(1000), 350}};
  settle(done);
  EXPECT_EQ(trim(at(10'000), 601), 400u);
}

TEST_P(ChannelLogTrimming, retry_with_its_own_event_needs_nothing) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 10);
  put_retry(lane, 3, *make_event({.id = "3"}));
  EXPECT_EQ(trim(at(10'000), 11), 11u);
  EXPECT_EQ(due(lane, 2000).retries.at(0).event->event.id(), "3");
}

TEST_P(ChannelLogTrimming, everything_may_go_and_numbers_go_on) {
  const auto lanes = bind({{"r", "t"}});
  append_numbered(1, 300);
  EXPECT_EQ(trim(at(10'000), 301), 301u);
  EXPECT_EQ(log_->stored_bytes(), 0u);
  reopen();
  EXPECT_EQ(log_->opened_state().first_seq, 301u);
  EXPECT_EQ(log_->opened_state().last_seq, 300u);
  EXPECT_EQ(log_->stored_bytes(), 0u);
  EXPECT_EQ(bind({{"r", "t"}})[0].lane, lanes[0].lane);
  append_numbered(301, 310);
  EXPECT_EQ(seqs(read(301, 302).events), "301 302");
  reopen();
  EXPECT_EQ(log_->opened_state().last_seq, 310u);
  EXPECT_EQ(log_->stored_bytes(), 10 * make_event({.id = "301"})->event.record().size());
}

TEST_P(ChannelLogTrimming, an_old_clock_reading_hides_nothing_behind_it) {
  append({{.accepted_at = at(100)}, {.accepted_at = at(50)}, {.accepted_at = at(101)}});
  EXPECT_EQ(trim(at(60), 4), 1u) << "in order of the log: the first that is too new ends it";
  EXPECT_EQ(trim(at(101), 4), 3u);
}

}  // namespace
}  // namespace signalbox::test
