#include "pipeline/ignore_case_text.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

using Reading = IgnoreCaseText::Reading;

TEST(IgnoreCaseText, a_character_matches_its_two_forms) {
  const struct {
    const char *text, *value;
    bool equal;
  } rows[] = {
      {"aBc", "AbC", true},   {"abc", "abcd", false}, {"abcd", "abc", false},  {"", "", true},
      {"", "a", false},       {"É", "é", true},       {"ß", "SS", true},       {"ß", "ß", true},
      {"SS", "ß", false},     {"ß", "ss", false},     {"ı", "I", true},        {"I", "ı", false},
      {"İ", "i̇", true},       {"σ", "Σ", true},       {"ς", "σ", false},       {"\u212A", "k", true},
      {"K", "\u212A", false}, {"Ⱥx", "ⱥX", true},     {"ﬁ", "FI", true},       {"x1_", "X1_", true},
      {"𐐀", "𐐨", true},       {"😀", "😀", true},       {"e\u0301", "é", false}, {"[", "{", false},
      {"@", "`", false},
  };
  for (const auto reading : {Reading::signalbox, Reading::event_ruler})
    for (const auto& row : rows)
      EXPECT_EQ(IgnoreCaseText(row.text, reading).equals(row.value), row.equal)
          << row.text << " " << row.value;
}

TEST(IgnoreCaseText, title_case_matches_itself_in_our_reading_only) {
  EXPECT_TRUE(IgnoreCaseText("\u01C5", Reading::signalbox).equals("\u01C5"));
  EXPECT_FALSE(IgnoreCaseText("\u01C5", Reading::event_ruler).equals("\u01C5"));
}

TEST(IgnoreCaseText, either_end_can_be_compared) {
  const IgnoreCaseText ascii("Ab", Reading::signalbox), other("ßé", Reading::signalbox);
  EXPECT_TRUE(ascii.is_prefix_of("aBc"));
  EXPECT_TRUE(ascii.is_suffix_of("caB"));
  EXPECT_FALSE(ascii.is_prefix_of("caB"));
  EXPECT_FALSE(ascii.is_suffix_of("b"));
  EXPECT_TRUE(other.is_prefix_of("SSÉx"));
  EXPECT_TRUE(other.is_suffix_of("xSSÉ"));
  EXPECT_FALSE(other.is_prefix_of("xSSÉ"));
  EXPECT_FALSE(other.is_suffix_of("É"));
}

}  // namespace
}  // namespace signalbox::pipeline
