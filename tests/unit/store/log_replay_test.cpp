// The log as it is written and found again, whole and damaged.
#include "store/log_replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "store/log_group.hpp"
#include "store/log_writer.hpp"
#include "support/temp_dir.hpp"

namespace signalbox::store {
namespace {

constexpr std::uint64_t kSmallSegment = 4096;

class LogReplay : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(files_.create_folder()); }

  /// Writes groups `first` to `last`, each saying that all before it was synced or, if not `synced`, none.
  void write(std::uint64_t first, std::uint64_t last, bool synced = true) {
    LogWriter log(files_, {kSmallSegment, nullptr}, end_);
    for (auto number = first; number <= last; ++number) {
      const auto text = "group " + std::to_string(number) + std::string(200, '.');
      if (log.needs_segment(text.size())) {
        ASSERT_TRUE(log.begin_segment());
      }
      const std::string_view parts[] = {std::string_view(text).substr(0, 3), std::string_view(text).substr(3)};
      const auto at = log.append(number, synced ? number - 1 : 0, parts);
      ASSERT_TRUE(at) << at.error().message;
      places_.push_back(*at);
    }
    ASSERT_TRUE(log.sync());
    end_ = log.end();
  }
  /// The numbers of the groups found, after the first `skip`.
  std::vector<std::uint64_t> found(std::uint64_t skip = 0, OnDamage on_damage = OnDamage::refuse) {
    std::vector<std::uint64_t> numbers;
    LogEnd from;
    if (skip > 0) from = {skip, {places_[skip - 1].segment, places_[skip - 1].offset + 200 + name(skip).size()}};
    const auto take = [&](const ReplayedGroup& group) {
      EXPECT_TRUE(group.payload.starts_with(name(group.number))) << group.payload;
      EXPECT_EQ(group.at, places_.at(group.number - 1));
      numbers.push_back(group.number);
      return ok();
    };
    const auto end = replay(files_, from, on_damage, take);
    error_ = end ? "" : end.error().message;
    if (end) found_end_ = *end;
    return numbers;
  }
  static std::string name(std::uint64_t group) { return "group " + std::to_string(group); }
  static std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> all;
    for (; first <= last; ++first) all.push_back(first);
    return all;
  }
  void flip_in_group(std::uint64_t number) {
    const auto& at = places_[number - 1];
    std::fstream file(files_.path(at.segment), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at.offset));
    file.put('?');
  }

  test::TempDir folder_;
  LogFiles files_{folder_.path() / "log"};
  LogPosition end_;
  std::vector<LogPosition> places_;
  LogEnd found_end_;
  std::string error_;
};

TEST_F(LogReplay, nothing_is_found_where_nothing_is) {
  EXPECT_EQ(found(), numbers(1, 0));
  std::filesystem::remove(files_.folder());
  EXPECT_EQ(found(), numbers(1, 0));
}

TEST_F(LogReplay, groups_are_found_in_order_over_segments) {
  write(1, 100);
  EXPECT_GT(end_.segment, 3u);
  EXPECT_EQ(found(), numbers(1, 100));
  EXPECT_EQ(found_end_.group, 100u);
  EXPECT_EQ(found_end_.at, end_);
  EXPECT_EQ(found(40), numbers(41, 100));
  EXPECT_EQ(found(100), numbers(1, 0));
}

TEST_F(LogReplay, each_writer_begins_a_segment) {
  write(1, 3);
  write(4, 6);
  EXPECT_EQ(end_.segment, 2u);
  EXPECT_EQ(found(), numbers(1, 6));
}

TEST_F(LogReplay, prepared_segment_is_used) {
  LogWriter log(files_, {kSmallSegment, nullptr}, {});
  ASSERT_TRUE(log.prepare());
  EXPECT_TRUE(log.is_prepared());
  ASSERT_TRUE(log.begin_segment());
  EXPECT_FALSE(log.is_prepared());
  EXPECT_EQ(log.segment(), 1u);
  EXPECT_EQ(std::filesystem::file_size(files_.path(1)), kSmallSegment);
}

TEST_F(LogReplay, group_larger_than_a_segment_has_one_of_its_own) {
  LogWriter log(files_, {kSmallSegment, nullptr}, {});
  const std::string large(3 * kSmallSegment, 'x');
  const std::string_view part = large;
  ASSERT_TRUE(log.needs_segment(large.size()));
  ASSERT_TRUE(log.begin_segment());
  EXPECT_FALSE(log.needs_segment(large.size()));
  ASSERT_TRUE(log.append(1, 0, {&part, 1}));
  EXPECT_TRUE(log.needs_segment(1));
}

TEST_F(LogReplay, damage_before_what_was_synced_is_refused_and_named) {
  write(1, 20);
  flip_in_group(7);
  EXPECT_EQ(found(), numbers(1, 6));
  EXPECT_NE(error_.find(files_.path(1).string()), std::string::npos) << error_;
  EXPECT_NE(error_.find("group 7"), std::string::npos) << error_;
  EXPECT_EQ(found(0, OnDamage::stop), numbers(1, 6));
  EXPECT_EQ(found_end_.group, 6u);
}

TEST_F(LogReplay, damage_that_nothing_synced_follows_is_where_the_log_ends) {
  write(1, 6);
  write(7, 8, false);
  flip_in_group(7);
  EXPECT_EQ(found(), numbers(1, 6));
  EXPECT_EQ(error_, "");
  ASSERT_TRUE(cut_behind(files_, found_end_.at));
  EXPECT_FALSE(std::filesystem::exists(files_.path(2))) << "group 8 is not there without 7";
  EXPECT_EQ(std::filesystem::file_size(files_.path(1)), found_end_.at.offset);
}

TEST_F(LogReplay, damaged_last_group_is_where_the_log_ends) {
  write(1, 20);
  flip_in_group(20);
  EXPECT_EQ(found(), numbers(1, 19));
  EXPECT_EQ(error_, "");
}

TEST_F(LogReplay, segment_cut_off_or_missing_in_the_middle_is_refused) {
  write(1, 100);
  std::filesystem::resize_file(files_.path(2), 1000);
  found();
  EXPECT_NE(error_, "");
  ASSERT_TRUE(files_.remove(2));
  found();
  EXPECT_NE(error_, "");
}

TEST_F(LogReplay, group_copied_from_another_segment_is_none) {
  write(1, 3);
  write(4, 4);
  std::filesystem::copy_file(files_.path(1), files_.path(3));
  EXPECT_EQ(found(), numbers(1, 4));
  EXPECT_EQ(error_, "");
}

TEST_F(LogReplay, what_the_visitor_refuses_ends_it) {
  write(1, 5);
  const auto refuse = [](const ReplayedGroup&) -> Status { return Error(Errc::corrupt, "no"); };
  const auto end = replay(files_, {}, OnDamage::refuse, refuse);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().message, "no");
}

}  // namespace
}  // namespace signalbox::store
