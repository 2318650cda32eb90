#include "pipeline/pattern_filter.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"
#include "support/cpu_bound.hpp"
#include "support/heap_count.hpp"

namespace signalbox::pipeline {
namespace {

using test::heap;

std::shared_ptr<const Filter> compile(std::string_view pattern) {
  auto filter = compile_pattern(pattern, PatternReading::strict);
  EXPECT_TRUE(filter) << filter.error().message;
  return *filter;
}

std::size_t bytes_of(std::string_view pattern) {
  compile(pattern);  // whatever is made once
  const auto before = heap.bytes;
  const auto filter = compile(pattern);
  return heap.bytes - before;
}

TEST(PatternFilter, a_typical_rule_is_small) {
  EXPECT_LE(bytes_of(R"({"type":["com.acme.order.placed"]})"), 160u);
  EXPECT_LE(bytes_of(R"({"type":["com.acme.order.placed"],"data":{"country":["CH","AT"]}})"), 250u);
  EXPECT_LE(bytes_of(R"({"type":[{"prefix":"com.acme.order."}],"data":{"total":[{"numeric":[">",1000]}]}})"),
            250u);
  EXPECT_LE(bytes_of(R"({"source":[{"suffix":"/orders"}],"data":{"user":{"ip":[{"cidr":"10.0.0.0/8"}]}}})"),
            250u);
  EXPECT_LE(bytes_of(R"({"subject":[{"wildcard":"a/*/b/*"}],"data":{"id":[{"anything-but":["x","y"]}]}})"),
            300u);
}

TEST(PatternFilter, a_compiled_pattern_is_one_allocation) {
  for (
      const char* pattern :
      {R"({"type":["a"],"data":{"x":[1,"2",null,{"prefix":"p"}],"y":[{"wildcard":"a*b"}]}})",
       R"({"$or":[{"a":[{"cidr":"::/8"}]},{"$and":[{"b":["::1"]},{"b":[{"suffix":"x","prefix":"y"}]}]}],"$not":{"c":[1]}})",
       R"({"a":[{"equals-ignore-case":"ASCII"},{"contains-all":["a","b"]},{"numeric":[[">",1],["<",0]]}]})"}) {
    compile(pattern);  // whatever is made once
    const auto before = heap.blocks;
    const auto filter = compile(pattern);
    EXPECT_EQ(heap.blocks - before, 1u) << pattern;
  }
}

TEST(PatternFilter, matching_allocates_nothing) {
  const auto filter = compile(
      R"({"type":["t"],"$or":[{"x":["10.0.0.1"]},{"y":[{"wildcard":"a*c","regex":"a.*c"}]}],)"
      R"("z":[{"equals-ignore-case":"Ä"}],"d":{"a":[1],"$and":[{"b":[{"contains-all":[1,2]}]},{"c":[{"exists":false}]}],)"
      R"("$not":{"b":[7],"e":[1]}},"big":[{"numeric":[[">",5],["=",1]]}]})");
  const auto shape = filter->shape();
  FieldSet fields;
  std::vector<FieldId> ids;
  for (const auto& path : shape.fields) ids.push_back(fields.add(path));
  FilterInput input;
  ASSERT_TRUE(input.fill_from_json(
      fields, R"({"type":"t","x":"::1","y":"abc","z":"ä","d":[{"a":0},{"a":1,"b":[1,7,2],"e":2}],"big":9})"));
  ASSERT_TRUE(filter->matches(input, ids));
  const auto before = heap.allocations;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(filter->matches(input, ids));
  EXPECT_EQ(heap.allocations, before);
}

TEST(PatternFilter, long_lists_are_searched) {
  std::string strings, numbers, addresses;
  for (int i = 0; i < 200; ++i) {
    const auto n = std::to_string(i * 7 % 200);
    strings += (i ? ",\"s" : "\"s") + n + '"';
    numbers += (i ? "," : "") + n + ".5";
    addresses += (i ? ",\"10.0.0." : "\"10.0.0.") + n + "\",\"::" + n + '"';
  }
  const auto filter = compile("{\"a\":[" + strings + "," + numbers + "," + addresses + "]}");
  FieldSet fields;
  const std::vector<FieldId> ids{fields.add("a")};
  FilterInput input;
  const auto matches = [&](const std::string& value) {
    const auto event = "{\"a\":" + value + "}";
    EXPECT_TRUE(input.fill_from_json(fields, event));
    return filter->matches(input, ids);
  };
  for (int i = 0; i < 200; ++i) {
    const auto n = std::to_string(i);
    EXPECT_TRUE(matches("\"s" + n + '"'));
    EXPECT_TRUE(matches(n + ".50"));
    EXPECT_TRUE(matches("\"010.0.0." + n + '"'));
    EXPECT_TRUE(matches("\"0::" + n + '"'));
    EXPECT_FALSE(matches("\"s" + n + "x\""));
    EXPECT_FALSE(matches(n));
    EXPECT_FALSE(matches("\"10.0.1." + n + '"'));
    EXPECT_FALSE(matches("\"1::" + n + '"'));
  }
}

TEST(PatternFilter, values_made_to_be_hard_are_given_up) {
  // Each number between two arrays begins the search for a set anew.
  std::string numbers = "0";
  for (int i = 0; i < 100'000; ++i) numbers += i % 2 ? ",1" : ",[2]";
  numbers += ",7";
  std::string regexes = R"({"regex":"(a|b)*c"})", text(100'000, 'a');
  for (std::size_t i = 1; i < kPatternRegexesMax; ++i)
    regexes += R"(,{"regex":"(a|b)*d)" + std::to_string(i) + "\"}";
  std::string texts;
  for (int i = 0; i < 100; ++i) texts += (i ? ",\"" : "\"") + text + '"';
  const struct {
    std::string list, values;
  } rows[] = {{R"({"contains-all":[1,3,4,5]})", numbers},
              {R"({"equals-set":[1,{"numeric":["<",1]}]})", numbers},
              {regexes, texts}};
  for (const auto& row : rows) {
    FieldSet fields;
    const std::vector<FieldId> ids{fields.add("a")};
    FilterInput input;
    const auto event = "{\"a\":[" + row.values + "]}";
    ASSERT_TRUE(input.fill_from_json(fields, event));
    const auto filter = compile("{\"a\":[" + row.list + "]}");
    const test::CpuStopwatch stopwatch;
    // Nor does the opposite hold because it is given up.
    EXPECT_FALSE(filter->matches(input, ids));
    EXPECT_FALSE(compile("{\"$not\":{\"a\":[" + row.list + "]}}")->matches(input, ids))
        << row.list.substr(0, 80);
    EXPECT_LT(stopwatch.taken(), test::cpu_bound(std::chrono::seconds(20)));
  }
}

}  // namespace
}  // namespace signalbox::pipeline
