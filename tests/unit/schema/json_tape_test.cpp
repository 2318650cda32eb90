#include "schema/json_tape.hpp"

#include <gtest/gtest.h>

#include "event/text_scan.hpp"

#include "event/json_scan.hpp"

namespace signalbox::schema {
namespace {

TEST(JsonTape, a_text_becomes_a_node_a_value_in_order) {
  JsonTape tape;
  ASSERT_TRUE(tape.read(R"( {"a":[1,-2.5e3,"x"],"b":null} )", 2)) << tape.message();
  ASSERT_EQ(tape.size(), 8U);
  EXPECT_EQ(tape[0].size, 2U);
  EXPECT_EQ(tape.text_of(1), "a");
  EXPECT_EQ(tape[1].link, event::hash_of_name("a"));
  EXPECT_EQ(tape[2].size, 3U);
  EXPECT_EQ(tape.next(2), 6U);
  EXPECT_TRUE(tape[3].plain_integer);
  EXPECT_FALSE(tape[4].plain_integer);
  EXPECT_EQ(tape.text_of(4), "-2.5e3");
  EXPECT_EQ(tape.text_of(5), "x");
  EXPECT_EQ(tape[7].kind, JsonKind::null);
  EXPECT_EQ(tape.next(0), 8U);
}

TEST(JsonTape, escapes_are_resolved_in_names_and_strings) {
  JsonTape tape;
  ASSERT_TRUE(tape.read(R"({"\u0061":"\ud83d\ude00\n","\ud83d":""})", 1));
  EXPECT_EQ(tape.text_of(1), "a");
  EXPECT_EQ(tape.member(0, "a"), 2U);
  EXPECT_EQ(tape.text_of(2), "😀\n");
  EXPECT_EQ(tape.text_of(3), "\xED\xA0\xBD");  // half a pair, in the pattern of UTF-8
}

TEST(JsonTape, what_is_no_json_is_refused_as_the_scanner_does) {
  for (const char* text :
       {"",         " ",          "{",     "[",   "[1",        "[1,",   "[1,]",    "{\"a\"}",
        "{\"a\":}", "{\"a\":1,}", "{a:1}", "[1}", "{\"a\":1]", "tru",   "nul",     "01",
        "-",        "1.",         "1e",    ".5",  "+1",        "\"a",   "\"\\x\"", "\"\\u12\"",
        "\"\n\"",   "1 2",        "[] []", "'a'", "\\",        "[\"\\", "{\"a\\"}) {
    JsonTape tape;
    EXPECT_FALSE(tape.read(text, 8)) << text;
    EXPECT_TRUE(event::validate_json(text, 8)) << text;
    EXPECT_TRUE(tape.message().starts_with("at byte ")) << text;
  }
}

TEST(JsonTape, depth_is_bounded) {
  JsonTape tape;
  EXPECT_TRUE(tape.read("[[]]", 2));
  EXPECT_FALSE(tape.read("[[[]]]", 2));
  EXPECT_EQ(tape.message(), "at byte 2: nested too deeply");
  EXPECT_TRUE(tape.read("1", 0));
}

TEST(JsonTape, a_pointer_names_the_way_to_a_value) {
  JsonTape tape;
  ASSERT_TRUE(tape.read(R"({"a":{"b/c":[0,{"~":1}]},"d":2})", 8));
  const auto array = tape.member(tape.member(0, "a"), "b/c");
  const auto object = tape.next(array + 1);
  EXPECT_EQ(tape.pointer_to(tape.member(object, "~")), "/a/b~1c/1/~0");
  EXPECT_EQ(tape.pointer_to(0), "");
  EXPECT_EQ(tape.pointer_to(3), "/a/b~1c");  // by its name
  EXPECT_EQ(tape.pointer_to(tape.member(0, "d")), "/d");
}

TEST(JsonTape, a_value_can_be_had_back_as_json) {
  JsonTape tape;
  ASSERT_TRUE(tape.read(R"([{"a": [1, 2]}, "x\ty", 1.50])", 8));
  EXPECT_EQ(tape.json_of(1), R"({"a": [1, 2]})");
  EXPECT_EQ(tape.json_of(tape.next(1)), R"("x\ty")");
  EXPECT_EQ(tape.json_of(static_cast<TapeIndex>(tape.size() - 1)), "1.50");
}

TEST(JsonTape, names_are_compared_to_their_last_byte) {
  for (const std::string text :
       {"", "a", "abc", "abcd", "abcdefg", "abcdefgh", "0123456789abcdef", "0123456789abcdefg"}) {
    EXPECT_TRUE(same_text(text, std::string(text)));
    for (std::size_t i = 0; i < text.size(); ++i) {
      auto other = text;
      other[i] = 'X';
      EXPECT_FALSE(same_text(text, other)) << text << " " << i;
    }
    EXPECT_FALSE(same_text(text, text + "x"));
  }
}

TEST(JsonTape, bytes_that_are_not_utf8_are_shown_as_question_marks) {
  EXPECT_EQ(to_printable("a\xFF\xED\xA0\xBD é"), "a???? é");
}

}  // namespace
}  // namespace signalbox::schema
