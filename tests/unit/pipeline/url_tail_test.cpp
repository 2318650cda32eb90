#include "pipeline/url_tail.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

Event event(const std::string& data) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t");
  return builder.data(DataKind::json, data).build();
}

/// What the template makes of an event whose data.v is `value`, JSON.
std::string path_of(std::string_view text, const std::string& value = "\"x\"") {
  TemplateVariables variables;
  const auto path = PathTemplate::parse(text, variables);
  if (!path) return "refused: " + path.error().message;
  const auto subject = event("{\"v\":" + value + "}");
  const TemplateValues values(variables.used(), subject, TransformContext());
  auto rendered = path->render(values);
  return rendered ? *rendered : "error: " + rendered.error().message;
}

TEST(PathTemplate, values_fill_a_part_of_one_segment) {
  EXPECT_EQ(path_of("/a/<$.data.v>/b", "\"o/7\""), "/a/o%2F7/b");
  EXPECT_EQ(path_of("/v1:get;x=<$.data.v>", "12345678901234567890"), "/v1:get;x=12345678901234567890");
  EXPECT_EQ(path_of("/<$.data.v>", R"("?q#f@h//e.x\r\n\u00e9 %2e")"),
            "/%3Fq%23f%40h%2F%2Fe.x%0D%0A%C3%A9%20%252e");
  EXPECT_EQ(path_of("/a%20b"), "/a%20b");
}

TEST(PathTemplate, a_value_cannot_lead_to_another_path) {
  EXPECT_EQ(path_of("/a/<$.data.v>/b", "\"..\""), "error: path: a segment becomes \".\" or \"..\"");
  EXPECT_EQ(path_of("/a/.<$.data.v>", "\".\""), "error: path: a segment becomes \".\" or \"..\"");
  EXPECT_EQ(path_of("/a/<$.data.v>", "\"\""), "error: path: the event has no value for <$.data.v>");
  EXPECT_EQ(path_of("/a/<$.data.none>"), "error: path: the event has no value for <$.data.none>");
  EXPECT_EQ(path_of("/a/<$.data.v>", "{\"x\":1}"),
            "error: path: the value of <$.data.v> is no text or number");
  EXPECT_EQ(path_of("/a/<$.data.v>", '"' + std::string(5000, 'x') + '"'),
            "error: path: becomes longer than 4 KiB");
}

TEST(PathTemplate, what_is_no_path_is_refused_when_read) {
  EXPECT_EQ(path_of("a"), "refused: a path begins with \"/\"");
  EXPECT_EQ(path_of("//evil.example/../x"), "refused: a segment of a path cannot be \".\" or \"..\"");
  EXPECT_EQ(path_of("/a/%2e%2E/b"), "refused: a segment of a path cannot be \".\" or \"..\"");
  EXPECT_EQ(path_of("/a?b=c"), "refused: a path ends before \"?\" and \"#\": parameters go under query");
  EXPECT_EQ(path_of("/a b"), "refused: has a character that no path has: write it as %HH");
  EXPECT_EQ(path_of("/%2"), "refused: has a character that no path has: write it as %HH");
  EXPECT_EQ(path_of("/<$.data.v"), "refused: a \"<\" has no \">\"");
  EXPECT_NE(path_of("/<who>").find("no variable <who>"), std::string::npos);
}

TEST(QueryTemplate, values_are_encoded_and_empty_ones_left_out) {
  TemplateVariables variables;
  QueryTemplate query;
  ASSERT_TRUE(query.add("a b", "<$.data.v>&x=1", variables));
  ASSERT_TRUE(query.add("none", "<$.data.none>", variables));
  ASSERT_TRUE(query.add("n", "<$.data.n>", variables));
  const auto subject = event(R"({"v":"1&2=3","n":1.50})");
  const TemplateValues values(variables.used(), subject, TransformContext());
  EXPECT_EQ(*query.render(values), "a%20b=1%262%3D3%26x%3D1&n=1.50");
}

TEST(QueryTemplate, bounds) {
  TemplateVariables variables;
  QueryTemplate query;
  EXPECT_FALSE(query.add("", "x", variables));
  ASSERT_TRUE(query.add("v", "<$.data.v>", variables));
  const auto subject = event("{\"v\":\"" + std::string(9000, 'x') + "\"}");
  const TemplateValues values(variables.used(), subject, TransformContext());
  EXPECT_EQ(query.render(values).error().code, Errc::too_large);
}

}  // namespace
}  // namespace signalbox::pipeline
