#include "schema/inference.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "schema/schema.hpp"

namespace signalbox::schema {
namespace {

constexpr std::string_view kBegin = R"({"$schema":"https://json-schema.org/draft/2020-12/schema")";

InferredShape learned(const std::vector<std::string>& values, const InferenceOptions& options = {}) {
  InferredShape shape(options);
  for (const auto& value : values) EXPECT_TRUE(shape.add(value)) << value;
  return shape;
}

/// The keywords behind $schema.
std::string inferred(const std::vector<std::string>& values, const InferenceOptions& options = {}) {
  const auto text = learned(values, options).schema();
  EXPECT_TRUE(text.starts_with(kBegin)) << text;
  EXPECT_TRUE(Schema::compile(text)) << text;
  const auto rest = text.substr(kBegin.size());
  return rest == "}" ? "" : rest.substr(1, rest.size() - 2);
}

InferenceOptions closed() {
  InferenceOptions options;
  options.objects = ObjectModel::closed;
  return options;
}

TEST(Inference, a_schema_says_what_values_have_in_common) {
  const struct {
    std::vector<std::string> values;
    const char* schema;
  } rows[] = {
      {{}, ""},
      {{"null"}, R"("type":"null")"},
      {{"1", "true"}, R"("type":["boolean","integer"])"},
      {{"1", "2.0", "1e2"}, R"("type":"integer")"},
      {{"1", "2.5"}, R"("type":"number")"},
      {{"2.5", "1"}, R"("type":"number")"},
      {{"\"a\"", "null"}, R"("type":["null","string"])"},
      {{"{}"}, R"("type":"object")"},
      {{R"({"b":1,"a":"x"})"},
       R"("properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a","b"],"type":"object")"},
      {{R"({"a":1,"b":1})", R"({"a":null})", R"({"a":1,"c":true})"},
       R"("properties":{"a":{"type":["integer","null"]},"b":{"type":"integer"},"c":{"type":"boolean"}},)"
       R"("required":["a"],"type":"object")"},
      {{R"({"a":{"b":1}})", R"({"a":{"b":2,"c":3}})"},
       R"("properties":{"a":{"properties":{"b":{"type":"integer"},"c":{"type":"integer"}},"required":["b"],)"
       R"("type":"object"}},"required":["a"],"type":"object")"},
      {{"[]"}, R"("type":"array")"},
      {{"[]", "[1,\"a\"]", "[null]"}, R"("items":{"type":["integer","null","string"]},"type":"array")"},
      {{R"([{"a":1},{"a":2,"b":3}])"},
       R"("items":{"properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a"],)"
       R"("type":"object"},"type":"array")"},
      {{R"({"a\"b~/ä":1})"},
       R"("properties":{"a\"b~/ä":{"type":"integer"}},"required":["a\"b~/ä"],"type":"object")"},
  };
  for (const auto& row : rows) EXPECT_EQ(inferred(row.values), row.schema);
}

TEST(Inference, a_format_is_what_all_strings_have) {
  const struct {
    const char *text, *format;
  } rows[] = {
      {"2026-11-30T19:49:00Z", "date-time"},
      {"2026-11-30", "date"},
      {"19:49:00Z", "time"},
      {"PT1H", "duration"},
      {"a@b.example", "email"},
      {"10.0.0.1", "ipv4"},
      {"fe80::1", "ipv6"},
      {"https://a.example/b", "uri"},
      {"urn:isbn:1", "uri"},
      {"3f2504e0-4f89-11d3-9a0c-0305e82c3301", "uuid"},
  };
  for (const auto& row : rows) {
    const auto value = "\"" + std::string(row.text) + "\"";
    EXPECT_EQ(inferred({value, "null", value}),
              R"("format":")" + std::string(row.format) + R"(","type":["null","string"])");
    EXPECT_EQ(inferred({value, "\"plain\""}), R"("type":"string")");
    EXPECT_EQ(inferred({"\"plain\"", value}), R"("type":"string")");
    for (const auto& other : rows)
      if (std::string(other.format) != row.format) {
        EXPECT_EQ(inferred({value, "\"" + std::string(other.text) + "\""}), R"("type":"string")");
      }
  }
}

TEST(Inference, words_have_no_format) {
  for (const std::string word : {"", "host", "a.b", "key:value", "GDPR:yes", "17", "/a/b"})
    EXPECT_EQ(inferred({"\"" + word + "\""}), R"("type":"string")") << word;
}

TEST(Inference, no_value_is_quoted) {
  std::vector<std::string> values;
  for (int i = 0; i < 20; ++i) values.push_back(R"({"state":"secret"})");
  EXPECT_EQ(learned(values).schema().find("secret"), std::string::npos);
}

TEST(Inference, names_that_are_data_make_a_map) {
  std::string days = "{", people = "{";
  for (int day = 10; day < 20; ++day) {
    days += (day > 10 ? ",\"2026-11-" : "\"2026-11-") + std::to_string(day) + "\":" + std::to_string(day);
    people += (day > 10 ? ",\"" : "\"") + std::to_string(day * 1000) + "\":{\"n\":1}";
  }
  EXPECT_EQ(inferred({days + "}"}), R"("additionalProperties":{"type":"integer"},"type":"object")");
  EXPECT_EQ(
      inferred({people + "}", "{\"77\":{\"m\":\"x\"}}"}),
      R"("additionalProperties":{"properties":{"m":{"type":"string"},"n":{"type":"integer"}},"type":"object"},)"
      R"("type":"object")");
}

TEST(Inference, many_members_that_come_and_go_make_a_map) {
  std::vector<std::string> values;
  for (int i = 0; i < 150; ++i)
    values.push_back("{\"user_" + std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i) +
                     "\":" + (i % 2 ? "1" : "2.5") + "}");
  EXPECT_EQ(inferred(values), R"("additionalProperties":{"type":"number"},"type":"object")");
  values.resize(50);
  EXPECT_NE(inferred(values).find("properties"), std::string::npos);
}

TEST(Inference, many_members_that_are_always_there_are_a_record) {
  std::string wide = "{";
  for (int i = 0; i < 500; ++i) wide += (i ? ",\"f" : "\"f") + std::to_string(i) + "\":1";
  const auto schema = inferred({wide + "}", wide + "}"});
  EXPECT_NE(schema.find("\"f499\":{\"type\":\"integer\"}"), std::string::npos);
  EXPECT_NE(schema.find("required"), std::string::npos);
}

TEST(Inference, a_closed_schema_allows_no_other_members) {
  EXPECT_EQ(
      inferred({R"({"a":[]})"}, closed()),
      R"("additionalProperties":false,"properties":{"a":{"items":false,"type":"array"}},"required":["a"],)"
      R"("type":"object")");
}

TEST(Inference, what_is_nested_too_deeply_is_open) {
  InferenceOptions options = closed();
  options.limits.depth = 2;
  auto shape = learned({R"({"a":{"b":{"c":1}}})"}, options);
  EXPECT_TRUE(shape.limited());
  EXPECT_NE(shape.schema().find(R"("b":{"additionalProperties":true,"type":"object"})"), std::string::npos)
      << shape.schema();
  EXPECT_FALSE(learned({R"({"a":{"b":1}})"}, options).limited());
  EXPECT_EQ(*shape.add(R"({"a":{"b":{"c":{"d":[1]}}}})"), false);
  std::string deep(900, '[');
  EXPECT_TRUE(learned({deep + std::string(900, ']')}).limited());
}

TEST(Inference, more_members_than_there_is_room_for_leave_the_object_open) {
  for (const bool by_names : {true, false}) {
    InferenceOptions options = closed();
    if (by_names)
      options.limits.name_bytes = 10;
    else
      options.limits.shapes = 2;
    const auto shape = learned({R"({"first":1,"other":2,"third":3})"}, options);
    EXPECT_TRUE(shape.limited());
    EXPECT_EQ(
        shape.schema().substr(kBegin.size()),
        R"(,"additionalProperties":true,"properties":{"first":{"type":"integer"},"other":{"type":"integer"}},)"
        R"("required":["first","other"],"type":"object"})");
    const auto schema = Schema::compile(shape.schema());
    EXPECT_TRUE((*schema)->valid(R"({"first":1,"other":2,"third":3})"));
  }
}

TEST(Inference, memory_is_bounded_whatever_comes) {
  InferenceOptions options;
  options.limits.shapes = 500;
  InferredShape shape(options);
  for (int i = 0; i < 300; ++i) {
    std::string value = "{";
    for (int j = 0; j < 90; ++j)
      value +=
          (j ? ",\"k" : "\"k") + std::to_string(j) + "\":{\"x" + std::to_string((i * 7 + j) % 80) + "\":[1]}";
    ASSERT_TRUE(shape.add(value + "}"));
  }
  EXPECT_TRUE(shape.limited());
  EXPECT_LT(shape.schema().size(), 60'000u);
}

TEST(Inference, a_value_that_is_no_json_or_too_large_changes_nothing) {
  InferenceOptions options;
  options.limits.value_bytes = 20;
  auto shape = learned({"1"}, options);
  const auto before = shape.schema();
  EXPECT_EQ(shape.add("{\"a\":").error().code, Errc::invalid_argument);
  EXPECT_EQ(shape.add("\"" + std::string(30, 'a') + "\"").error().code, Errc::too_large);
  EXPECT_EQ(shape.schema(), before);
}

TEST(Inference, a_name_that_is_no_unicode_leaves_the_object_open) {
  const auto shape = learned({R"({"a":1,"\ud800":2})"}, closed());
  EXPECT_NE(shape.schema().find("\"additionalProperties\":true"), std::string::npos);
  EXPECT_TRUE(InferredShape::from_schema(shape.schema()));
}

TEST(Inference, an_empty_shape_stays_empty_over_its_text) {
  InferredShape shape;
  EXPECT_TRUE(shape.empty());
  auto again = InferredShape::from_schema(shape.schema());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->empty());
  EXPECT_EQ(*again->add("1"), true);
  EXPECT_EQ(*again->add("2"), false);
}

TEST(Inference, copies_are_independent) {
  auto one = learned({R"({"a":1})"});
  auto other = one;
  EXPECT_TRUE(other.add(R"({"b":1})"));
  EXPECT_EQ(one.schema(), learned({R"({"a":1})"}).schema());
}

TEST(Inference, only_what_it_wrote_is_taken_back) {
  const std::string begin(kBegin);
  const struct {
    std::string text;
    const char* fault;
  } rows[] = {
      {"{", ": not JSON at byte 1"},
      {"true", ": an inferred schema is an object"},
      {"{}", ": an inferred schema has \"$schema\""},
      {R"({"$schema":"http://json-schema.org/draft-07/schema#"})", "/$schema: an inferred schema has"},
      {begin + R"(,"type":"string","minLength":1})",
       "/minLength: is not a keyword that an inferred schema has"},
      {begin + R"(,"format":"date"})", ": has no \"type\""},
      {begin + R"(,"type":"integer","format":"date"})", "/format: is not a format"},
      {begin + R"(,"type":"string","format":"hostname"})", "/format: is not a format"},
      {begin + R"(,"type":"int"})", "/type: must be of null"},
      {begin + R"(,"type":"object","properties":{"a":{"type":1}}})", "/properties/a/type: must be"},
      {begin + R"(,"type":"object","properties":{"a":false}})", "/properties/a: must be an object or true"},
      {begin + R"(,"type":"object","required":["a"]})", "/required/0: is none of \"properties\""},
      {begin + R"(,"type":"string","properties":{}})", "/properties: is there, but \"type\" has no object"},
      {begin + R"(,"type":"string","items":{}})", "/items: is there, but \"type\" has no array"},
      {begin + R"(,"type":"object","properties":{"a":true},"additionalProperties":{"type":"null"}})",
       "/additionalProperties: an inferred schema has either"},
  };
  for (const auto& row : rows) {
    const auto shape = InferredShape::from_schema(row.text);
    ASSERT_FALSE(shape) << row.text;
    EXPECT_TRUE(shape.error().message.starts_with(row.fault)) << shape.error().message;
  }
  InferenceOptions options;
  options.limits.text_bytes = 10;
  EXPECT_EQ(InferredShape::from_schema(begin + "}", options).error().code, Errc::too_large);
}

}  // namespace
}  // namespace signalbox::schema
