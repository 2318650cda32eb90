#include "base/header_field.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::base {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

TEST(HeaderField, names_are_equal_in_any_case_whatever_their_length) {
  for (std::size_t size = 0; size <= 40; ++size) {
    EXPECT_TRUE(equals_ignoring_case(std::string(size, 'Q'), std::string(size, 'q'))) << size;
    EXPECT_FALSE(equals_ignoring_case(std::string(size, 'q'), std::string(size + 1, 'q'))) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other(size, 'q');
      other[at] = 'r';
      EXPECT_FALSE(equals_ignoring_case(std::string(size, 'Q'), other)) << size << " at " << at;
    }
  }
}

// Among them '@' and '`', '[' and '{', and bytes above ASCII, which differ in the same bit as letters do.
TEST(HeaderField, only_letters_of_ascii_have_two_cases) {
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    const auto other = static_cast<char>(byte ^ 0x20);
    for (const std::size_t size : {1, 8, 11}) {
      EXPECT_EQ(equals_ignoring_case(std::string(size, c), std::string(size, other)), is_letter(c)) << byte;
      EXPECT_TRUE(equals_ignoring_case(std::string(size, c), std::string(size, c))) << byte;
    }
  }
}

TEST(HeaderField, the_first_of_a_name_is_found) {
  const HeaderField fields[] = {{"Host", "a"}, {"CONTENT-TYPE", "b"}, {"content-type", "c"}};
  ASSERT_NE(find_header(fields, "Content-Type"), nullptr);
  EXPECT_EQ(find_header(fields, "Content-Type")->value, "b");
  EXPECT_EQ(find_header(fields, "Content-Typ"), nullptr);
}

}  // namespace
}  // namespace signalbox::base
