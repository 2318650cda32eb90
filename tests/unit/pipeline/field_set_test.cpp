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
  const auto ab = set.child(FieldSet::kRoot, "a.b");
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

TEST(FieldSet, empty_names_are_names) {
  FieldSet set;
  const auto one = set.add(""), two = set.add("."), three = set.add("a.");
  EXPECT_NE(one, two);
  EXPECT_NE(two, three);
  EXPECT_EQ(set.find(""), one);
  EXPECT_EQ(set.find("."), two);
  EXPECT_EQ(set.find("a"), FieldSet::kNoField);
}

TEST(FieldSet, thousands_of_fields_are_all_found_again) {
  FieldSet set;
  for (int i = 0; i < 5000; ++i) set.add("data.f" + std::to_string(i) + ".x");
  for (FieldId i = 0; i < 5000; ++i) ASSERT_EQ(set.find("data.f" + std::to_string(i) + ".x"), i);
}

}  // namespace
}  // namespace signalbox::pipeline
