#include "pipeline/json_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::pipeline {
namespace {

/// The tokens, one character each, names and scalars with their text.
std::string tokens(std::string_view text, std::size_t depth = 8) {
  JsonReader reader(text, depth);
  std::string out;
  for (;;) {
    const auto token = reader.next();
    if (token == JsonToken::end) return out;
    if (token == JsonToken::fault) return "fault " + reader.message();
    if (token == JsonToken::name)
      out += std::string(reader.text()) + ":";
    else if (is_scalar(token))
      out += std::string(reader.text()) + " ";
    else
      out += "{}[]"[static_cast<int>(token)];
  }
}

TEST(JsonReader, tokens_come_in_order_with_duplicates_and_notations) {
  EXPECT_EQ(tokens(R"( {"b":[1.0,-0e+1],"a":"x\n\u00e9\ud83d\ude00","a":null} )"),
            "{b:[1.0 -0e+1 ]a:x\né😀 a:null }");
  EXPECT_EQ(tokens("[[],{},true,false]"), "[[]{}true false ]");
  EXPECT_EQ(tokens("7"), "7 ");
}

TEST(JsonReader, an_unpaired_surrogate_equals_only_itself) {
  EXPECT_EQ(tokens(R"("\ud83d")"), tokens(R"("\uD83D")"));
  EXPECT_NE(tokens(R"("\ud83d")"), tokens(R"("\ud83e")"));
  EXPECT_EQ(tokens(R"("\ud83d\u0041")"), tokens(R"("\ud83dA")"));
}

TEST(JsonReader, every_fault_is_found) {
  const char* texts[] = {"",           " ",
                         "{",          "[",
                         "{\"a\"}",    "{\"a\":}",
                         "{\"a\":1,}", "[1,]",
                         "[1 2]",      "{a:1}",
                         "[01]",       "[1.]",
                         "[.5]",       "[1e]",
                         "[-]",        "[+1]",
                         "[NaN]",      "[tru]",
                         "[\"\\x\"]",  "[\"\t\"]",
                         "[\"a]",      "[\"\\u12g4\"]",
                         "1 2",        "[1]]",
                         "[1}",        "{\"a\":1]",
                         "nul",        "{\"a\":1}{\"b\":2}",
                         "// c\n1",    "\xEF\xBB\xBF{}",
                         "[\"\\",      "[\"\\u1",
                         ","};
  for (const char* text : texts)
    EXPECT_TRUE(tokens(text).starts_with("fault at byte ")) << text << tokens(text);
}

TEST(JsonReader, every_cut_of_a_text_is_a_fault) {
  const std::string text = R"({"a":[1.5e-3,"\ud83d\ude00x",{"b":true}],"c":null})";
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_TRUE(tokens(text.substr(0, size)).starts_with("fault")) << size;
}

TEST(JsonReader, nesting_is_bounded) {
  EXPECT_EQ(tokens("[[[]]]", 3), "[[[]]]");
  EXPECT_EQ(tokens("[[[]]]", 2), "fault at byte 2: nested too deeply");
  EXPECT_EQ(tokens(std::string(1'000'000, '['), 64), "fault at byte 64: nested too deeply");
}

TEST(JsonReader, a_container_can_be_skipped_and_cut_out) {
  const std::string text = R"({"a": {"x":[1,{}]} ,"b":2})";
  JsonReader reader(text, 8);
  reader.next();
  reader.next();
  ASSERT_EQ(reader.next(), JsonToken::object);
  const auto begin = reader.begin();
  ASSERT_TRUE(reader.skip_container());
  EXPECT_EQ(text.substr(begin, reader.end() - begin), R"({"x":[1,{}]})");
  EXPECT_EQ(reader.next(), JsonToken::name);
  EXPECT_EQ(reader.text(), "b");
}

}  // namespace
}  // namespace signalbox::pipeline
