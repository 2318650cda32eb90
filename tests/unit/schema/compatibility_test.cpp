#include "schema/compatibility.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support/cpu_bound.hpp"

namespace signalbox::schema {
namespace {

/// "old new message" of each difference, a line each; "?" before what is undecided.
std::string told(std::string_view old_text, std::string_view new_text,
                 Compatibility compatibility = Compatibility::backward,
                 const CompatibilityOptions& options = {}) {
  const auto found = incompatibilities(old_text, new_text, compatibility, options);
  if (!found) return found.error().message;
  std::string out;
  for (const auto& one : *found) {
    if (!out.empty()) out += "\n";
    if (compatibility == Compatibility::full) out += std::string(to_text(one.direction)) + ": ";
    if (one.kind == Incompatibility::Kind::undecided) out += "? ";
    out += one.old_pointer + " " + one.new_pointer + " " + one.message;
  }
  return out;
}

bool backward(std::string_view old_text, std::string_view new_text) {
  return told(old_text, new_text).empty();
}

struct Pair {
  const char *narrow, *wide;
};

/// Each wider than the other, and not the other way round.
constexpr Pair kWidened[] = {
    {R"({"type":"integer"})", R"({"type":"number"})"},
    {R"({"type":"integer"})", R"({"type":["null","integer"]})"},
    {R"({"type":"number","multipleOf":4})", R"({"type":"integer","multipleOf":2})"},
    {R"({"minimum":2})", R"({"minimum":1.5})"},
    {R"({"exclusiveMinimum":1})", R"({"minimum":1})"},
    {R"({"maximum":2})", R"({"exclusiveMaximum":3})"},
    {R"({"type":"integer","minimum":5})", R"({"type":"integer","exclusiveMinimum":3})"},
    {R"({"multipleOf":0.5})", R"({"multipleOf":0.25})"},
    {R"({"minLength":2,"maxLength":3})", R"({"minLength":1,"maxLength":4})"},
    {R"({"pattern":"^a"})", "{}"},
    {R"({"enum":["a","b"]})", R"({"enum":["b","c","a"]})"},
    {R"({"const":1})", R"({"enum":[1.0,2]})"},
    {R"({"const":"ab"})", R"({"pattern":"^a","maxLength":2})"},
    {R"({"enum":["a",5],"type":"string"})", R"({"type":"string","maxLength":1})"},
    {R"({"type":"boolean"})", R"({"enum":[true,false,null]})"},
    {R"({"required":["a","b"]})", R"({"required":["a"]})"},
    {R"({"properties":{"a":{"type":"string"}}})", R"({"properties":{"a":{"type":["string","null"]}}})"},
    {R"({"properties":{"a":{"type":"string"}}})",
     R"({"properties":{"b":true}})"},  // the open model: one less
    {R"({"properties":{"a":{}},"additionalProperties":false})",
     R"({"properties":{"a":{},"b":{"type":"string"}},"additionalProperties":false})"},  // closed: one more
    {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"properties":{"a":{}}})"},
    {R"({"patternProperties":{"^x":{"type":"integer"}}})",
     R"({"patternProperties":{"^x":{"type":"number"}}})"},
    {R"({"patternProperties":{"^x":{"type":"string"}},"additionalProperties":false})",
     R"({"additionalProperties":{"type":"string"}})"},
    {R"({"additionalProperties":{"type":"string"}})", R"({"patternProperties":{"^x":{"type":"string"}}})"},
    {R"({"propertyNames":{"maxLength":3}})", R"({"propertyNames":{"maxLength":4}})"},
    {R"({"properties":{"ab":{}},"additionalProperties":false})", R"({"propertyNames":{"maxLength":2}})"},
    {R"({"minProperties":2})", R"({"minProperties":1})"},
    {R"({"required":["a","b"]})", R"({"minProperties":2})"},
    {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"maxProperties":1})"},
    {R"({"dependentRequired":{"a":["b","c"]}})", R"({"dependentRequired":{"a":["b"]}})"},
    {R"({"required":["b"]})", R"({"dependentRequired":{"a":["b"]}})"},
    {R"({"properties":{"a":false}})", R"({"dependentSchemas":{"a":{"required":["b"]}}})"},
    {R"({"additionalProperties":false})", R"({"dependentSchemas":{"a":{"maxProperties":0}}})"},
    {R"({"maxProperties":2})", R"({"dependentSchemas":{"a":{"maxProperties":2,"minimum":1}}})"},
    {R"({"items":{"type":"integer"}})", R"({"items":{"type":"number"}})"},
    {R"({"prefixItems":[{"type":"string"}],"items":false})", R"({"items":{"type":"string"}})"},
    {R"({"prefixItems":[{"type":"string"},{"type":"integer"}]})", R"({"prefixItems":[{"type":"string"}]})"},
    {R"({"items":{"type":"string"}})", R"({"prefixItems":[{"type":"string"}]})"},
    {R"({"maxItems":1})", R"({"uniqueItems":true})"},
    {R"({"uniqueItems":true})", R"({"uniqueItems":false})"},
    {R"({"minItems":2,"items":{"const":1}})", R"({"contains":{"type":"integer"},"minContains":2})"},
    {R"({"contains":{"const":1}})", R"({"contains":{"type":"integer"}})"},
    {R"({"contains":{"type":"integer"},"minContains":0,"maxContains":1})",
     R"({"contains":{"const":1},"minContains":0,"maxContains":2})"},
    {R"({"type":["string","null"]})", R"({"anyOf":[{"type":"null"},{"type":"string"},{"type":"array"}]})"},
    {R"({"anyOf":[{"type":"string"},{"type":"null"}]})", R"({"type":["string","null","integer"]})"},
    {R"({"anyOf":[{"const":1},{"const":"a"}]})", R"({"anyOf":[{"const":1},{"const":"a"},{"const":2}]})"},
    {R"({"oneOf":[{"type":"string"},{"type":"null"}]})",
     R"({"oneOf":[{"type":"null"},{"type":"boolean"},{"type":"string"}]})"},
    {R"({"allOf":[{"minimum":1},{"maximum":3}]})", R"({"minimum":1})"},
    {R"({"allOf":[{"minimum":1}],"maximum":3})", R"({"allOf":[{"maximum":3},{"minimum":0}]})"},
    {R"({"not":{"type":["string","null"]}})", R"({"not":{"type":"null"}})"},
    {R"({"type":"integer","minimum":5})", R"({"not":{"maximum":4}})"},
    {R"({"if":{"type":"string"},"then":{"minLength":2},"else":{"type":"null"}})",
     R"({"type":["string","null"]})"},
    {R"({"type":"string","minLength":2})", R"({"if":{"type":"string"},"then":{"minLength":1}})"},
    {R"({"$ref":"#/$defs/n","$defs":{"n":{"properties":{"next":{"$ref":"#/$defs/n"}},"required":["v"]}}})",
     R"({"$ref":"#/$defs/m","$defs":{"m":{"properties":{"next":{"$ref":"#/$defs/m"}}}}})"},
    {R"({"properties":{"a":{}},"unevaluatedProperties":false})",
     R"({"properties":{"a":{},"b":{}},"additionalProperties":false})"},
    {R"({"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}],"additionalItems":false})",
     R"({"prefixItems":[{"type":"string"}]})"},
    {R"({"oneOf":[{"properties":{"k":{"const":"a"},"v":{"type":"string"}},"required":["k","v"]},
                  {"properties":{"k":{"const":"b"},"v":{"type":"integer"}},"required":["k","v"]}]})",
     R"({"oneOf":[{"properties":{"k":{"const":"b"},"v":{"type":"number"}},"required":["k","v"]},
                  {"properties":{"k":{"const":"c"}},"required":["k"]},
                  {"properties":{"k":{"const":"a"},"v":{"type":"string"}},"required":["k"]}]})"},
};

TEST(Compatibility, a_wider_schema_is_backward_compatible_and_a_narrower_one_is_not) {
  for (const auto& [narrow, wide] : kWidened) {
    EXPECT_EQ(told(narrow, wide), "") << narrow << " to " << wide;
    EXPECT_NE(told(wide, narrow), "") << wide << " to " << narrow;
  }
}

TEST(Compatibility, forward_is_backward_the_other_way_round_and_full_is_both) {
  for (const auto& [narrow, wide] : kWidened) {
    EXPECT_EQ(told(wide, narrow, Compatibility::forward), "") << wide << " to " << narrow;
    EXPECT_NE(told(narrow, wide, Compatibility::forward), "") << narrow << " to " << wide;
    EXPECT_NE(told(narrow, wide, Compatibility::full), "");
    EXPECT_EQ(told(narrow, narrow, Compatibility::full), "");
    EXPECT_EQ(told(wide, narrow, Compatibility::none), "");
  }
}

TEST(Compatibility, schemas_that_say_the_same_in_other_words_are_fully_compatible) {
  const Pair pairs[] = {
      {R"({"type":"string","title":"a"})", R"({"type":["string"],"description":"b","examples":[1]})"},
      {R"({"properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}})",
       R"({"additionalProperties":{"type":"string"}})"},
      {R"({"not":{"type":"null"}})", R"({"type":["boolean","number","string","array","object"]})"},
      {R"({"type":["integer","number"]})", R"({"type":"number"})"},
      {R"({"$ref":"#/$defs/x","$defs":{"x":{"minimum":1}}})", R"({"minimum":1})"},
      {R"({"allOf":[{"minimum":1},{"type":"number"}]})", R"({"minimum":1.0,"type":"number"})"},
      {R"({"properties":{"a":{},"b":{"minimum":1}}})", R"({"properties":{"b":{"minimum":1}}})"},
      {R"({"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":["b"]}})",
       R"({"dependentRequired":{"a":["b"]}})"},
      {R"({"oneOf":[{"minimum":1},{"maximum":5}],"title":"x"})",
       R"({"oneOf":[{"maximum":5},{"minimum":1}]})"},
      {R"({"not":{"pattern":"a"},"title":"x"})", R"({"not":{"pattern":"a"}})"},
      {R"({"if":{"pattern":"a"},"then":{"minLength":1},"title":"x"})",
       R"({"if":{"pattern":"a"},"then":{"minLength":1}})"},
      {R"({"type":"integer","minimum":1})", R"({"type":"integer","exclusiveMinimum":0})"},
      {R"({"enum":[1,2]})", R"({"anyOf":[{"const":2},{"const":1}]})"},
      {R"({"type":"null"})", R"({"const":null})"},
      {R"(false)", R"({"minimum":2,"maximum":1,"type":"number"})"},
      {R"({"required":["a"],"properties":{"a":false},"type":"object"})", R"({"not":{}})"},
      {R"({"allOf":[{"$ref":"#/$defs/x"}],"unevaluatedProperties":false,"$defs":{"x":{"properties":{"a":{}}}}})",
       R"({"allOf":[{"$ref":"#/$defs/y"}],"unevaluatedProperties":false,"$defs":{"y":{"properties":{"a":{}}}}})"},
  };
  for (const auto& [a, b] : pairs) EXPECT_EQ(told(a, b, Compatibility::full), "") << a << "\n" << b;
}

TEST(Compatibility, a_difference_is_told_with_both_places_and_what_it_is) {
  const struct {
    const char *old_text, *new_text, *told;
  } rows[] = {
      {R"({"type":["string","null"]})", R"({"type":"string"})",
       " /type the old schema allows null, the new one does not"},
      {R"({"properties":{"a":{"minimum":1}}})", R"({"properties":{"a":{"minimum":2}}})",
       "/properties/a /properties/a/minimum the new schema asks for at least 2, the old one allows other "
       "numbers"},
      {R"({"required":["a"]})", R"({"required":["a","b"]})",
       R"( /required the new schema requires "b", the old one does not)"},
      {"{}", R"({"properties":{"a":{"type":"string"}}})",
       R"( /properties/a the new schema says what "a" must be, the old one is open: it allows anything there)"},
      {R"({"properties":{"a":{},"b":{}},"additionalProperties":false})",
       R"({"properties":{"a":{}},"additionalProperties":false})",
       R"(/properties/b /additionalProperties the old schema allows "b", the new one does not)"},
      {R"({"properties":{"a":{}}})", R"({"properties":{"a":{}},"additionalProperties":false})",
       " /additionalProperties the old schema is open: it allows members that it does not name; the new one "
       "allows none"},
      {R"({"enum":["a","b","c"]})", R"({"enum":["a"]})",
       R"(  the old schema allows "b", "c", the new one does not)"},
      {R"({"type":"string"})", R"({"enum":["a"]})",
       " /enum the new schema allows certain values only, the old one others, too"},
      {R"({"type":"string"})", R"({"type":"string","pattern":"^a"})",
       "?  /pattern cannot be shown to be compatible: the old schema does not ask for the same pattern, and "
       "patterns are not compared"},
      {R"({"type":"array"})", R"({"type":"array","items":{"type":"string"}})",
       " /items the new schema says what the items must be, the old one allows any"},
      {R"({"maxItems":3})", R"({"maxItems":1})",
       " /maxItems the new schema asks for at most 1 item, the old one does not"},
      {R"({"type":"string"})", R"({"not":{"pattern":"a"}})",
       "?  /not cannot be shown to be compatible: the old schema may allow what \"not\" describes"},
      {R"({"anyOf":[{"type":"string"},{"type":"null"}]})", R"({"type":"string"})",
       "/anyOf/1 /type the old schema allows null, the new one does not"},
      {R"({"$ref":"#/$defs/x","$defs":{"x":{"items":{"type":"string"}}}})",
       R"({"$ref":"#/$defs/y","$defs":{"y":{"items":{"type":"null"}}}})",
       "/$defs/x/items /$defs/y/items/type the old schema allows strings, the new one does not"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(told(row.old_text, row.new_text), row.told) << row.old_text << "\n" << row.new_text;
  }
}

TEST(Compatibility, forward_names_the_schemas_by_their_age_not_by_their_role) {
  EXPECT_EQ(told(R"({"required":["a"]})", "{}", Compatibility::full),
            R"(forward: /required  the old schema requires "a", the new one does not)");
}

TEST(Compatibility, formats_count_where_they_are_checked) {
  const char *with = R"({"type":"string","format":"date"})", *without = R"({"type":"string"})";
  CompatibilityOptions checked;
  checked.schemas.format = FormatUse::check;
  EXPECT_EQ(told(without, with), "");
  EXPECT_EQ(told(without, with, Compatibility::backward, checked),
            " /format the new schema asks for the format date, the old one does not");
  EXPECT_EQ(told(with, without, Compatibility::backward, checked), "");
}

TEST(Compatibility, a_default_does_not_make_a_required_member_optional) {
  EXPECT_FALSE(backward(R"({"properties":{"a":{"default":1}}})",
                        R"({"properties":{"a":{"default":1}},"required":["a"]})"));
}

TEST(Compatibility, what_depends_on_its_surroundings_is_undecided_unless_the_documents_are_equal) {
  const std::string tree =
      R"({"$id":"http://x/t","$dynamicAnchor":"n","properties":{"c":{"$dynamicRef":"#n"}},)"
      R"("$defs":{"o":{"$id":"o","$dynamicAnchor":"n"}})";
  EXPECT_TRUE(backward(tree + "}", tree + "}"));
  const auto changed = told(tree + "}", tree + R"(,"required":["a"]})");
  EXPECT_NE(changed.find("requires \"a\""), std::string::npos) << changed;
  EXPECT_NE(changed.find("$dynamicRef"), std::string::npos) << changed;
}

TEST(Compatibility, a_text_that_is_no_schema_is_refused_by_its_age) {
  EXPECT_EQ(told("{", "{}").substr(0, 16), "the old schema: ");
  EXPECT_EQ(told("{}", R"({"type":"int"})").substr(0, 21), "the new schema: /type");
  EXPECT_NE(told("{}", "1", Compatibility::none), "");
}

TEST(Compatibility, the_number_of_differences_is_bounded) {
  std::string required;
  for (int i = 0; i < 50; ++i) required += (i ? ",\"m" : "\"m") + std::to_string(i) + "\"";
  CompatibilityOptions options;
  options.incompatibilities = 7;
  const auto found =
      incompatibilities("{}", "{\"required\":[" + required + "]}", Compatibility::backward, options);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 7u);
}

TEST(Compatibility, what_takes_too_much_work_is_given_up_and_said_so) {
  std::string wide = "{\"allOf\":[", narrow = wide;
  for (int i = 0; i < 40; ++i) {
    const auto any = [&](const char* last) {
      std::string list = "{\"anyOf\":[";
      for (int j = 0; j < 6; ++j) list += "{\"required\":[\"m" + std::to_string(i * 6 + j) + "\"]},";
      return list + last + "]}";
    };
    wide += (i ? "," : "") + any(R"({"required":["x"]})");
    narrow += (i ? "," : "") + any(R"({"required":["y"]})");
  }
  CompatibilityOptions options;
  options.work = 20'000;
  const test::CpuStopwatch stopwatch;
  const auto found = told(wide + "]}", narrow + "]}", Compatibility::backward, options);
  EXPECT_NE(found.find("over 20000 steps"), std::string::npos) << found.substr(0, 500);
  EXPECT_LT(stopwatch.taken(), test::cpu_bound(std::chrono::seconds(20)));
}

TEST(Compatibility, a_long_chain_of_references_is_given_up) {
  const auto chain = [](const char* end) {
    std::string text = R"({"$ref":"#/$defs/0","$defs":{)";
    for (int i = 0; i < 10'000; ++i)
      text += "\"" + std::to_string(i) + R"(":{"$ref":"#/$defs/)" + std::to_string(i + 1) + "\"},";
    return text + "\"10000\":" + end + "}}";
  };
  EXPECT_NE(told(chain(R"({"type":"string"})"), chain(R"({"type":["string","null"]})")), "");
}

TEST(Compatibility, words_name_it) {
  for (const auto one :
       {Compatibility::none, Compatibility::backward, Compatibility::forward, Compatibility::full})
    EXPECT_EQ(parse_compatibility(to_text(one)), one);
  EXPECT_EQ(parse_compatibility("Backward"), std::nullopt);
}

}  // namespace
}  // namespace signalbox::schema
