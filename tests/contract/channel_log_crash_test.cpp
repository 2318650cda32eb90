// What a crash may and may not take, at every commit, on a disk that fails or loses its power there.
#include "contract/channel_log_fixture.hpp"

namespace signalbox::test {
namespace {

class ChannelLogCrash : public ChannelLogContract {};
INSTANTIATE_TEST_SUITE_P(Local, ChannelLogCrash, testing::Values(Ground::memory), ground_name);

constexpr int kRounds = 12;

/// Appends two events and settles one of them as delivered, the other as a retry, round after round.  Returns how many
/// appends were acknowledged.
struct Story {
  int appended = 0;
  int settled = 0;
  std::optional<Errc> error;
};

boost::asio::awaitable<Story> tell(ChannelLog& log) {
  Story story;
  std::vector<LaneName> names(1);
  names[0].rule = "r";
  names[0].target = "t";
  auto lanes = co_await log.bind(std::move(names));
  if (!lanes) {
    story.error = lanes.error().code;
    co_return story;
  }
  const auto lane = lanes->at(0).lane;
  for (Seq round = 0; round < kRounds; ++round) {
    std::vector<std::shared_ptr<StoredEvent>> events;
    for (int i = 0; i < 2; ++i) events.push_back(make_event(Sketch()));
    auto receipt = co_await log.append(std::move(events));
    if (!receipt) {
      story.error = receipt.error().code;
      break;
    }
    ++story.appended;
    Settlements changes;
    changes.counted_to = receipt->last_seq;
    changes.progress.resize(1);
    changes.progress[0].lane = lane;
    changes.progress[0].watermark = receipt->last_seq;
    changes.progress[0].totals.matched = receipt->last_seq;
    changes.progress[0].totals.delivered = round + 1;
    changes.progress[0].totals.retrying = round + 1;
    changes.put_retries.resize(1);
    changes.put_retries[0].lane = lane;
    changes.put_retries[0].seq = receipt->last_seq;
    changes.put_retries[0].due = at(static_cast<int>(receipt->last_seq));
    changes.journey.resize(1);
    changes.journey[0].seq = receipt->first_seq;
    changes.journey[0].lane = lane;
    auto status = co_await log.settle(std::move(changes));
    if (!status) {
      story.error = status.error().code;
      break;
    }
    ++story.settled;
  }
  co_return story;
}

TEST_P(ChannelLogCrash, at_every_commit_what_is_left_is_a_prefix_and_holds_all_that_was_acknowledged) {
  for (std::size_t fail_at = 1;; ++fail_at) {
    for (std::size_t survivors = 0; survivors < 2; ++survivors) {
      SCOPED_TRACE("commit " + std::to_string(fail_at) + " fails, " + std::to_string(survivors) + " unsynced survive");
      log_.reset();
      engine_.reset();
      *disk_ = FaultyDisk();
      auto store = std::make_unique<FaultyStore>(disk_, fail_at);
      engine_ = std::move(*engine::local::open_on(std::move(store)));
      auto opened = try_open("acme", "orders");
      Story story;
      if (opened) story = run(tell(**opened));
      else story.error = opened.error().code;
      EXPECT_EQ(story.error.value_or(Errc::storage), Errc::storage);
      if (opened && story.error) {
        std::vector<std::shared_ptr<StoredEvent>> events{make_event({})};
        EXPECT_FALSE(run((*opened)->append(events))) << "after a failure nothing more is written";
      }
      opened = Error(Errc::cancelled, "closed");
      engine_.reset();
      disk_->cut_power(survivors);
      reopen();

      const auto& state = log_->opened_state();
      EXPECT_GE(state.last_seq, static_cast<Seq>(2 * story.appended)) << "acknowledged means kept";
      EXPECT_EQ(state.last_seq % 2, 0u) << "a batch whole or not at all";
      const auto lanes = *run(log_->lanes());
      if (!lanes.empty()) {
        const auto& progress = lanes[0].progress;
        EXPECT_LE(progress.watermark, state.last_seq) << "no position beyond the log";
        EXPECT_EQ(state.counted_to, progress.totals.matched);
        EXPECT_EQ(due(lanes[0].lane, 1000).retries.size(), progress.totals.retrying) << "no retry without its position";
        EXPECT_EQ(progress.totals.retrying * 2, progress.watermark);
        for (Seq seq = 1; seq <= state.last_seq; ++seq)
          EXPECT_EQ(journey(seq).size(), seq % 2 == 1 && seq <= progress.watermark ? 1u : 0u);
      } else {
        EXPECT_EQ(state.last_seq, 0u) << "events without the lane that was bound before them";
      }
      if (!story.error) {
        EXPECT_EQ(story.settled, kRounds);
        if (survivors == 1) return;
      }
    }
  }
}

TEST_P(ChannelLogCrash, full_store_takes_no_events_but_goes_on_settling_and_trimming) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 10);
  faulty_->full = true;
  std::vector<std::shared_ptr<StoredEvent>> events{make_event({})};
  EXPECT_EQ(run(log_->append(events)).error().code, Errc::no_space);
  Settlements changes;
  changes.counted_to = 10;
  changes.journey.resize(1);
  changes.journey[0].seq = 1;
  changes.journey[0].lane = lane;
  settle(changes);
  EXPECT_EQ(*run(log_->trim(at(100), 6)), 6u);
  faulty_->full = false;
  append_numbered(11, 11);
  EXPECT_EQ(seqs(read(10, 11).events), "10 11") << "the refused append took no number";
}

}  // namespace
}  // namespace signalbox::test
