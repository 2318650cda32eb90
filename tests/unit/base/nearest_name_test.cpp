#include "base/nearest_name.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace signalbox::base {
namespace {

TEST(NearestName, an_edit_is_an_insert_a_delete_a_replace_or_a_swap) {
  EXPECT_EQ(edit_distance("", "", 5), 0u);
  EXPECT_EQ(edit_distance("abc", "abc", 5), 0u);
  EXPECT_EQ(edit_distance("abc", "abxc", 5), 1u);
  EXPECT_EQ(edit_distance("abc", "ac", 5), 1u);
  EXPECT_EQ(edit_distance("abc", "axc", 5), 1u);
  EXPECT_EQ(edit_distance("abc", "acb", 5), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 5), 3u);
  EXPECT_EQ(edit_distance("", "abc", 5), 3u);
}

TEST(NearestName, counting_stops_past_the_limit) {
  EXPECT_EQ(edit_distance("abcdef", "uvwxyz", 2), 3u);
  EXPECT_EQ(edit_distance("a", "aaaaaaaaa", 2), 3u);
}

TEST(NearestName, the_nearest_within_a_third_is_found) {
  constexpr std::array<std::string_view, 4> known{"targets", "channels", "keys", "max_age"};
  EXPECT_EQ(nearest_name("tarjets", known), "targets");
  EXPECT_EQ(nearest_name("tragets", known), "targets");
  EXPECT_EQ(nearest_name("chanels", known), "channels");
  EXPECT_EQ(nearest_name("Keys", known), "keys");
  EXPECT_EQ(nearest_name("max-age", known), "max_age");
  EXPECT_EQ(nearest_name("maxage", known), "max_age");
  EXPECT_EQ(nearest_name("kex", known), "");
  EXPECT_EQ(nearest_name("colour", known), "");
  EXPECT_EQ(nearest_name("", known), "");
  EXPECT_EQ(nearest_name(std::string(10'000, 'k'), known), "");
}

TEST(NearestName, of_equals_the_first_wins) {
  constexpr std::array<std::string_view, 2> known{"rule1", "rule2"};
  EXPECT_EQ(nearest_name("rule3", known), "rule1");
}

}  // namespace
}  // namespace signalbox::base
