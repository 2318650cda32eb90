#include "schema/compiler.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::schema {
namespace {

std::string refused(std::string_view schema, CompileOptions options = {}) {
  const auto compiled = compile_program(schema, options);
  return compiled ? "accepted" : compiled.error().message;
}

TEST(Compiler, a_fault_names_the_place_in_the_schema) {
  const struct {
    const char *schema, *message;
  } rows[] = {
      {R"([])", ": a schema is an object, true or false"},
      {R"({"type":"object)", "/type: not JSON at byte 15: a string without its closing quote"},
      {R"({"a":1,"a":1})", "/a: not JSON at byte 7: a member's name comes twice"},
      {R"({"properties":{"a":{"minLength":-1}}})",
       "/properties/a/minLength: must be an integer of 0 or more"},
      {R"({"maxItems":1.5})", "/maxItems: must be an integer of 0 or more"},
      {R"({"type":"text"})", "/type: must be of null, boolean, integer, number, string, array and object"},
      {R"({"type":["string","string"]})", "/type: names \"string\" twice"},
      {R"({"type":[]})", "/type: must name a type"},
      {R"({"required":"a"})", "/required: must be a list of strings"},
      {R"({"required":["a","a"]})", "/required: names \"a\" twice"},
      {R"({"properties":{"a":1}})",
       "/properties: the value of \"a\" must be a schema: an object, true or false"},
      {R"({"items":[{}]})", "/items: must be a schema: an object, true or false"},
      {R"({"allOf":[]})", "/allOf: must be a list of at least one schema"},
      {R"({"not":1})", "/not: must be a schema: an object, true or false"},
      {R"({"then":1})", "/then: must be a schema: an object, true or false"},
      {R"({"multipleOf":0})", "/multipleOf: must be greater than 0"},
      {R"({"multipleOf":0.1234567890123456789})", "/multipleOf: has more than 18 significant digits"},
      {R"({"minimum":"1"})", "/minimum: must be a number"},
      {R"({"enum":1})", "/enum: must be a list"},
      {R"({"uniqueItems":1})", "/uniqueItems: must be true or false"},
      {R"({"$ref":1})", "/$ref: must be a string"},
      {R"({"dependentRequired":{"a":{}}})",
       "/dependentRequired: the value of \"a\" must be a list of strings"},
      {R"_({"$defs":{"a/b":{"pattern":"(?=x)"}}})_",
       "/$defs/a~1b/pattern: \"(?=x)\" is not a regular expression that can be used: at byte 0: look-around "
       "(?= "
       "(?! (?<= (?<! is not supported"},
      {R"({"patternProperties":{"(":{}}})",
       "/patternProperties: \"(\" is not a regular expression that can be used: missing ): (?:"},
  };
  for (const auto& row : rows) EXPECT_EQ(refused(row.schema), row.message) << row.schema;
}

TEST(Compiler, a_reference_that_leads_nowhere_is_refused) {
  const struct {
    const char *schema, *message;
  } rows[] = {
      {R"({"items":{"$ref":"#/$defs/a"}})", "/items/$ref: there is nothing at \"/$defs/a\""},
      {R"({"$ref":"#a"})", "/$ref: there is no \"#a\""},
      {R"({"$ref":"other.json"})", "/$ref: there is no schema \"other.json\""},
      {R"({"$ref":"#/enum","enum":[]})", "/$ref: what is at \"/enum\" is no schema"},
      {R"({"$ref":"#/a~2"})", "/$ref: there is nothing at \"/a~2\""},
      {R"({"$ref":"#/%zz"})", "/$ref: the fragment of \"#/%zz\" has a '%' without two digits"},
      {R"({"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}})",
       "/$defs/b/$id: the URI \"x\" is given to two schemas"},
      {R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})",
       "/$defs/b: the anchor \"x\" is given to two schemas"},
      {R"({"$id":"http://a/#b"})", "/$id: must not have a fragment"},
      {R"({"$schema":"http://json-schema.org/draft-04/schema#"})",
       "/$schema: \"http://json-schema.org/draft-04/schema\" is not supported: draft 7 and 2020-12 are"},
      {R"({"$schema":"http://mine/schema"})", "/$schema: there is no schema \"http://mine/schema\""},
  };
  for (const auto& row : rows) EXPECT_EQ(refused(row.schema), row.message) << row.schema;
}

TEST(Compiler, a_reference_to_itself_without_end_is_refused) {
  EXPECT_EQ(refused(R"({"$ref":"#"})"), ": refers to itself without end, for the same value");
  EXPECT_EQ(
      refused(
          R"({"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"anyOf":[true,{"$ref":"#/$defs/a"}]}}})"),
      "/$defs/a: refers to itself without end, for the same value");
  EXPECT_EQ(refused(R"({"dependentSchemas":{"a":{"$ref":"#"}}})"),
            ": refers to itself without end, for the same value");
  EXPECT_EQ(refused(R"({"properties":{"a":{"$ref":"#"}},"items":{"$ref":"#"}})"), "accepted");
}

TEST(Compiler, faults_of_other_documents_are_told_with_their_uri) {
  CompileOptions options;
  options.resolve = [](std::string_view uri) -> std::optional<std::string> {
    return uri == "http://a/b" ? R"({"properties":{"x":{"type":1}}})" : R"({"a":)";
  };
  EXPECT_EQ(refused(R"({"$ref":"http://a/b"})", options),
            "http://a/b#/properties/x/type: must be the name of a type, or a list of such");
  EXPECT_EQ(refused(R"({"$ref":"http://a/c"})", options),
            "/$ref: http://a/c#/a: not JSON at byte 5: ends where a value was expected");
}

TEST(Compiler, limits_are_kept) {
  CompileOptions options;
  options.limits.text_bytes = 10;
  EXPECT_EQ(refused(R"({"title":"a long one"})", options), ": a schema has at most 10 bytes");
  options = {};
  options.limits.subschemas = 2;
  EXPECT_EQ(refused(R"({"allOf":[{},{}]})", options), ": more than 2 subschemas");
  options = {};
  options.limits.patterns = 1;
  EXPECT_EQ(refused(R"({"pattern":"a","not":{"pattern":"b"}})", options),
            "/not/pattern: more than 1 patterns");
  EXPECT_EQ(refused(R"({"pattern":"a","not":{"pattern":"a"}})", options), "accepted");
  options = {};
  options.limits.schema_depth = 2;
  EXPECT_EQ(refused(R"({"not":{"not":{}}})", options), "/not/not: not JSON at byte 14: nested too deeply");
  options = {};
  options.limits.documents = 2;
  options.resolve = [](std::string_view uri) { return R"({"$ref":")" + std::string(uri) + R"(x"})"; };
  EXPECT_EQ(refused(R"({"$ref":"http://a/b"})", options),
            "http://a/b#/$ref: http://a/bx#: made of more than 2 documents");
}

}  // namespace
}  // namespace signalbox::schema
