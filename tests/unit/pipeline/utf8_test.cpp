#include "pipeline/utf8.hpp"

#include <gtest/gtest.h>

#include "event/characters.hpp"

namespace signalbox::pipeline {
namespace {

TEST(Utf8, characters_survive_being_taken_apart) {
  for (std::uint32_t code_point : {0x24u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    std::string text;
    event::append_code_point(text, code_point);
    const auto [again, size] = first_character(text + "x");
    EXPECT_EQ(again, code_point);
    EXPECT_EQ(size, text.size());
  }
}

TEST(Utf8, bytes_that_are_no_character_become_question_marks) {
  EXPECT_EQ(to_valid_utf8("aé😀\x7F"), "aé😀\x7F");
  EXPECT_EQ(to_valid_utf8("a\xFFz"), "a?z");
  EXPECT_EQ(to_valid_utf8("\xC3"), "?");
  EXPECT_EQ(to_valid_utf8("\xED\xA0\xBD!"), "\?\?\?!");
  EXPECT_EQ(to_valid_utf8("\xC0\x80"), "\?\?");
  EXPECT_EQ(to_valid_utf8("\xF8\x88\x80\x80\x80"), "\?\?\?\?\?");
}

TEST(Utf8, the_order_is_that_of_utf16_units) {
  EXPECT_LT(compare_utf16("a", "b"), 0);
  EXPECT_LT(compare_utf16("a", "ab"), 0);
  EXPECT_EQ(compare_utf16("é", "é"), 0);
  EXPECT_LT(compare_utf16("\U00010000", "\uE000"), 0);
  EXPECT_LT(compare_utf16("\U00010000", "\uFFFF"), 0);
  EXPECT_GT(compare_utf16("\U00010000", "\uD7FF"), 0);
  EXPECT_LT(compare_utf16("\uE000", "\uF000"), 0);
}

}  // namespace
}  // namespace signalbox::pipeline
