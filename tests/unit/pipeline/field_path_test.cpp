#include "pipeline/field_path.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

using Names = std::vector<std::string>;

TEST(FieldPath, a_dot_in_a_name_is_told_from_one_between_names) {
  EXPECT_EQ(to_path_name("a.b"), "a\x01.b");
  EXPECT_EQ(to_path_names("a.b"), "a.b");
  EXPECT_EQ(field_path_names("x." + to_path_name("a.b") + ".y"), (Names{"x", "a.b", "y"}));
  EXPECT_EQ(field_path_names(to_path_names("a.b")), (Names{"a", "b"}));
}

TEST(FieldPath, any_name_comes_back_as_it_was) {
  for (const std::string name : {"", ".", "..", "\x01", "\x01.", ".\x01", "a\x01.b", "$x", "['a.b']"}) {
    EXPECT_EQ(field_path_names(to_path_name(name)), Names{name});
    EXPECT_EQ(count_path_names(to_path_name(name)), 1u) << name;
    EXPECT_EQ(field_path_names("." + to_path_name(name)), (Names{"", name}));
  }
  EXPECT_EQ(field_path_names(to_path_names("\x01.\x01")), (Names{"\x01", "\x01"}));
}

TEST(FieldPath, empty_names_count) {
  EXPECT_EQ(count_path_names(""), 1u);
  EXPECT_EQ(count_path_names("a..b"), 3u);
  EXPECT_EQ(field_path_names("a."), (Names{"a", ""}));
}

TEST(FieldPath, people_see_a_dotted_name_in_brackets) {
  EXPECT_EQ(to_readable_path("a.b"), "a.b");
  EXPECT_EQ(to_readable_path("a." + to_path_name("x.y")), "a.['x.y']");
}

TEST(FieldPath, paths_have_the_order_of_their_names_joined_by_dots) {
  EXPECT_LT(compare_paths("d.$x", "d.\x01."), 0);
  EXPECT_LT(compare_paths("a\x01.b", "a.c"), 0);
  EXPECT_GT(compare_paths("a\x01.c", "a.b"), 0);
  EXPECT_NE(compare_paths("a\x01.b", "a.b"), 0);
  EXPECT_EQ(compare_paths("a\x01.b", "a\x01.b"), 0);
}

}  // namespace
}  // namespace signalbox::pipeline
