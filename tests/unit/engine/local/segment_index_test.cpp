#include "engine/local/segment_index.hpp"

#include <gtest/gtest.h>

namespace signalbox::engine::local {
namespace {

StoredEvent make_event(Seq seq, const std::string& id, const std::string& subject = "") {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", id).set("source", "/s").set("type", "t");
  if (!subject.empty()) builder.set("subject", subject);
  StoredEvent event;
  event.seq = seq;
  event.accepted_at = WallTime(std::chrono::microseconds(1000 + seq));
  event.event = builder.build();
  return event;
}

TEST(SegmentIndex, whole_segment_is_a_block_that_finds_its_events) {
  SegmentIndex index;
  for (Seq seq = 256; seq < 511; ++seq) EXPECT_FALSE(index.add(make_event(seq, "e" + std::to_string(seq))));
  EXPECT_TRUE(index.add(make_event(511, "e511", "end")));
  const auto bytes = index.block();
  const auto block = IndexBlock::read(1, bytes);
  ASSERT_TRUE(block);
  EXPECT_EQ(block->first(), 256u);
  EXPECT_EQ(block->earliest(), make_event(256, "x").accepted_at);
  EXPECT_EQ(block->latest(), make_event(511, "x").accepted_at);
  EventQuery by_id, by_type, by_both, by_none;
  by_id.id = "e300";
  by_type.type = "t";
  by_both.id = "e511";
  by_both.subject = "end";
  by_none.id = "e300";
  by_none.subject = "end";
  const auto found = [&](const EventQuery& query) {
    std::vector<Seq> seqs;
    block->candidates(AttributeHashes::of(query), seqs);
    return seqs;
  };
  EXPECT_EQ(found(by_id), std::vector<Seq>{300});
  EXPECT_EQ(found(by_both), std::vector<Seq>{511});
  EXPECT_TRUE(found(by_none).empty());
  const auto all = found(by_type);
  ASSERT_EQ(all.size(), 256u);
  EXPECT_EQ(all.front(), 511u) << "newest first";
  EXPECT_FALSE(IndexBlock::read(1, bytes.substr(0, bytes.size() - 1)));
}

TEST(SegmentIndex, first_segment_has_no_event_zero) {
  SegmentIndex index;
  for (Seq seq = 1; seq < 255; ++seq) EXPECT_FALSE(index.add(make_event(seq, "e")));
  EXPECT_TRUE(index.add(make_event(255, "e")));
  EXPECT_EQ(index.segment(), 0u);
}

TEST(SegmentIndex, segment_begun_in_its_middle_is_not_followed) {
  SegmentIndex index;
  EXPECT_FALSE(index.follows(300));
  for (Seq seq = 300; seq < 512; ++seq) EXPECT_FALSE(index.add(make_event(seq, "e")));
  EXPECT_TRUE(index.follows(512)) << "the next one is";
  for (Seq seq = 512; seq < 767; ++seq) EXPECT_FALSE(index.add(make_event(seq, "e")));
  EXPECT_TRUE(index.add(make_event(767, "e")));
}

}  // namespace
}  // namespace signalbox::engine::local
