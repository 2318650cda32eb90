#include "pipeline/dialects.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

Event sample() {
  return EventBuilder()
      .set("specversion", "1.0")
      .set("id", "1")
      .set("source", "/shop")
      .set("type", "com.shop.order.placed")
      .set("urgent", "true", AttributeType::boolean)
      .set("size", "42", AttributeType::integer)
      .build();
}

/// "yes" or "no", or why it was refused.
std::string pass(std::string_view filters) {
  const auto filter = compile_dialects(filters);
  if (!filter) return filter.error().message;
  return (*filter)->matches(sample()) ? "yes" : "no";
}

TEST(Dialects, all_filters_of_the_list_must_pass) {
  const struct {
    const char *filters, *passes;
  } rows[] = {
      {"[]", "yes"},
      {R"([{"exact":{"type":"com.shop.order.placed"}}])", "yes"},
      {R"([{"exact":{"type":"com.shop.order"}}])", "no"},
      {R"([{"prefix":{"type":"com.","source":"/sh"}}])", "yes"},
      {R"([{"prefix":{"type":"com.","source":"x"}}])", "no"},
      {R"([{"suffix":{"type":"placed"}}])", "yes"},
      {R"([{"suffix":{"type":"placed"}},{"exact":{"id":"2"}}])", "no"},
      {R"([{"any":[{"exact":{"id":"2"}},{"exact":{"id":"1"}}]}])", "yes"},
      {R"([{"all":[{"exact":{"id":"2"}},{"exact":{"id":"1"}}]}])", "no"},
      {R"([{"not":{"exact":{"id":"2"}}}])", "yes"},
      {R"([{"not":{"not":{"exact":{"id":"2"}}}}])", "no"},
      // An attribute that is absent passes no test, and the opposite of any.
      {R"([{"prefix":{"subject":"x"}}])", "no"},
      {R"([{"not":{"prefix":{"subject":"x"}}}])", "yes"},
      // Booleans and integers compare by their string form.
      {R"([{"exact":{"urgent":"true"}},{"prefix":{"size":"4"}},{"exact":{"size":"42"}}])", "yes"},
      {R"([{"exact":{"size":"42.0"}}])", "no"},
  };
  for (const auto& row : rows) EXPECT_EQ(pass(row.filters), row.passes) << row.filters;
}

TEST(Dialects, a_slip_is_refused_with_its_place_and_the_reason) {
  const struct {
    const char *filters, *message;
  } rows[] = {
      {"{}", "filters are a JSON array"},
      {"[1]", R"(/0: a filter is an object, as in {"exact":{"type":"x"}})"},
      {"[{}]", R"(/0: a dialect is missing, as in {"exact":{"type":"x"}})"},
      {R"([{"exact":{"id":"1"}},{"prefx":{"id":"1"}}])",
       R"(/1: unknown dialect "prefx"; did you mean "prefix"?)"},
      {R"([{"cesql":"TRUE"}])", R"(/0: unknown dialect "cesql")"},
      {R"([{"exact":{"id":""}}])", "/0/exact/id: cannot be compared with the empty string"},
      {R"([{"exact":{"":"x"}}])", "/0/exact/: an attribute's name cannot be empty"},
      {R"([{"exact":{"Type":"x"}}])",
       "/0/exact/Type: no attribute has this name: names are made of a to z and 0 to 9"},
      {R"([{"exact":{"data":"x"}}])", "/0/exact/data: data is not an attribute; patterns can look into it"},
      {R"([{"exact":{"id":1}}])", "/0/exact/id: is compared with a string"},
      {R"([{"exact":{}}])", "/0/exact: names no attribute"},
      {R"([{"exact":{"id":"1","id":"2"}}])", "/0/exact/id: given twice"},
      {R"([{"all":[]}])", "/0/all: an empty list; name at least one filter"},
      {R"([{"any":{"exact":{"id":"1"}}}])", "/0/any: takes a list of filters"},
      {R"([{"not":[]}])", R"(/0/not: a filter is an object, as in {"exact":{"type":"x"}})"},
      {R"([{"exact":{"id":"1"},"prefix":{"id":"1"}}])",
       "/0/exact: one dialect to an object; join several with \"all\""},
      {R"([{"exact":{"id":"1"}})", "not valid JSON at byte 21: ends inside an object or array"},
  };
  for (const auto& row : rows) EXPECT_EQ(pass(row.filters), row.message) << row.filters;
}

TEST(Dialects, an_integer_beyond_32_bits_is_refused_in_a_rule_and_passes_nothing_when_judged) {
  const auto filters = R"([{"any":[{"sql":"TRUE OR 2147483648 = 1"},{"exact":{"id":"2"}}]}])";
  EXPECT_EQ(pass(filters), "/0/any/0/sql: at character 8: an integer must be from -2147483648 to 2147483647");
  const auto judged = compile_dialects(filters, WideIntegers::no_value);
  ASSERT_TRUE(judged);
  EXPECT_FALSE((*judged)->matches(sample()));
  const auto malformed = compile_dialects(R"([{"sql":"2147483648 +"}])", WideIntegers::no_value);
  ASSERT_FALSE(malformed);
  EXPECT_EQ(malformed.error().message, "/0/sql: at the end: a value was expected");
}

TEST(Dialects, size_and_depth_are_bounded) {
  EXPECT_NE(pass(std::string(kDialectBytesMax + 1, ' ')).find("at most"), std::string::npos);
  std::string deep = R"({"exact":{"id":"1"}})";
  for (int i = 0; i < 200; ++i) deep = R"({"not":)" + deep + "}";
  EXPECT_NE(pass("[" + deep + "]").find("nested too deeply"), std::string::npos);
}

}  // namespace
}  // namespace signalbox::pipeline
