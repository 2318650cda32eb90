#include "jq/frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace signalbox::jq {
namespace {

std::string frame(std::uint8_t kind, std::string_view payload) {
  std::string bytes;
  append_frame_head(bytes, kind, payload.size());
  return bytes.append(payload);
}

/// Lets a reader read `bytes`, at most `at_once` together, and tells the frames it finds.
std::vector<std::pair<int, std::string>> read(FrameReader& reader, std::string_view bytes,
                                              std::size_t at_once) {
  std::vector<std::pair<int, std::string>> frames;
  while (!bytes.empty()) {
    const auto room = reader.room();
    const auto count = std::min({room.size(), bytes.size(), at_once});
    std::copy_n(bytes.begin(), count, room.begin());
    reader.filled(count);
    bytes.remove_prefix(count);
    while (const auto found = reader.next()) frames.emplace_back(found->kind, found->payload);
  }
  return frames;
}

TEST(FrameReader, frames_come_out_as_they_went_in_however_they_are_cut) {
  const std::string large(300'000, 'x');
  const auto bytes = frame(1, "a") + frame(2, "") + frame(255, large) + frame(3, "end");
  const std::vector<std::pair<int, std::string>> expected{{1, "a"}, {2, ""}, {255, large}, {3, "end"}};
  for (const std::size_t at_once : {1, 2, 5, 7, 65'536, 1'000'000}) {
    FrameReader reader(300'000);
    EXPECT_EQ(read(reader, bytes, at_once), expected) << at_once;
    EXPECT_FALSE(reader.faulty());
  }
}

TEST(FrameReader, too_long_a_frame_is_a_fault_before_it_has_come) {
  FrameReader reader(10);
  EXPECT_TRUE(read(reader, frame(1, "12345678901").substr(0, kFrameHeadBytes), 100).empty());
  EXPECT_TRUE(reader.faulty());
  EXPECT_TRUE(read(reader, frame(1, "1"), 100).empty());
}

TEST(FrameReader, what_is_announced_does_not_decide_what_memory_is_taken) {
  FrameReader reader(10);
  read(reader, std::string("\xff\xff\xff\xff\x01", 5), 5);
  EXPECT_LT(reader.room().size(), 1'000'000U);
}

TEST(PayloadReader, missing_bytes_make_it_unsound) {
  PayloadReader payload(std::string_view("\x01\x00\x00\x00\x02", 5));
  EXPECT_EQ(payload.u32(), 1U);
  EXPECT_TRUE(payload.sound());
  EXPECT_EQ(payload.u32(), 0U);
  EXPECT_FALSE(payload.sound());
  EXPECT_EQ(payload.bytes(1), "");
}

}  // namespace
}  // namespace signalbox::jq
