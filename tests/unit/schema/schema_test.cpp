#include "schema/schema.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace signalbox::schema {
namespace {

std::shared_ptr<const Schema> compiled(std::string_view text, const CompileOptions& options = {}) {
  auto schema = Schema::compile(text, options);
  EXPECT_TRUE(schema) << schema.error().message;
  return schema ? *schema : nullptr;
}

/// "pointer keyword message" of each fault, a line each.
std::string faults(std::string_view schema, std::string_view data, const CompileOptions& options = {}) {
  const auto checker = compiled(schema, options);
  if (!checker) return "no schema";
  std::string out;
  for (const auto& fault : checker->validate(data))
    out += (out.empty() ? "" : "\n") + fault.pointer + " " + fault.keyword + " " + fault.message;
  EXPECT_EQ(checker->valid(data), out.empty());
  return out;
}

TEST(Schema, a_fault_names_value_keyword_and_what_is_asked_for) {
  const struct {
    const char *schema, *data, *fault;
  } rows[] = {
      {R"({"type":"string"})", "1", " /type must be a string"},
      {R"({"type":["string","integer","null"]})", "1.5", " /type must be null, an integer or a string"},
      {R"({"properties":{"a":{"minimum":5}}})", R"({"a":4})", "/a /properties/a/minimum must be at least 5"},
      {R"({"items":{"exclusiveMaximum":1e3}})", "[1,1000]",
       "/1 /items/exclusiveMaximum must be less than 1e3"},
      {R"({"multipleOf":0.01})", "0.075", " /multipleOf must be a multiple of 0.01"},
      {R"({"enum":["a",2]})", "3", R"( /enum must be one of "a", 2)"},
      {R"({"const":{"a":[1]}})", "3", R"( /const must be {"a":[1]})"},
      {R"({"minLength":2})", R"("😀")", " /minLength must have at least 2 characters"},
      {R"({"maxLength":1})", R"("ab")", " /maxLength must have at most 1 character"},
      {R"({"pattern":"^a"})", R"("b")", R"( /pattern must match the pattern "^a")"},
      {R"({"minItems":2})", "[1]", " /minItems must have at least 2 items"},
      {R"({"uniqueItems":true})", "[1,2,1.0]", "/2 /uniqueItems is the same as the item at /0"},
      {R"({"contains":{"const":1}})", "[2]",
       R"( /contains must hold at least 1 item as "contains" describes)"},
      {R"({"contains":{"const":1},"maxContains":1})", "[1,1]",
       R"( /maxContains must hold at most 1 item as "contains" describes)"},
      {R"({"required":["a"]})", "{}", R"( /required has no "a")"},
      {R"({"maxProperties":0})", R"({"a":1})", " /maxProperties must have at most 0 members"},
      {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"b":1})",
       "/b /additionalProperties is not allowed"},
      {R"({"propertyNames":{"maxLength":1}})", R"({"ab":1})",
       "/ab /propertyNames/maxLength must have at most 1 character"},
      {R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})",
       R"( /dependentRequired has "a", so it must have "b")"},
      {R"({"unevaluatedProperties":false})", R"({"a":1})", "/a /unevaluatedProperties is not allowed"},
      {R"({"not":{"type":"null"}})", "null", R"( /not must not be what "not" describes)"},
      {R"({"anyOf":[{"type":"string"},{"properties":{"a":{"type":"null"}},"type":"object"}]})", R"({"a":1})",
       " /anyOf fits none of the 2 alternatives: must be a string; /a must be null"},
      {R"({"oneOf":[{},true]})", "1", " /oneOf fits alternatives 0 and 1, and must fit exactly one"},
      {R"({"if":{"type":"number"},"then":{"maximum":1}})", "2", " /then/maximum must be at most 1"},
      {R"({"$ref":"#/$defs/a","$defs":{"a":false}})", "2", " /$defs/a is not allowed"},
  };
  for (const auto& row : rows) EXPECT_EQ(faults(row.schema, row.data), row.fault) << row.schema;
}

TEST(Schema, all_that_is_wrong_is_told_up_to_a_limit) {
  constexpr const char* schema =
      R"({"type":"object","required":["a","b"],"properties":{"c":{"type":"string","enum":["x"]}}})";
  EXPECT_EQ(faults(schema, R"({"c":1})"),
            "/c /properties/c/type must be a string\n"
            R"( /required has no "a")"
            "\n"
            R"( /required has no "b")");
  CompileOptions options;
  options.limits.faults = 3;
  const auto checker = compiled(R"({"items":false})", options);
  EXPECT_EQ(checker->validate("[1,2,3,4,5]").size(), 3U);
}

TEST(Schema, text_that_is_no_json_is_at_fault_and_says_so) {
  const auto checker = compiled("true");
  EXPECT_FALSE(checker->valid("{"));
  const auto found = checker->validate("[1,]");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, SchemaFault::Kind::no_json);
  EXPECT_EQ(found[0].message, "not JSON at byte 3: no JSON value begins like this");
  EXPECT_FALSE(checker->valid(std::string(200, '[') + std::string(200, ']')));
}

TEST(Schema, a_member_given_twice_must_fit_twice) {
  EXPECT_EQ(faults(R"({"properties":{"a":{"type":"null"}}})", R"({"a":1,"a":null})"),
            "/a /properties/a/type must be null");
}

TEST(Schema, only_the_resolver_leads_to_other_documents) {
  CompileOptions options;
  std::vector<std::string> asked;
  options.base_uri = "http://host/schemas/main.json";
  options.resolve = [&](std::string_view uri) -> std::optional<std::string> {
    asked.emplace_back(uri);
    return R"({"$defs":{"n":{"type":"null"}}})";
  };
  constexpr const char* schema = R"({"items":{"$ref":"part.json#/$defs/n"},"contains":{"$ref":"part.json"}})";
  EXPECT_EQ(faults(schema, "[1]", options), "/0 http://host/schemas/part.json#/$defs/n/type must be null");
  EXPECT_EQ(asked, std::vector<std::string>{"http://host/schemas/part.json"});
}

TEST(Schema, the_metaschemas_check_schemas) {
  constexpr const char* draft7 =
      R"({"$schema":"http://json-schema.org/draft-07/schema#","$ref":"http://json-schema.org/draft-07/schema#"})";
  constexpr const char* draft2020 = R"({"$ref":"https://json-schema.org/draft/2020-12/schema"})";
  for (const char* meta : {draft7, draft2020}) {
    EXPECT_EQ(faults(meta, R"({"properties":{"a":{"minLength":1}}})"), "");
    EXPECT_NE(faults(meta, R"({"properties":{"a":{"minLength":-1}}})"), "");
  }
}

TEST(Schema, format_is_checked_only_when_asked_for) {
  CompileOptions check;
  check.format = FormatUse::check;
  EXPECT_EQ(faults(R"({"format":"date"})", R"("x")"), "");
  EXPECT_EQ(faults(R"({"format":"date"})", R"("x")", check), R"( /format must have the format "date")");
  EXPECT_EQ(faults(R"({"format":"unheard-of"})", R"("x")", check), "");
}

TEST(Schema, the_draft_is_that_of_the_schema_or_of_the_options) {
  constexpr const char* schema = R"({"items":[{"type":"null"}],"additionalItems":false})";
  CompileOptions options;
  options.draft = Draft::v7;
  EXPECT_EQ(faults(schema, "[1]", options), "/0 /items/0/type must be null");
  EXPECT_FALSE(Schema::compile(schema));
  EXPECT_EQ(
      faults(R"({"$schema":"http://json-schema.org/draft-07/schema","$ref":"#/definitions/a","type":"null",
                       "definitions":{"a":{"type":"string"}}})",
             R"("x")"),
      "");  // what stands beside $ref does not count in draft 7
}

TEST(Schema, work_is_bounded) {
  std::string schema = R"({"$defs":{"d0":{"const":1})";
  for (int i = 1; i <= 40; ++i) {
    const auto below = R"({"$ref":"#/$defs/d)" + std::to_string(i - 1) + "\"}";
    schema += ",\"d" + std::to_string(i) + R"(":{"anyOf":[)" + below + "," + below + "]}";
  }
  CompileOptions options;
  options.limits.work = 100'000;
  const auto checker = compiled(schema + R"(},"not":{"$ref":"#/$defs/d40"}})", options);
  EXPECT_FALSE(checker->valid("2"));
  const auto found = checker->validate("2");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, SchemaFault::Kind::limit);
  EXPECT_EQ(found[0].message, "checking it takes too much work: over 100000 steps");
}

TEST(Schema, depth_is_bounded_where_a_loop_shows_only_at_run_time) {
  // The anchor of the outer resource leads back to where the reference is.
  const auto checker = compiled(R"({"$id":"http://a/outer","$dynamicAnchor":"x","$ref":"inner",
    "$defs":{"inner":{"$id":"inner","$dynamicRef":"#x","$defs":{"x":{"$dynamicAnchor":"x"}}}}})");
  const auto found = checker->validate("1");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, SchemaFault::Kind::limit);
}

TEST(Schema, many_items_are_compared_within_the_bound_of_work) {
  std::string json = "[";
  for (int i = 0; i < 20'000; ++i) json += (i ? ",{\"a\":" : "{\"a\":") + std::to_string(i) + "}";
  const auto checker = compiled(R"({"uniqueItems":true})");
  EXPECT_TRUE(checker->valid(json + "]"));
  EXPECT_FALSE(checker->valid(json + ",{\"a\":5e0}]"));
}

TEST(Schema, threads_check_by_one_schema_at_once) {
  const auto checker = compiled(R"({"items":{"type":"string","pattern":"^[a-c]+$"},"uniqueItems":true})");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (auto& count : wrong)
    threads.emplace_back([&count, &checker] {
      for (int i = 0; i < 500; ++i)
        count += !checker->valid(R"(["a","b","abc"])") + checker->valid(R"(["a","d"])") +
                 checker->valid(R"(["a","a"])");
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace signalbox::schema
