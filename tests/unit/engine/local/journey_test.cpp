#include "engine/local/journey.hpp"

#include <gtest/gtest.h>

namespace signalbox::engine::local {
namespace {

JourneyEntry make_entry(Seq seq, std::uint16_t status, std::string error = "") {
  JourneyEntry entry;
  entry.seq = seq;
  entry.lane = LaneId(3);
  entry.attempt = 2;
  entry.kind = error.empty() ? JourneyEntry::Kind::delivered : JourneyEntry::Kind::dead;
  entry.record.at = WallTime(std::chrono::microseconds(1'700'000'000'000'000 + static_cast<std::int64_t>(seq)));
  entry.record.took = std::chrono::microseconds(900);
  entry.record.status = status;
  entry.record.error = std::move(error);
  return entry;
}

TEST(Journey, entries_are_packed_by_segment_and_come_back) {
  const std::vector<JourneyEntry> entries{make_entry(255, 200), make_entry(256, 0, "refused"), make_entry(255, 204),
                                          make_entry(511, 500, "late")};
  const auto chunks = pack_journey(entries, 1);
  ASSERT_EQ(chunks.size(), 2u);
  EXPECT_EQ(chunks[0].segment, 0u);
  EXPECT_EQ(chunks[1].segment, 1u);
  std::vector<JourneyEntry> found;
  ASSERT_TRUE(unpack_journey(chunks[0].value, 255, found));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].record, entries[0].record);
  EXPECT_EQ(found[1].record, entries[2].record);
  ASSERT_TRUE(unpack_journey(chunks[1].value, 256, found));
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[2].record, entries[1].record);
  EXPECT_EQ(found[2].kind, JourneyEntry::Kind::dead);
  EXPECT_EQ(found[2].lane, LaneId(3));
  EXPECT_EQ(found[2].attempt, 2u);
}

TEST(Journey, delivered_event_costs_little) {
  std::vector<JourneyEntry> entries;
  for (Seq seq = 256; seq < 512; ++seq) entries.push_back(make_entry(seq, 204));
  EXPECT_LT(pack_journey(entries, 1).at(0).value.size(), 256u * 13);
}

TEST(Journey, trimmed_events_are_left_out) {
  const std::vector<JourneyEntry> entries{make_entry(9, 200), make_entry(10, 200)};
  const auto chunks = pack_journey(entries, 10);
  std::vector<JourneyEntry> found;
  ASSERT_TRUE(unpack_journey(chunks.at(0).value, 9, found));
  EXPECT_TRUE(found.empty());
}

TEST(Journey, chunk_cut_short_is_noticed) {
  const std::vector<JourneyEntry> entries{make_entry(1, 0, "refused")};
  const auto chunk = pack_journey(entries, 1).at(0).value;
  std::vector<JourneyEntry> found;
  EXPECT_FALSE(unpack_journey("", 2, found));
  EXPECT_FALSE(unpack_journey(std::string_view(chunk).substr(0, chunk.size() - 1), 2, found));
}

}  // namespace
}  // namespace signalbox::engine::local
