#include "pipeline/filter_input.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

EventBuilder builder() {
  EventBuilder b;
  b.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t");
  return b;
}

/// What a field holds: "kind:text" of each leaf, separated by spaces.
std::string show(const FilterInput& input, std::string_view path) {
  static constexpr const char* kKinds[] = {"string", "number", "true", "false", "null"};
  std::string out;
  for (const auto& leaf : input.leaves(input.fields().find(path)))
    out += (out.empty() ? "" : " ") + std::string(kKinds[static_cast<int>(leaf.kind)]) + ":" +
           std::string(leaf.text);
  return out;
}

FieldSet set_of(std::initializer_list<const char*> paths) {
  FieldSet set;
  for (const auto* path : paths) set.add(path);
  return set;
}

TEST(FilterInput, attributes_stand_at_the_top_with_their_types) {
  const auto event = builder()
                         .set("count", "-7", AttributeType::integer)
                         .set("urgent", "true", AttributeType::boolean)
                         .set("quiet", "false", AttributeType::boolean)
                         .build();
  const auto set = set_of({"type", "count", "urgent", "quiet", "subject", "id.x"});
  FilterInput input;
  input.fill(set, event);
  EXPECT_EQ(show(input, "type"), "string:t");
  EXPECT_EQ(show(input, "count"), "number:-7");
  EXPECT_EQ(input.leaves(set.find("count"))[0].number, -7);
  EXPECT_EQ(show(input, "urgent"), "true:true");
  EXPECT_EQ(show(input, "quiet"), "false:false");
  EXPECT_EQ(show(input, "subject"), "");
  EXPECT_EQ(show(input, "id"), "") << "nobody looks at it";
}

TEST(FilterInput, data_is_seen_by_its_kind) {
  const auto set = set_of({"data", "data.a.b", "data_base64"});
  FilterInput input;
  Event event;
  const auto fill = [&](DataKind kind, std::string_view data) {
    event = builder().data(kind, data).build();
    input.fill(set, event);
  };
  fill(DataKind::json, R"( {"a":[{"b":1.50},{"b":"x"}],"c":2} )");
  EXPECT_EQ(show(input, "data.a.b"), "number:1.50 string:x");
  EXPECT_EQ(show(input, "data"), "");
  fill(DataKind::json, "\"x\"");
  EXPECT_EQ(show(input, "data"), "string:x");
  fill(DataKind::text, "{\"a\":1}");
  EXPECT_EQ(show(input, "data"), "string:{\"a\":1}");
  EXPECT_EQ(show(input, "data.a.b"), "");
  fill(DataKind::binary, std::string_view("\0\xFFz", 3));
  EXPECT_EQ(show(input, "data_base64"), "string:AP96");
  EXPECT_EQ(show(input, "data"), "");
  fill(DataKind::none, "");
  EXPECT_TRUE(input.present().empty());
}

TEST(FilterInput, escapes_are_resolved_in_names_and_values) {
  const auto set = set_of({"data.é", "data.x\ty"});
  FilterInput input;
  const auto event =
      builder()
          .data(DataKind::json, R"({"\u00e9":"a\"\\\/\b\f\n\r\t\u0041\ud83d\ude00","x\ty":"z"})")
          .build();
  input.fill(set, event);
  EXPECT_EQ(show(input, "data.é"), "string:a\"\\/\b\f\n\r\tA😀");
  EXPECT_EQ(show(input, "data.x\ty"), "string:z");
}

TEST(FilterInput, values_keep_the_order_of_the_text_and_their_elements) {
  const auto set = set_of({"a", "a.b"});
  FilterInput input;
  ASSERT_TRUE(input.fill_from_json(set, R"({"a":[1,{"b":2},[3,{"b":[4,5]}],{}],"x":[{"b":1}],"a":6})"));
  EXPECT_EQ(show(input, "a"), "number:1 number:3 number:6");
  EXPECT_EQ(show(input, "a.b"), "number:2 number:4 number:5");
  const auto b = input.leaves(set.find("a.b"));
  EXPECT_NE(b[0].element, b[1].element);
  EXPECT_EQ(b[1].element, b[2].element);
  const auto& inner = input.element(b[1].element);
  EXPECT_NE(inner.parent, 0u);
  EXPECT_EQ(input.element(inner.parent).array, input.element(b[0].element).array);
  EXPECT_EQ(input.leaves(set.find("a"))[0].element, 0u);
  EXPECT_EQ(input.array(inner.array).depth, 1u);
  EXPECT_EQ(input.array(input.element(inner.parent).array).depth, 1u);
}

TEST(FilterInput, nothing_is_left_of_the_event_before) {
  const auto small = set_of({"type"}), large = set_of({"id", "type", "subject"});
  const auto with_subject = builder().set("subject", "s").build(), without = builder().build();
  FilterInput input;
  input.fill(large, with_subject);
  EXPECT_EQ(show(input, "subject"), "string:s");
  input.fill(small, without);
  EXPECT_EQ(show(input, "type"), "string:t");
  input.fill(large, without);
  EXPECT_EQ(show(input, "subject"), "");
  EXPECT_EQ(input.present().size(), 2u);
}

TEST(FilterInput, a_text_that_is_no_object_is_refused) {
  const auto set = set_of({"a"});
  FilterInput input;
  for (const char* text : {"", "null", "[]", "1", "\"x\"", "{\"a\":}", "{\"a\":1}{\"a\":2}", "{\"b\":01}",
                           "\xEF\xBB\xBF{}", "{\"b\":\"\xFF\"}"})
    EXPECT_FALSE(input.fill_from_json(set, text)) << text;
  EXPECT_FALSE(input.fill_from_json(set, "{\"a\":" + std::string(2000, '[') + std::string(2000, ']') + "}"));
}

TEST(FilterInput, data_that_is_not_what_it_should_be_does_no_harm) {
  // A record from a damaged store: the scan stops where the text makes no sense.
  const auto set = set_of({"data.a", "data.a.b"});
  FilterInput input;
  const auto fill = [&](std::string_view data) {
    const auto event = builder().data(DataKind::json, data).build();
    input.fill(set, event);
  };
  const std::string text = R"({"a":[{"b":"x\u0041"},[1,"\\"]],"c":{"d":"}"},"a":1})";
  for (std::size_t size = 0; size <= text.size(); ++size) fill(text.substr(0, size));
  for (const char* bad :
       {"]", "{]", "[}", "{\"a\"1}", "{\"a\":]}", "[[[", "\"", "\"\\", "\"\\u", "{\"\\u00", "{1:2}"})
    fill(bad);
  fill("{\"a\":" + std::string(100'000, '['));
}

}  // namespace
}  // namespace signalbox::pipeline
