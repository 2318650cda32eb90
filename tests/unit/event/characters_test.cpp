#include "event/characters.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::event {
namespace {

// Every code point there is, against the list in the specification.
TEST(Characters, exactly_the_characters_that_a_string_may_not_hold_are_forbidden) {
  std::string text;
  for (std::uint32_t c = 0; c < 0x110000; ++c) {
    text.clear();
    append_code_point(text, c);
    const bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F), surrogate = c >= 0xD800 && c <= 0xDFFF;
    const bool noncharacter = (c >= 0xFDD0 && c <= 0xFDEF) || c % 0x10000 >= 0xFFFE;
    if (find_forbidden_character(text).has_value() != (control || surrogate || noncharacter) ||
        find_invalid_utf8(text).has_value() != surrogate || is_utf8(text) == surrogate)
      FAIL() << "U+" << std::hex << c;
  }
}

TEST(Characters, the_offset_of_the_first_bad_byte_is_given_at_every_alignment) {
  for (std::size_t before = 0; before < 20; ++before)
    for (const std::string bad : {"\n", "\x7f", "\xff", "\xc2\x80", "\xef\xbf\xbe"}) {
      const auto found = find_forbidden_character(std::string(before, 'a') + bad + std::string(20, '~'));
      ASSERT_TRUE(found) << before;
      EXPECT_EQ(found->at, before);
    }
  EXPECT_FALSE(
      find_forbidden_character("a space, ~tilde~ and é€😀 stay as they are, are they not? yes they are"));
}

TEST(Characters, broken_utf8_is_found_where_it_begins) {
  for (const std::string bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_EQ(find_invalid_utf8("ab" + bad), 2u);
    EXPECT_FALSE(is_utf8("ab" + bad));
  }
}

TEST(Characters, shown_text_is_printable_and_short) {
  EXPECT_EQ(shown("ce-x"), "ce-x");
  EXPECT_EQ(shown("a\nb\xff"), "a?b?");
  EXPECT_EQ(shown(std::string(100, 'a')), std::string(64, 'a') + "...");
}

TEST(Characters, a_forbidden_one_is_found_at_any_place_in_text_of_any_length) {
  for (std::size_t size = 1; size <= 20; ++size) {
    EXPECT_FALSE(find_forbidden_character(std::string(size, ' ')));
    EXPECT_FALSE(find_forbidden_character(std::string(size, '~')));
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {'\0', '\x1f', '\x7f', '\x80', '\xff'}) {
        std::string text(size, '~');
        text[at] = c;
        const auto found = find_forbidden_character(text);
        ASSERT_TRUE(found) << "size " << size;
        EXPECT_EQ(found->at, at);
      }
    }
  }
}

}  // namespace
}  // namespace signalbox::event
