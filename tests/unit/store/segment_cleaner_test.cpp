#include "store/segment_cleaner.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace signalbox::store {
namespace {

class SegmentCleanerTest : public testing::Test {
 protected:
  /// Streams of eight letters, each with its last key and bytes.
  void add(std::uint32_t segment, const std::vector<StreamPart>& parts, std::uint64_t size_bytes = 1000) {
    SegmentContents contents;
    for (const auto& part : parts) contents.add(part.last_key, part.bytes);
    cleaner_.add(segment, {size_bytes, contents.encode()});
  }
  std::vector<std::uint32_t> dead(std::uint32_t limit = 100) {
    const auto found = cleaner_.find_dead(limit);
    EXPECT_TRUE(found);
    return *found;
  }

  std::map<std::string, std::string, std::less<>> first_;  // the first key kept of each stream
  int asked_ = 0;
  SegmentCleaner cleaner_{[this](std::string_view stream) -> Result<std::optional<std::string>> {
    ++asked_;
    const auto found = first_.find(stream);
    if (found == first_.end()) return std::optional<std::string>();
    return std::optional(found->second);
  }};
};

using Segments = std::vector<std::uint32_t>;

TEST_F(SegmentCleanerTest, segment_is_dead_when_no_stream_keeps_anything_of_it) {
  first_ = {{"aaaaaaaa", "aaaaaaaa1"}, {"bbbbbbbb", "bbbbbbbb5"}};
  add(1, {{"", "aaaaaaaa3", 10}, {"", "bbbbbbbb4", 10}});
  add(2, {{"", "bbbbbbbb4", 10}});
  EXPECT_EQ(dead(), Segments{2});
  EXPECT_EQ(dead(2), Segments{}) << "those below the limit only";
  first_["aaaaaaaa"] = "aaaaaaaa4";
  EXPECT_EQ(dead(), Segments{2}) << "it was not told";
  cleaner_.trimmed("aaaaaaaa");
  EXPECT_EQ(dead(), (Segments{1, 2}));
  cleaner_.forget(1);
  EXPECT_EQ(dead(), Segments{2});
}

TEST_F(SegmentCleanerTest, segment_without_values_is_dead) {
  add(1, {});
  EXPECT_EQ(dead(), Segments{1});
}

TEST_F(SegmentCleanerTest, stream_that_had_nothing_left_may_have_something_again) {
  add(1, {{"", "aaaaaaaa3", 10}});
  EXPECT_EQ(dead(), Segments{1});
  first_ = {{"aaaaaaaa", "aaaaaaaa4"}};
  add(2, {{"", "aaaaaaaa5", 10}});
  EXPECT_EQ(dead(), Segments{1});
}

TEST_F(SegmentCleanerTest, streams_are_asked_for_once) {
  first_ = {{"aaaaaaaa", "aaaaaaaa1"}};
  for (std::uint32_t segment = 1; segment < 50; ++segment) add(segment, {{"", "aaaaaaaa3", 10}});
  dead();
  dead();
  EXPECT_EQ(asked_, 1);
}

TEST_F(SegmentCleanerTest, segment_of_which_little_is_kept_is_sparse) {
  first_ = {{"aaaaaaaa", "aaaaaaaa2"}, {"bbbbbbbb", "bbbbbbbb5"}};
  add(1, {{"", "aaaaaaaa3", 501}, {"", "bbbbbbbb4", 499}});
  add(2, {{"", "aaaaaaaa4", 500}, {"", "bbbbbbbb4", 500}});
  const auto found = cleaner_.find_sparse(100);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->segment, 2u);
  ASSERT_EQ((*found)->remnants.size(), 1u);
  EXPECT_EQ((*found)->remnants[0].first_key, "aaaaaaaa2");
  EXPECT_EQ((*found)->remnants[0].last_key, "aaaaaaaa4");
  EXPECT_FALSE(*cleaner_.find_sparse(2));
}

TEST(SegmentContents, are_read_back_and_added_to) {
  SegmentContents contents;
  contents.add("aaaaaaaa2", 10);
  contents.add("bbbbbbbb1", 5);
  contents.add("aaaaaaaa1", 1);
  contents.add("short", 7);
  SegmentContents again;
  ASSERT_TRUE(again.add_encoded(contents.encode()));
  again.add("aaaaaaaa3", 100);
  std::map<std::string, std::pair<std::string, std::uint64_t>> parts;
  const auto bytes = again.encode();
  std::size_t at = 0;
  while (const auto part = read_stream_part(bytes, at))
    parts[std::string(part->stream)] = {std::string(part->last_key), part->bytes};
  EXPECT_EQ(at, bytes.size());
  EXPECT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts["aaaaaaaa"], std::pair(std::string("aaaaaaaa3"), std::uint64_t{111}));
  EXPECT_EQ(parts["bbbbbbbb"], std::pair(std::string("bbbbbbbb1"), std::uint64_t{5}));
  EXPECT_EQ(parts["short"], std::pair(std::string("short"), std::uint64_t{7}));
  EXPECT_FALSE(again.add_encoded(std::string_view(bytes).substr(1)));
  EXPECT_FALSE(again.add_encoded("\x08"));
}

}  // namespace
}  // namespace signalbox::store
