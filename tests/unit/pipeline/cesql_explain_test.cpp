#include "pipeline/cesql_explain.hpp"

#include <gtest/gtest.h>

#include <string>

#include "pipeline/filter.hpp"

namespace signalbox::pipeline {
namespace {

Event sample() {
  return EventBuilder()
      .set("specversion", "1.0")
      .set("id", "1")
      .set("source", "/shop")
      .set("type", "com.shop.\"order\"")
      .set("urgent", "true", AttributeType::boolean)
      .set("size", "42", AttributeType::integer)
      .set("long", std::string(500, 'x'))
      .build();
}

/// "place; path; wanted; found", or "matches".
std::string explain(FilterSpec::Kind kind, std::string_view text) {
  const auto filter = compile_filter({kind, std::string(text)});
  if (!filter) return filter.error().message;
  const auto mismatch = (*filter)->explain(sample());
  EXPECT_EQ(mismatch.has_value(), !(*filter)->matches(sample())) << text;
  if (!mismatch) return "matches";
  return mismatch->place + "; " + mismatch->path + "; " + mismatch->wanted + "; " + mismatch->found;
}

TEST(CesqlExplain, the_first_operand_that_is_not_true_is_named_with_what_it_looked_at) {
  const struct {
    const char *expression, *explained;
  } rows[] = {
      {"id = '1' AND source LIKE '/s%'", "matches"},
      {"id = '2'", "character 0; id; id = '2'; id=\"1\""},
      {"id = '1' AND type LIKE 'com.%' AND source = '/x' AND FALSE",
       "character 35; source; source = '/x'; source=\"/shop\""},
      {"'é' = 'é' AND id = '2'", "character 14; id; id = '2'; id=\"1\""},
      {"id = '1' AND (source = 'x' OR subject = 'y')",
       "character 13; source; (source = 'x' OR subject = 'y') (missingAttribute: subject); "
       "source=\"/shop\", subject missing"},
      {"(id = '1' AND size = 7) AND FALSE", "character 14; size; size = 7; size=42"},
      {"urgent AND NOT urgent", "character 11; urgent; NOT urgent; urgent=true"},
      {"type < 5", "character 0; type; type < 5 (cast: type); type=\"com.shop.\\\"order\\\"\""},
      {"id = id AND 1 / (size - 42) = 1",
       "character 12; size; 1 / (size - 42) = 1 (math: 1 / (size - 42)); size=42"},
      {"LEFT(type, -1) = 'a'",
       "character 0; type; LEFT(type, -1) = 'a' (functionEvaluation: LEFT(type, -1)); "
       "type=\"com.shop.\\\"order\\\"\""},
      {"EXISTS subject", "character 0; subject; EXISTS subject; subject missing"},
      {"size + 1", "character 0; size; size + 1 (is no boolean: 43); size=42"},
      {"TRUE AND FALSE", "character 9; ; FALSE; false"},
      {"EXISTS data", "character 0; ; EXISTS data; false"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(explain(FilterSpec::Kind::sql, row.expression), row.explained) << row.expression;
}

TEST(CesqlExplain, long_conditions_and_values_are_cut) {
  const auto explained = explain(FilterSpec::Kind::sql, "long = '" + std::string(300, 'y') + "'");
  EXPECT_EQ(explained, "character 0; long; long = '" + std::string(112, 'y') + "…; long=\"" +
                           std::string(60, 'x') + "…\"");
}

TEST(DialectsExplain, the_first_test_that_fails_is_named_with_its_place) {
  const struct {
    const char *filters, *explained;
  } rows[] = {
      {R"([{"exact":{"id":"1"}}])", "matches"},
      {R"([{"exact":{"id":"2"}}])", R"(/0/exact/id; id; "2"; "1")"},
      {R"([{"exact":{"id":"1"}},{"prefix":{"type":"com.","source":"x"}}])",
       R"(/1/prefix/source; source; a value that begins with "x"; "/shop")"},
      {R"([{"all":[{"exact":{"id":"1"}},{"all":[{"suffix":{"subject":"\"x"}}]}]}])",
       R"(/0/all/1/all/0/suffix/subject; subject; a value that ends with "\"x"; nothing)"},
      {R"([{"exact":{"urgent":"false"}}])", R"(/0/exact/urgent; urgent; "false"; true)"},
      {R"([{"any":[{"exact":{"id":"2"}},{"prefix":{"type":"x","source":"/"}}]}])",
       R"(/0/any; ; (id is "2" or (type begins with "x" and source begins with "/")); )"
       R"(id="1", type="com.shop.\"order\"", source="/shop")"},
      {R"([{"any":[{"exact":{"subject":"x"}}]}])", R"(/0/any; subject; subject is "x"; subject missing)"},
      {R"([{"not":{"exact":{"id":"1"}}}])", R"(/0/not; id; not id is "1"; id="1")"},
      {R"([{"not":{"any":[{"sql":"size > 1"},{"exact":{"id":"x"}}]}}])",
       R"(/0/not; ; not (size > 1 or id is "x"); size=42, id="1")"},
      {R"([{"all":[{"sql":"size > 1 AND id = '2'"}]}])",
       R"(/0/all/0/sql, character 13; id; id = '2'; id="1")"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(explain(FilterSpec::Kind::filters, row.filters), row.explained) << row.filters;
}

}  // namespace
}  // namespace signalbox::pipeline
