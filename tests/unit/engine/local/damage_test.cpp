// A store that is not as we left it: what is found is told, never passed over.
#include <gtest/gtest.h>

#include <functional>

#include "engine/local/channel_reader.hpp"
#include "engine/local/segment_index.hpp"
#include "store/memory_store.hpp"

namespace signalbox::engine::local {
namespace {

constexpr ChannelNumbers kDamaged{1, 1};

class Damage : public testing::Test {
 protected:
  Damage() : reader_(store_, kDamaged, "acme/orders") {
    EventBuilder builder;
    builder.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t");
    StoredEvent event;
    event.event = builder.build();
    store::Batch batch;
    for (Seq seq = 1; seq <= 9; ++seq) {
      write_event(batch.begin_put(store::Family::events, event_key(kDamaged, seq)), event, 0);
      batch.end_put();
    }
    store_.apply(batch);
  }
  void put(store::Family family, const Key& key, std::string_view value) {
    store::Batch batch;
    batch.put(family, key, value);
    store_.apply(batch);
  }
  void erase_event(Seq seq) {
    store::Batch batch;
    batch.erase(store::Family::events, event_key(kDamaged, seq));
    store_.apply(batch);
  }
  template <class T>
  static void expect_corrupt(const Result<T>& result, const std::string& what) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::corrupt);
    EXPECT_NE(result.error().message.find("acme/orders"), std::string::npos) << result.error().message;
    EXPECT_NE(result.error().message.find(what), std::string::npos) << result.error().message;
  }
  ReadRequest everything() const {
    ReadRequest request;
    request.to = 9;
    return request;
  }

  store::MemoryStore store_;
  ChannelReader reader_;
};

TEST_F(Damage, gap_in_the_log) {
  erase_event(5);
  expect_corrupt(reader_.read(everything()), "event 5 is missing");
}

TEST_F(Damage, gap_at_the_beginning) {
  erase_event(1);
  expect_corrupt(reader_.load(), "event 1 is missing");
}

TEST_F(Damage, event_that_is_none) {
  put(store::Family::events, event_key(kDamaged, 3), "?");
  expect_corrupt(reader_.read(everything()), "event 3 cannot be read");
  expect_corrupt(reader_.query(EventQuery(), 1, 9), "event 3 cannot be read");
}

TEST_F(Damage, last_event_that_is_none) {
  put(store::Family::events, event_key(kDamaged, 9), "");
  expect_corrupt(reader_.load(), "event 9 cannot be read");
}

TEST_F(Damage, log_shorter_than_a_lane_has_come) {
  LaneState lane;
  lane.rule_name = "r";
  std::string definition, position;
  write_lane(definition, lane);
  lane.progress.watermark = 10;
  write_progress(position, lane.progress);
  put(store::Family::lanes, lane_key(kDamaged, LaneId(1)), definition);
  ASSERT_TRUE(reader_.load());
  put(store::Family::lanes, progress_key(kDamaged, LaneId(1)), position);
  expect_corrupt(reader_.load(), "the log ends at event 9, but rule r has come to 10");
}

TEST_F(Damage, position_of_a_lane_that_is_not_there) {
  std::string position;
  write_progress(position, LaneProgress());
  put(store::Family::lanes, progress_key(kDamaged, LaneId(4)), position);
  expect_corrupt(reader_.load(), "lane 4");
}

TEST_F(Damage, values_that_are_none) {
  put(store::Family::lanes, checkpoint_key(kDamaged), "");
  expect_corrupt(reader_.load(), "checkpoint");
  put(store::Family::retries, retry_key(kDamaged, RetryKey{LaneId(1), WallTime{}, 4}), "");
  expect_corrupt(reader_.due(LaneId(1), WallTime{}, WallTime::max(), 10), "the retry of event 4");
  put(store::Family::dead, dead_letter_key(kDamaged, DeadLetterKey{4, LaneId(1)}), "");
  expect_corrupt(reader_.dead_letters(DeadLetterQuery()), "the dead letter of event 4");
  expect_corrupt(reader_.dead_letter(DeadLetterKey{4, LaneId(1)}), "the dead letter of event 4");
  put(store::Family::journey, journey_key(kDamaged, 0, 1), "");
  expect_corrupt(reader_.journey(4), "the journey of event 4");
  put(store::Family::index, index_key(kDamaged, 0), "?");
  expect_corrupt(reader_.query(EventQuery(), 1, 9), "index block 0");
}

}  // namespace
}  // namespace signalbox::engine::local
