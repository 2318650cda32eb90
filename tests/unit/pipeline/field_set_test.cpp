#include "pipeline/field_set.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

TEST(FieldSet, a_path_has_one_number_however_its_names_are_cut) {
  FieldSet set;
  const auto abc = set.add("a.b.c");
  EXPECT_EQ(set.add("a.b.c"), abc);
  EXPECT_EQ(set.add("a.b"), abc + 1);
  EXPECT_EQ(set.size(), 2u);
  const auto ab = set.descendant(FieldSet::kRoot, "a.b");
  EXPECT_EQ(ab, set.child(set.child(FieldSet::kRoot, "a"), "b"));
  EXPECT_EQ(set.field_at(set.child(ab, "c")), abc);
  EXPECT_TRUE(set.has_children(ab));
  EXPECT_FALSE(set.has_children(set.child(ab, "c")));
}

TEST(FieldSet, what_nobody_looks_at_has_no_number) {
  FieldSet set;
  EXPECT_EQ(set.find("a"), FieldSet::kNoField);
  set.add("a.b");
  EXPECT_EQ(set.find("a"), FieldSet::kNoField);
  EXPECT_EQ(set.find("a.b.c"), FieldSet::kNoField);
  EXPECT_EQ(set.find("b"), FieldSet::kNoField);
  EXPECT_EQ(set.find(""), FieldSet::kNoField);
}

TEST(FieldSet, a_name_with_an_escaped_dot_is_one_name) {
  FieldSet set;
  const auto literal = set.add("a\x01.b"), path = set.add("a.b");
  EXPECT_NE(literal, path);
  EXPECT_EQ(set.field_at(set.child(FieldSet::kRoot, "a.b")), literal);
  EXPECT_EQ(set.field_at(set.descendant(FieldSet::kRoot, "a.b")), path);
  EXPECT_EQ(set.find("a\x01.b"), literal);
}

TEST(FieldSet, only_names_without_dots_count_as_children) {
  FieldSet set;
  set.add("a\x01.b");
  set.add("a.b");
  set.add("data");
  EXPECT_EQ(set.child_count(FieldSet::kRoot), 2u);
  EXPECT_TRUE(set.has_attributes());
  FieldSet data_only;
  data_only.add("data.x");
  data_only.add("data_base64");
  EXPECT_FALSE(data_only.has_attributes());
}

TEST(FieldSet, empty_names_are_names) {
  FieldSet set;
  const auto one = set.add(""), two = set.add("."), three = set.add("a.");
  EXPECT_NE(one, two);
  EXPECT_NE(two, three);
  EXPECT_EQ(set.find(""), one);
  EXPECT_EQ(set.find("."), two);
  EXPECT_EQ(set.find("a"), FieldSet::kNoField);
}

TEST(FieldSet, a_node_knows_how_many_names_lead_to_it) {
  FieldSet set;
  set.add("x.a.b");
  set.add("x.a\x01.b");
  EXPECT_EQ(set.depth(FieldSet::kRoot), 0u);
  EXPECT_EQ(set.depth(set.descendant(FieldSet::kRoot, "x.a.b")), 3u);
  EXPECT_EQ(set.depth(set.child(set.child(FieldSet::kRoot, "x"), "a.b")), 2u);
}

TEST(FieldSet, thousands_of_fields_are_all_found_again) {
  FieldSet set;
  for (int i = 0; i < 5000; ++i) set.add("data.f" + std::to_string(i) + ".x");
  for (FieldId i = 0; i < 5000; ++i) ASSERT_EQ(set.find("data.f" + std::to_string(i) + ".x"), i);
}

}  // namespace
}  // namespace signalbox::pipeline
