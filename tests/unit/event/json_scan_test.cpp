#include "event/json_scan.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

namespace signalbox::event {
namespace {

using namespace std::string_literals;
constexpr unsigned kDepth = 64;

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(ValidateJson, well_formed_texts_pass) {
  const std::vector<std::string> texts{"0",
                                       "-0",
                                       "-0.0e-0",
                                       "1E+9",
                                       "123456789012345678901234567890.5",
                                       "true",
                                       "false",
                                       "null",
                                       "\"\"",
                                       "{}",
                                       "[]",
                                       " [ ] ",
                                       "\t{\r\n}\n",
                                       R"({"a":1,"b":[{},[],"x"],"":null})",
                                       R"("\"\\\/\b\f\n\r\tA")",
                                       R"("\ud83d\ude00")",
                                       R"("\ud800")",
                                       "\"\x7f\"",
                                       "\"€😀\"",
                                       R"([{"a":1},{"a":1}])",
                                       R"({"a":{"a":{"a":1}}})",
                                       "[[],[[]],[{}]]"};
  for (const auto& text : texts) {
    const auto fault = validate_json(text, kDepth);
    EXPECT_FALSE(fault) << text << ": " << fault->message;
  }
}

struct Bad {
  std::string text;
  std::size_t offset;
  std::string pointer;
};

TEST(ValidateJson, a_fault_says_where_it_is) {
  const std::vector<Bad> cases{
      {"", 0, ""},
      {"  ", 2, ""},
      {"\xEF\xBB\xBF{}", 0, ""},
      {"nul", 0, ""},
      {"True", 0, ""},
      {"01", 0, ""},
      {"-", 0, ""},
      {"+1", 0, ""},
      {"1.", 0, ""},
      {".5", 0, ""},
      {"1e", 0, ""},
      {"1e+", 0, ""},
      {"0x1", 1, ""},
      {"NaN", 0, ""},
      {"1 2", 2, ""},
      {"{}\0"s, 2, ""},
      {"\"a", 2, ""},
      {"\"\\x\"", 1, ""},
      {"\"\\u12g4\"", 1, ""},
      {"\"\\", 1, ""},
      {"\"a\nb\"", 2, ""},
      {"\"\x1f\"", 1, ""},
      {"'a'", 0, ""},
      {"\"\xff\"", 1, ""},
      {"\"\xc0\xaf\"", 1, ""},
      {"\"\xed\xa0\x80\"", 1, ""},
      {"[1,]", 3, "/1"},
      {"[1 2]", 3, "/0"},
      {"[1", 2, "/0"},
      {"[1}", 2, "/0"},
      {"[,1]", 1, "/0"},
      {"{\"a\":1]", 6, "/a"},
      {"{\"a\":1,}", 7, ""},
      {"{\"a\" 1}", 5, "/a"},
      {"{a:1}", 1, ""},
      {"{1:1}", 1, ""},
      {"{\"a\":}", 5, "/a"},
      {"{\"a\":1 \"b\":2}", 7, "/a"},
      {"{\"x\":[0,{\"y\":tru}]}", 13, "/x/1/y"},
      {"{\"a/b\":{\"m~n\":?}}", 14, "/a~1b/m~0n"},
      {"{\"a\":1,\"a\":2}", 7, "/a"},
      {"{\"a\":1,\"\\u0061\":2}", 7, "/\\u0061"},
      {"{\"o\":{\"\\ud800\":1,\"\\uD800\":2}}", 17, "/o/\\uD800"},
      {"[0,{\"k\":{},\"l\":1,\"k\":[]}]", 17, "/1/k"},
      {"{\"\":1,\"\":2}", 6, "/"},
      {"/**/1", 0, ""},
  };
  for (const auto& c : cases) {
    const auto fault = validate_json(c.text, kDepth);
    ASSERT_TRUE(fault) << c.text;
    EXPECT_EQ(fault->offset, c.offset) << c.text;
    EXPECT_EQ(fault->pointer, c.pointer) << c.text;
    EXPECT_NE(fault->message, "") << c.text;
  }
}

TEST(ValidateJson, control_characters_are_found_at_every_alignment) {
  for (std::size_t before = 0; before < 20; ++before)
    for (char bad : {'\0', '\n', '\x1f'}) {
      const auto text = "\"" + std::string(before, 'x') + bad + std::string(12, 'y') + "\"";
      const auto fault = validate_json(text, kDepth);
      ASSERT_TRUE(fault) << before;
      EXPECT_EQ(fault->offset, before + 1);
    }
}

TEST(ValidateJson, depth_counts_arrays_and_objects_within_each_other) {
  EXPECT_FALSE(validate_json("1", 0));
  EXPECT_TRUE(validate_json("[]", 0));
  EXPECT_FALSE(validate_json(repeated("[", 5) + repeated("]", 5), 5));
  EXPECT_TRUE(validate_json(repeated("[", 6) + repeated("]", 6), 5));
  EXPECT_FALSE(validate_json("[" + repeated("[[]],", 50) + "0]", 3));
  EXPECT_TRUE(validate_json(repeated("{\"a\":", 6) + "1" + repeated("}", 6), 5));
}

// One that recurses dies of it.
TEST(ValidateJson, a_million_levels_are_refused_at_once) {
  EXPECT_EQ(validate_json(repeated("[", 1'000'000), kDepth)->offset, kDepth);
  EXPECT_TRUE(validate_json(repeated("{\"a\":", 1'000'000), 100'000));
}

std::string object_of(std::size_t members, std::string_view prefix) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i)
    (text += i ? ",\"" : "\"").append(prefix).append(std::to_string(i)).append("\":0");
  return text;
}

TEST(ValidateJson, equal_names_are_found_among_few_and_many) {
  for (std::size_t members : {2u, 19u, 20u, 21u, 22u, 1000u}) {
    const auto object = object_of(members, "k");
    EXPECT_FALSE(validate_json(object + "}", kDepth)) << members;
    const auto twice = object + ",\"k1\":0}";
    const auto fault = validate_json(twice, kDepth);
    ASSERT_TRUE(fault) << members;
    EXPECT_EQ(fault->offset, object.size() + 1);
    EXPECT_EQ(fault->pointer, "/k1");
    EXPECT_TRUE(validate_json(object + ",\"\\u006b1\":0}", kDepth)) << members;
  }
}

TEST(ValidateJson, names_that_differ_in_one_byte_are_different) {
  for (std::size_t size = 1; size < 40; ++size)
    for (std::size_t at = 0; at < size; ++at) {
      std::string other(size, 'a');
      other[at] = 'b';
      EXPECT_FALSE(validate_json("{\"" + std::string(size, 'a') + "\":1,\"" + other + "\":2}", kDepth));
    }
}

/// Processor time, so that a busy machine does not count.
double seconds_to_validate(const std::string& text) {
  const auto start = std::clock();
  EXPECT_FALSE(validate_json(text, kDepth));
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// Comparing each with each would take a hundred times as long for ten times as many.
TEST(ValidateJson, ten_times_as_many_names_take_about_ten_times_as_long) {
  for (const char* prefix : {"k", "\\u006b"}) {
    const auto few = seconds_to_validate(object_of(10'000, prefix) + "}");
    EXPECT_LT(seconds_to_validate(object_of(100'000, prefix) + "}"), 40 * few + 0.01);
  }
}

TEST(JsonCursor, walks_members_and_hands_out_raw_values) {
  JsonCursor cursor(R"( { "a" : [1, 2] , "b\n":"x\ty", "c":-1.5e3 , "d":{} } )", 1);
  ASSERT_TRUE(cursor.enter_object());
  const std::vector<std::string_view> names{"a", "b\\n", "c", "d"},
      raws{"[1, 2]", R"("x\ty")", "-1.5e3", "{}"};
  const std::vector<JsonType> types{JsonType::array, JsonType::string, JsonType::number, JsonType::object};
  std::size_t i = 0;
  while (const auto name = cursor.next_member()) {
    const auto value = cursor.read_value();
    ASSERT_TRUE(value);
    EXPECT_EQ(name->content(), names[i]);
    EXPECT_EQ(name->escaped, i == 1);
    EXPECT_EQ(value->raw, raws[i]);
    EXPECT_EQ(value->type, types[i]);
    ++i;
  }
  EXPECT_EQ(i, 4u);
  EXPECT_TRUE(cursor.expect_end());
  EXPECT_FALSE(cursor.failed());
}

TEST(JsonCursor, a_walk_by_hand_finds_the_same_faults) {
  for (const std::string text :
       {"{\"a\":1,\"a\":2}", "{\"a\":1", "{\"a\":1,}", "{\"a\"}", "{,}", "{]", "{\"a\":[1}", "{} x", "[]"}) {
    JsonCursor cursor(text, kDepth);
    if (cursor.enter_object())
      while (cursor.next_member()) cursor.read_value();
    EXPECT_FALSE(cursor.expect_end()) << text;
    EXPECT_TRUE(cursor.failed()) << text;
  }
  for (const std::string text : {"[1", "[1,]", "[1}", "[,]", "[1] x", "{}"}) {
    JsonCursor cursor(text, kDepth);
    if (cursor.enter_array())
      while (cursor.next_element()) cursor.read_value();
    EXPECT_FALSE(cursor.expect_end()) << text;
  }
}

TEST(JsonCursor, a_fault_s_pointer_can_start_at_a_value_inside) {
  const std::string text = R"([{"a":1},{"b":{"c":nope}}])";
  JsonCursor cursor(text, kDepth);
  ASSERT_TRUE(cursor.enter_array());
  ASSERT_TRUE(cursor.next_element());
  ASSERT_TRUE(cursor.read_value());
  ASSERT_TRUE(cursor.next_element());
  const auto element = cursor.offset();
  EXPECT_FALSE(cursor.read_value());
  EXPECT_EQ(cursor.fault().pointer, "/1/b/c");
  EXPECT_EQ(cursor.fault(element).pointer, "/b/c");
}

TEST(AppendUnescaped, every_escape_becomes_its_character) {
  std::string out = ">";
  EXPECT_TRUE(append_unescaped(out, R"(a\"\\\/\b\f\n\r\tz\u0000\u00e9\u20AC\ud83d\ude00\uffff!)",
                               UnpairedSurrogates::refuse));
  EXPECT_EQ(out, ">a\"\\/\b\f\n\r\tz\0é€😀\uffff!"s);
}

TEST(AppendUnescaped, unpaired_surrogates_are_refused_or_kept_as_asked) {
  for (const std::string text :
       {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\n)", R"(\udc00\ud800)", R"(\ud800\ud800\udc00)"}) {
    std::string out;
    EXPECT_FALSE(append_unescaped(out, text, UnpairedSurrogates::refuse)) << text;
    EXPECT_TRUE(append_unescaped(out, text, UnpairedSurrogates::keep)) << text;
  }
}

}  // namespace
}  // namespace signalbox::event
