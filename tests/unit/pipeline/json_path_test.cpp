#include "pipeline/json_path.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::pipeline {
namespace {

/// "a", 3 and so on, as one text.
std::string steps_of(const JsonPath& path) {
  std::string text;
  for (const auto& step : path.steps()) {
    if (const auto* name = std::get_if<std::string>(&step)) {
      text += "/" + *name;
    } else if (const auto* index = std::get_if<std::size_t>(&step)) {
      text += "#" + std::to_string(*index);
    } else {
      text += "*";
    }
  }
  return text;
}

TEST(JsonPath, dotted_and_bracketed_forms_name_the_same_place) {
  const std::pair<const char*, const char*> cases[] = {
      {"$.data", ""},
      {"$['data']", ""},
      {"$.data.total", "/total"},
      {"$.data['total']", "/total"},
      {"$[\"data\"][\"total\"]", "/total"},
      {"$.data.items[0].price", "/items#0/price"},
      {"$.data[12][3]", "#12#3"},
      {"$.data['a.b']", "/a.b"},
      {"$.data['it\\'s']", "/it's"},
      {"$.data['a\\\\b']", "/a\\b"},
      {"$.data['']", "/"},
      {"$.data.order-id", "/order-id"},
      {"$.data.a/b_c", "/a/b_c"},
      {"$.data.größe", "/größe"},
      {"$.data['*']", "/*"},
  };
  for (const auto& [text, steps] : cases) {
    const auto path = JsonPath::parse(text);
    ASSERT_TRUE(path) << text << ": " << path.error().message;
    EXPECT_EQ(path->root(), JsonPath::Root::data) << text;
    EXPECT_EQ(steps_of(*path), steps) << text;
  }
}

TEST(JsonPath, the_first_step_says_which_part_of_the_event_is_meant) {
  EXPECT_EQ(JsonPath::parse("$")->root(), JsonPath::Root::event);
  EXPECT_EQ(JsonPath::parse("$.data_base64")->root(), JsonPath::Root::data_base64);
  const auto subject = JsonPath::parse("$.subject");
  ASSERT_TRUE(subject);
  EXPECT_EQ(subject->root(), JsonPath::Root::attribute);
  EXPECT_EQ(subject->attribute(), "subject");
  EXPECT_EQ(JsonPath::parse("$['partitionkey']")->attribute(), "partitionkey");
}

TEST(JsonPath, what_is_no_path_is_refused_with_the_reason) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "expected a path"},
      {"data.x", "expected a path"},
      {"$data", "expected \".\" or \"[\" at character 2"},
      {"$.", "a name is missing"},
      {"$.data.", "a name is missing at character 8"},
      {"$.data[", "\"]\" is missing"},
      {"$.data[]", "expected an index"},
      {"$.data[-1]", "expected an index"},
      {"$.data[1x]", "expected an index"},
      {"$.data[99999999999]", "expected an index"},
      {"$.data['x", "a quote is not closed"},
      {"$.data['x\\", "a quote is not closed"},
      {"$.data['x'", "\"]\" is missing"},
      {"$.data.a b", "write names with such characters"},
      {"$[0]", "an event is an object"},
  };
  for (const auto& [text, message] : cases) {
    const auto path = JsonPath::parse(text);
    ASSERT_FALSE(path) << text;
    EXPECT_EQ(path.error().code, Errc::invalid_argument) << text;
    EXPECT_NE(path.error().message.find(message), std::string::npos) << text << ": " << path.error().message;
  }
}

TEST(JsonPath, a_wildcard_stands_for_each_member_or_element) {
  const std::pair<const char*, const char*> cases[] = {
      {"$.data.*", "*"}, {"$.data[*]", "*"}, {"$.data.a[*].b", "/a*/b"}, {"$.data.*[0].*", "*#0*"}};
  for (const auto& [text, steps] : cases) {
    const auto path = JsonPath::parse(text);
    ASSERT_TRUE(path) << text;
    EXPECT_EQ(steps_of(*path), steps);
    EXPECT_TRUE(path->has_wildcard());
  }
  EXPECT_FALSE(JsonPath::parse("$.data['*']")->has_wildcard());
  for (auto text : {"$.*", "$[*]", "$.subject.*", "$.data.a*", "$.data.*a", "$.data[*"})
    EXPECT_FALSE(JsonPath::parse(text)) << text;
}

TEST(JsonPath, slices_and_filters_are_not_supported) {
  for (auto text : {"$..price", "$.data..x", "$.data[1:2]", "$.data[?(@.x)]", "$.data[0,1]"}) {
    const auto path = JsonPath::parse(text);
    ASSERT_FALSE(path) << text;
    EXPECT_EQ(path.error().code, Errc::unsupported) << text << ": " << path.error().message;
  }
}

TEST(JsonPath, a_path_no_event_can_have_is_refused_with_the_likely_one) {
  const std::pair<const char*, const char*> cases[] = {
      {"$.detail", "did you mean $.data"},
      {"$.detail.state", "did you mean $.data"},
      {"$.detail-type", "did you mean $.type"},
      {"$.customer.name", "did you mean $.data.customer"},
      {"$.subject[0]", "only data has members"},
      {"$.data_base64.x", "has no members"},
      {"$.Customer", "no attribute can have that name"},
  };
  for (const auto& [text, message] : cases) {
    const auto path = JsonPath::parse(text);
    ASSERT_FALSE(path) << text;
    EXPECT_NE(path.error().message.find(message), std::string::npos) << text << ": " << path.error().message;
  }
}

TEST(JsonPath, length_and_depth_are_bounded) {
  EXPECT_FALSE(JsonPath::parse("$.data." + std::string(JsonPath::kTextBytesMax, 'a')));
  std::string deep = "$.data";
  for (std::size_t i = 1; i < JsonPath::kStepsMax; ++i) deep += ".a";
  EXPECT_TRUE(JsonPath::parse(deep));
  EXPECT_FALSE(JsonPath::parse(deep + ".a"));
}

}  // namespace
}  // namespace signalbox::pipeline
