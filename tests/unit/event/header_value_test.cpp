#include "event/header_value.hpp"

#include <gtest/gtest.h>

namespace signalbox::event {
namespace {

TEST(HeaderValue, the_example_of_the_binding_is_encoded_as_it_says) {
  std::string out;
  append_header_value(out, "Euro € 😀");
  EXPECT_EQ(out, "Euro%20%E2%82%AC%20%F0%9F%98%80");
}

TEST(HeaderValue, every_byte_comes_back_and_only_plain_ascii_stays) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  std::string out;
  append_header_value(out, all);
  for (char c : out) EXPECT_TRUE(c > 0x20 && c < 0x7F && c != '"');
  EXPECT_EQ(*decode_header_value(out), all);
  EXPECT_NE(out.find("!%22#$%25&'"), std::string::npos);
}

TEST(HeaderValue, what_must_be_encoded_is_found_at_any_place_in_text_of_any_length) {
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {' ', '"', '%', '\x7f', '\x80', '\xff', '\0'}) {
        std::string text(size, '~');
        text[at] = c;
        std::string out;
        append_header_value(out, text);
        EXPECT_EQ(out.size(), size + 2);
        EXPECT_EQ(out[at], '%') << "size " << size << " at " << at;
        EXPECT_EQ(*decode_header_value(out), text);
      }
    }
  }
}

TEST(HeaderValue, quoted_and_percent_encoded_values_are_decoded_once) {
  constexpr std::pair<const char*, const char*> cases[] = {{"plain", "plain"},
                                                           {"a%20b", "a b"},
                                                           {"%e2%82%AC", "€"},
                                                           {"%41", "A"},
                                                           {"%2541", "%41"},
                                                           {"\"a b\"", "a b"},
                                                           {"\"a\\\"b\\\\c\"", "a\"b\\c"},
                                                           {"\"%20\"", " "},
                                                           {"\"\"", ""},
                                                           {"5\" disk", "5\" disk"},
                                                           {"a\\b", "a\\b"},
                                                           {"\"\\a\"", "a"}};
  for (const auto& [value, text] : cases) {
    const auto decoded = decode_header_value(value);
    ASSERT_TRUE(decoded) << value;
    EXPECT_EQ(*decoded, text) << value;
    EXPECT_TRUE(is_encoded_header_value(value) || std::string_view(value) == text) << value;
  }
}

TEST(HeaderValue, broken_quoting_and_escapes_are_refused) {
  for (const char* value :
       {"%", "%2", "%zz", "100% sure", "a%2gb", "\"", "\"a", "\"a\\\"", "\"a\\", "\"a\" b", "\"a\"\"b\""})
    EXPECT_FALSE(decode_header_value(value)) << value;
}

}  // namespace
}  // namespace signalbox::event
