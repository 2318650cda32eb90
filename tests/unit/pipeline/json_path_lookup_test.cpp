#include "pipeline/json_path_lookup.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace signalbox::pipeline {
namespace {

/// What `path` (below `data`) finds in `json`: the value, "none" or "corrupt".
std::string find(std::string_view json, const std::string& path) {
  const auto parsed = JsonPath::parse("$.data" + path);
  EXPECT_TRUE(parsed) << path;
  const auto found = look_up(json, parsed->steps());
  if (!found) return "corrupt";
  return std::string(found->value_or("none"));
}

TEST(JsonPathLookup, values_come_back_as_they_stand) {
  struct Case {
    const char *json, *path, *value;
  };
  const Case cases[] = {
      {R"({"a":1,"b":2})", ".b", "2"},
      {" { \"a\" :\n\t{ \"b\" : [ 1 , { \"c\":\"x\" } ] } } ", ".a.b[1].c", "\"x\""},
      {" { \"a\" : [ 1 , 2 ] } ", ".a", "[ 1 , 2 ]"},
      {R"({"a":{},"b":[],"c":{"a":9}})", ".c.a", "9"},
      {R"({"a":{"b":1}})", ".b", "none"},
      {R"(["x",[1,2],{"a":3}])", "[1][1]", "2"},
      {R"(["x",[1,2],{"a":3}])", "[2].a", "3"},
      {R"({"a\"}":1,"b":2})", ".b", "2"},
      {R"({"a":"}\\","b":"]\"{"})", ".b", R"("]\"{")"},
      {R"({"a":"\\\\\"","b":-1.5e+9})", ".b", "-1.5e+9"},
      {R"({"\u0061\/b":1})", "['a/b']", "1"},
      {R"({"":0})", "['']", "0"},
      {R"({"a":null,"b":true,"c":false})", ".b", "true"},
      {R"({"a":1})", "[0]", "none"},
      {R"([1])", ".a", "none"},
      {R"([1])", "[1]", "none"},
      {R"([])", "[0]", "none"},
      {R"({})", ".a", "none"},
      {R"("text")", ".a", "none"},
      {R"(7)", "[0]", "none"},
      {R"({"a":1})", ".a.b", "none"},
      {R"({"a":[{"b":1},{"b":2}]})", ".a[1].b", "2"},
  };
  for (const auto& [json, path, value] : cases) EXPECT_EQ(find(json, path), value) << json << " " << path;
}

/// What `path` (below `data`) finds in `json`, a space between; "corrupt" when it cannot be read.
std::string find_all(std::string_view json, const std::string& path) {
  const auto found = look_up_all(json, JsonPath::parse("$.data" + path)->steps());
  if (!found) return "corrupt";
  std::string all;
  for (const auto value : *found) (all += value) += ' ';
  return all;
}

TEST(JsonPathLookup, wildcards_find_all_values_in_order) {
  EXPECT_EQ(find_all(R"([1, "a" ,{"b":2}])", "[*]"), R"(1 "a" {"b":2} )");
  EXPECT_EQ(find_all(R"({ "x" : 1 , "y":[2]})", ".*"), "1 [2] ");
  EXPECT_EQ(find_all(R"({"a":[{"b":1},{"c":0},{"b":[3]}]})", ".a[*].b"), "1 [3] ");
  EXPECT_EQ(find_all(R"([[1,2],[],[3]])", "[*][*]"), "1 2 3 ");
  EXPECT_EQ(find_all(R"([[1,2],[],[3]])", "[*][0]"), "1 3 ");
  EXPECT_EQ(find_all("7", "[*]"), "");
  EXPECT_EQ(find_all("{}", ".*"), "");
  EXPECT_EQ(find_all("{}", ".a[*]"), "");
  EXPECT_EQ(find_all(R"({"a":5})", ".a"), "5 ");
  for (auto json : {"[", "[1", "[1 2]", "[,1]", "{", "{\"a\"", "{\"a\":", "{1:2}", "{\"a\":1", "[1}"})
    EXPECT_EQ(find_all(json, ".*"), "corrupt") << json;
}

TEST(JsonPathLookup, what_is_no_json_is_noticed_where_it_stands_in_the_way) {
  for (auto json : {"{", "{\"a\"", "{\"a\":", "{\"b\":1", "{\"b\" 1}", "{b:1}", "{\"a\":}", "{\"b\":\"x",
                    "{\"b\":[1", "{\"b\":1 \"a\":2}", "{\"b\":\"x\\"})
    EXPECT_EQ(find(json, ".a"), "corrupt") << json;
  for (auto json : {"[", "[1", "[1 2]", "[,1]"}) EXPECT_EQ(find(json, "[1]"), "corrupt") << json;
}

TEST(JsonPathLookup, any_bytes_are_read_within_bounds) {
  std::mt19937 generator(5);
  constexpr std::string_view kBytes = "{}[]\":,\\au 1";
  for (int i = 0; i < 20'000; ++i) {
    std::string json(generator() % 24, ' ');
    for (auto& c : json) c = kBytes[generator() % kBytes.size()];
    const std::string exact(json.data(), json.size());  // so that the address sanitizer sees its end
    find(exact, ".a");
    find(exact, "[1].a");
  }
}

}  // namespace
}  // namespace signalbox::pipeline
