#include "pipeline/pattern_explain.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "pipeline/filter.hpp"
#include "pipeline/filter_shape.hpp"
#include "support/cpu_bound.hpp"

namespace signalbox::pipeline {
namespace {

/// "place | path | wanted | found", or "matches".
std::string explain(std::string_view pattern, std::string_view event,
                    PatternReading reading = PatternReading::strict) {
  const bool compat = reading == PatternReading::event_ruler;
  const auto filter = compile_filter({FilterSpec::Kind::pattern, std::string(pattern), compat});
  if (!filter) return filter.error().message;
  FieldSet fields;
  for (const auto& path : (*filter)->shape().fields) fields.add(path);
  FilterInput input;
  EXPECT_TRUE(input.fill_from_json(fields, event)) << event;
  const auto mismatch = explain_pattern(pattern, reading, input);
  EXPECT_EQ(mismatch.has_value(), !(*filter)->matches(input));
  if (!mismatch) return "matches";
  return mismatch->place + " | " + mismatch->path + " | " + mismatch->wanted + " | " + mismatch->found;
}

TEST(PatternExplain, the_first_condition_of_the_text_that_fails_is_named) {
  const char* pattern = R"({"type":["a","b"],"data":{"z":[1],"c":[{"prefix":"x"}]}})";
  EXPECT_EQ(explain(pattern, R"({"type":"a","data":{"z":1,"c":"xy"}})"), "matches");
  EXPECT_EQ(explain(pattern, R"({"type":"c","data":{"z":1,"c":"y"}})"),
            R"(/type | type | one of "a", "b" | "c")");
  EXPECT_EQ(explain(pattern, R"({"type":"a","data":{"c":"y"}})"), "/data/z | data.z | 1 | nothing");
  EXPECT_EQ(explain(pattern, R"({"type":"a","data":{"z":[1,2],"c":["y",2,null]}})"),
            R"(/data/c | data.c | a string that begins with "x" | ["y", 2, null])");
  EXPECT_EQ(explain(R"({"a":{"['b.c']":[1]}})", "{}"), "/a/['b.c'] | a.['b.c'] | 1 | nothing");
  EXPECT_EQ(explain(R"({"a/b":[1]})", "{}"), "/a~1b | a/b | 1 | nothing");
}

TEST(PatternExplain, what_is_wanted_reads_as_a_sentence) {
  const struct {
    const char *list, *wanted;
  } rows[] = {
      {R"([true,null,1.50])", "one of true, null, 1.50"},
      {R"(["x",{"prefix":"y"}])", R"("x" or a string that begins with "y")"},
      {R"([{"suffix":"y"}])", R"(a string that ends with "y")"},
      {R"([{"suffix":{"equals-ignore-case":"y"}}])", R"(a string that ends with "y" in any case)"},
      {R"([{"equals-ignore-case":"y"}])", R"("y" in any case)"},
      {R"([{"wildcard":"a*b"}])", R"(a string like "a*b")"},
      {R"([{"regex":"a.b"}])", R"(a string that all of "a.b" matches)"},
      {R"([{"numeric":[">",1000]}])", "a number > 1000"},
      {R"([{"numeric":[[">=",0,"<",5],["=",7.5]]}])", "a number >= 0 and < 5 or = 7.5"},
      {R"([{"cidr":"10.0.0.0/8"}])", "an address in 10.0.0.0/8"},
      {R"([{"anything-but":["a","b"],"exists":true}])", R"(not "a" or "b" and any value)"},
      {R"([{"prefix":"a","suffix":"z"}])",
       R"(a string that begins with "a" and a string that ends with "z")"},
      {R"([{"contains-all":["a",{"numeric":["<",1]}]}])", R"(all of "a", a number < 1)"},
      {R"([{"equals-set":["a","b"]}])", R"(all of "a", "b" and nothing else)"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(explain(R"({"a":)" + std::string(row.list) + "}", "{}"),
              "/a | a | " + std::string(row.wanted) + " | nothing");
  EXPECT_EQ(explain(R"({"a":[{"exists":false}]})", R"({"a":null})"), "/a | a | no value | null");
}

TEST(PatternExplain, long_texts_are_cut) {
  std::string values, many;
  for (int i = 0; i < 100; ++i) {
    values += (i ? ",\"value " : "\"value ") + std::to_string(i) + '"';
    many += (i ? ",{\"x\":[" : "{\"x\":[") + std::to_string(i) + "]}";
  }
  const auto shown = explain("{\"a\":[" + values + "]}",
                             "{\"a\":[" + std::string(1000, '1') + ",\"" + std::string(300, 'x') + "\"]}");
  EXPECT_LT(shown.size(), 600u) << shown;
  EXPECT_NE(shown.find("..."), std::string::npos);
  const auto either = explain("{\"$or\":[" + many + "]}", R"({"x":"y"})");
  EXPECT_EQ(either,
            R"(/$or | x | one of the 100 objects; /$or/0 came furthest, there /$or/0/x wants 0 | "y")");
}

TEST(PatternExplain, values_in_different_elements_are_told_apart) {
  EXPECT_EQ(
      explain(R"({"items":{"qty":[1],"sku":["a"]}})",
              R"({"items":[{"qty":1,"sku":"b"},{"qty":2,"sku":"a"}]})"),
      R"(/items/sku | items.sku | "a", but not in the same element of items as /items/qty | ["b", "a"])");
  EXPECT_EQ(explain(R"({"o":{"k":[1],"i":{"x":[1],"y":[1]}}})", R"({"o":[{"k":1,"i":[{"x":1},{"y":1}]}]})"),
            "/o/i/y | o.i.y | 1, but not in the same element of o.i as /o/i/x | 1");
  EXPECT_EQ(
      explain(R"({"items":{"$and":[{"sku":["a"]},{"qty":[1]}]}})", R"({"items":[{"sku":"a"},{"qty":1}]})"),
      R"(/items/$and/1/qty | items.qty | 1, but not in the same element of items as /items/$and/0/sku | 1)");
  // Each two agree, all three do not.
  EXPECT_EQ(
      explain(R"({"i":{"x":[1],"y":[1],"z":[1]}})", R"({"i":[{"x":1,"y":1},{"x":1,"z":1},{"y":1,"z":1}]})"),
      "/i/z | i.z | 1, but not in an element in which all before it holds | [1, 1]");
  // Absence is looked at after the others.
  EXPECT_EQ(explain(R"({"d":{"z":[{"exists":false}],"b":[1]}})", R"({"d":[{"z":1},{"b":2}]})"),
            "/d/b | d.b | 1 | 2");
  EXPECT_EQ(explain(R"({"d":{"z":[{"exists":false}],"b":[1]}})", R"({"d":[{"z":1,"b":1}]})"),
            "/d/z | d.z | no value | 1");
}

TEST(PatternExplain, of_or_the_object_that_came_furthest_is_named) {
  const char* pattern = R"({"$or":[{"a":[1]},{"b":[1],"c":[2]},{"b":[1],"d":[3]}]})";
  EXPECT_EQ(explain(pattern, R"({"b":1,"c":5})"),
            "/$or | c | one of the 3 objects; /$or/1 came furthest, there /$or/1/c wants 2 | 5");
  EXPECT_EQ(explain(pattern, R"({"a":7})"),
            "/$or | a | one of the 3 objects; /$or/0 came furthest, there /$or/0/a wants 1 | 7");
  // What stands before it must hold too.
  EXPECT_EQ(
      explain(R"({"i":{"k":[1],"$or":[{"a":[1]},{"b":[1],"c":[1]}]}})", R"({"i":[{"k":1,"b":1},{"a":1}]})"),
      "/i/$or | i.c | one of the 2 objects; /i/$or/1 came furthest, there /i/$or/1/c wants 1 | nothing");
}

TEST(PatternExplain, of_not_and_and_the_place_is_named) {
  EXPECT_EQ(explain(R"({"a":[1],"$not":{"b":[2]}})", R"({"a":1,"b":[2,3]})"),
            "/$not | b | not what /$not says | [2, 3]");
  EXPECT_EQ(explain(R"({"x":{"$not":{"b":[2],"c":[1]}}})", R"({"x":{"b":2,"c":1}})"),
            "/x/$not |  | not what /x/$not says | what it says");
  EXPECT_EQ(explain(R"({"$and":[{"a":[1]},{"a":[2],"b":[3]}]})", R"({"a":[1,2],"b":4})"),
            "/$and/1/b | b | 3 | 4");
  EXPECT_EQ(explain(R"({"$and":[{"$or":[{"a":[1]},{"$and":[{"b":[1]},{"c":[1]}]}]}]})", R"({"b":1})"),
            "/$and/0/$or | a | one of the 2 objects; /$and/0/$or/0 came furthest, there /$and/0/$or/0/a "
            "wants 1 | nothing");
  // It is looked at after the fields, wherever it stands.
  EXPECT_EQ(explain(R"({"i":{"$not":{"s":["a"]},"q":[1]}})", R"({"i":[{"s":"a","q":2},{"s":"b","q":3}]})"),
            "/i/q | i.q | 1 | [2, 3]");
  EXPECT_EQ(explain(R"({"i":{"$not":{"s":["a"]},"q":[1]}})", R"({"i":[{"s":"a","q":1},{"s":"b","q":3}]})"),
            R"(/i/$not | i.s | not what /i/$not says | ["a", "b"])");
}

TEST(PatternExplain, the_compatible_reading_is_explained_as_it_matches) {
  EXPECT_EQ(
      explain(R"({"a":[1],"$or":[{"b":[1]},{"b":[2]}]})", R"({"a":1,"b":3})", PatternReading::event_ruler),
      "/$or | b | one of the 2 objects; /$or/0 came furthest, there /$or/0/b wants 1 | 3");
}

TEST(PatternExplain, a_pattern_made_to_be_hard_is_explained_in_bounded_time) {
  // Each object of the $or takes all the steps it may.
  std::string event = "{", pattern = R"({"$or":[)";
  for (int array = 0; array < 12; ++array) {
    event += array ? R"(,"d":[)" : R"("d":[)";
    for (int i = 0; i < 12; ++i)
      event += std::string(i ? "," : "") + R"({"a":1,"b":1,"c":1,"e":1,"f":1,"g":1,"y":2,"z":2})";
    event += "]";
  }
  for (int i = 0; i < 40; ++i)
    pattern +=
        std::string(i ? "," : "") +
        R"({"d":{"a":[1],"b":[1],"c":[1],"e":[1],"f":[1],"g":[1],"y":[3,{"exists":false}],"z":[3,{"exists":false}]}})";
  const test::CpuStopwatch stopwatch;
  EXPECT_EQ(explain(pattern + "]}", event + "}"),
            " |  | all that the pattern says | more than can be explained");
  EXPECT_LT(stopwatch.taken(), test::cpu_bound(std::chrono::seconds(20)));
}

TEST(PatternExplain, nesting_is_followed_all_the_way) {
  std::string branch = R"({"x":[1]})", place;
  for (int i = 0; i < 12; ++i)
    branch = R"({"$and":[{"y":[1]},{"$or":[)" + branch + R"(,{"z":[1],"$not":{"z":[2]}}]}]})";
  const auto shown = explain(branch, R"({"y":1,"z":[1,2]})");
  EXPECT_TRUE(
      shown.starts_with("/$and/1/$or | z | one of the 2 objects; /$and/1/$or/1 came furthest, there "))
      << shown;
}

TEST(PatternExplain, a_filter_of_any_kind_is_explained_by_its_text) {
  const auto event =
      EventBuilder().set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t").build();
  const auto mismatch = explain_filter({FilterSpec::Kind::pattern, R"({"type":["x"]})"}, event);
  ASSERT_TRUE(mismatch && *mismatch);
  EXPECT_EQ((*mismatch)->place, "/type");
  EXPECT_EQ((*mismatch)->found, "\"t\"");
  const auto matches = explain_filter({FilterSpec::Kind::pattern, R"({"type":["t"]})"}, event);
  EXPECT_TRUE(matches && !*matches);
  EXPECT_FALSE(explain_filter({FilterSpec::Kind::pattern, R"({"type":"t"})"}, event));
  const auto everything = explain_filter({}, event);
  EXPECT_TRUE(everything && !*everything);
  // Without the text: which field.
  const auto compiled = compile_filter({FilterSpec::Kind::pattern, R"({"source":["/s"],"type":["x"]})"});
  const auto field = (*compiled)->explain(event);
  ASSERT_TRUE(field);
  EXPECT_EQ(field->path, "type");
  EXPECT_EQ(field->found, "\"t\"");
}

}  // namespace
}  // namespace signalbox::pipeline
