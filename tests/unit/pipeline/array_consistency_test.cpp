#include "pipeline/array_consistency.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "pipeline/filter.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"
#include "support/cpu_bound.hpp"

namespace signalbox::pipeline {
namespace {

std::shared_ptr<const Filter> compile(std::string pattern) {
  auto filter = compile_filter({FilterSpec::Kind::pattern, std::move(pattern)});
  EXPECT_TRUE(filter) << filter.error().message;
  return *filter;
}

bool match(const Filter& filter, std::string_view event) {
  FieldSet fields;
  for (const auto& path : filter.shape().fields) fields.add(path);
  FilterInput input;
  const auto filled = input.fill_from_json(fields, event);
  EXPECT_TRUE(filled) << event;
  return filter.matches(input);
}

TEST(ArrayConsistency, fields_of_one_pattern_come_from_the_same_element) {
  const struct {
    const char *pattern, *event;
    bool matches;
  } rows[] = {
      {R"({"d":{"a":[1],"b":[2]}})", R"({"d":[{"a":1,"b":2}]})", true},
      {R"({"d":{"a":[1],"b":[2]}})", R"({"d":[{"a":1},{"b":2}]})", false},
      {R"({"d":{"a":[1],"b":[2]}})", R"({"d":[{"a":1,"b":3},{"a":1,"b":2}]})", true},
      // Nested arrays, and arrays of arrays.
      {R"({"d":{"e":{"a":[1]},"b":[2]}})", R"({"d":[{"e":[{"a":0},{"a":1}],"b":2}]})", true},
      {R"({"d":{"e":{"a":[1]},"b":[2]}})", R"({"d":[{"e":[{"a":1}]},{"b":2}]})", false},
      {R"({"d":{"a":[1],"b":[2]}})", R"({"d":[[{"a":1,"b":2}],[{"a":3}]]})", true},
      {R"({"d":{"a":[1],"b":[2]}})", R"({"d":[[{"a":1},{"b":2}]]})", false},
      // Arrays beside each other are independent.
      {R"({"d":{"a":[1]},"e":{"b":[2]}})", R"({"d":[{"a":0},{"a":1}],"e":[{"b":2},{"b":0}]})", true},
      // Scalars in arrays: any of them.
      {R"({"a":[1],"b":[2]})", R"({"a":[0,1],"b":[2,0]})", true},
      // A list that mixes scalars and objects: the scalars are in no element.
      {R"({"d":[3],"d.a":[1]})", R"({"d":[{"a":0},3,{"a":1}]})", true},
      {R"({"d":{"a":[2],"b":[1]},"d.a.x":[{"exists":false}]})", R"({"d":[{"b":1},{"a":[[1],2],"b":1}]})",
       true},
      // Absence is judged against the element chosen so far, in the order of the paths.
      {R"({"d":{"z":[{"exists":false}],"b":[1]}})", R"({"d":[{"z":1},{"b":1}]})", true},
      {R"({"d":{"a":[{"exists":false}],"b":[1]}})", R"({"d":[{"a":1},{"b":1}]})", false},
      {R"({"d":{"z":[{"exists":false}],"b":[1]}})", R"({"d":[{"z":1,"b":1}]})", false},
  };
  for (const auto& row : rows)
    EXPECT_EQ(match(*compile(row.pattern), row.event), row.matches) << row.pattern << " " << row.event;
}

TEST(ArrayConsistency, each_object_of_and_chooses_the_elements_of_deeper_arrays_by_itself) {
  const struct {
    const char *pattern, *event;
    bool matches;
  } rows[] = {
      // Above the array: each takes any item.
      {R"({"$and":[{"items":{"sku":["a"]}},{"items":{"sku":["b"]}}]})",
       R"({"items":[{"sku":"a"},{"sku":"b"}]})", true},
      {R"({"$and":[{"items":{"sku":["a"]}},{"items":{"sku":["b"]}}]})",
       R"({"items":[{"sku":"a"},{"sku":"c"}]})", false},
      {R"({"$and":[{"items":{"sku":["a"],"qty":[1]}},{"items":{"sku":["b"],"qty":[2]}}]})",
       R"({"items":[{"sku":"a","qty":1},{"sku":"b","qty":1},{"sku":"b","qty":2}]})", true},
      {R"({"$and":[{"items":{"sku":["a"],"qty":[1]}},{"items":{"sku":["b"],"qty":[2]}}]})",
       R"({"items":[{"sku":"a","qty":2},{"sku":"b","qty":1},{"sku":"b","qty":2}]})", false},
      // Inside: the same item throughout.
      {R"({"items":{"sku":["a"],"$and":[{"qty":[{"numeric":[">",1]}]},{"qty":[{"numeric":["<",5]}]}]}})",
       R"({"items":[{"sku":"a","qty":3}]})", true},
      {R"({"items":{"sku":["a"],"$and":[{"qty":[{"numeric":[">",1]}]},{"qty":[{"numeric":["<",5]}]}]}})",
       R"({"items":[{"sku":"a","qty":7},{"sku":"a","qty":0}]})", false},
      {R"({"items":{"$and":[{"sku":["a"]},{"qty":[1]}]}})", R"({"items":[{"sku":"a"},{"qty":1}]})", false},
      {R"({"items":{"$and":[{"sku":["a"]},{"qty":[1]}]}})", R"({"items":[{"sku":"a"},{"sku":"a","qty":1}]})",
       true},
      // The outer element is shared, the inner ones are not.
      {R"({"o":{"k":[1],"$and":[{"i":{"x":[1]}},{"i":{"x":[2]}}]}})",
       R"({"o":[{"k":1,"i":[{"x":1},{"x":2}]}]})", true},
      {R"({"o":{"k":[1],"$and":[{"i":{"x":[1]}},{"i":{"x":[2]}}]}})",
       R"({"o":[{"k":1,"i":[{"x":1}]},{"k":1,"i":[{"x":2}]}]})", false},
      // Dotted names count as many.
      {R"({"o.i":{"$and":[{"x":[1]},{"y":[1]}]}})", R"({"o":{"i":[{"x":1},{"y":1}]}})", false},
      {R"({"o":{"$and":[{"i.x":[1]},{"i.y":[1]}]}})", R"({"o":{"i":[{"x":1},{"y":1}]}})", true},
      // Branches of an $or are no scopes.
      {R"({"items":{"sku":["a"]},"$or":[{"items.qty":[1]},{"items.qty":[2]}]})",
       R"({"items":[{"sku":"a","qty":3},{"sku":"b","qty":1}]})", false},
  };
  for (const auto& row : rows)
    EXPECT_EQ(match(*compile(row.pattern), row.event), row.matches) << row.pattern << " " << row.event;
}

TEST(ArrayConsistency, a_negation_keeps_the_elements_chosen_around_it) {
  const struct {
    const char *pattern, *event;
    bool matches;
  } rows[] = {
      // Above the array: no item at all.
      {R"({"$not":{"items":{"sku":["a"]}}})", R"({"items":[{"sku":"b"},{"sku":"a"}]})", false},
      {R"({"$not":{"items":{"sku":["a"],"qty":[1]}}})",
       R"({"items":[{"sku":"a","qty":2},{"sku":"b","qty":1}]})", true},
      {R"({"items":{"qty":[1]},"$not":{"items":{"sku":["a"]}}})",
       R"({"items":[{"sku":"a","qty":2},{"qty":1}]})", false},
      // Inside: not the item that was chosen; others are tried.
      {R"({"items":{"qty":[1],"$not":{"sku":["a"]}}})",
       R"({"items":[{"sku":"a","qty":2},{"sku":"b","qty":1}]})", true},
      {R"({"items":{"qty":[1],"$not":{"sku":["a"]}}})",
       R"({"items":[{"sku":"a","qty":1},{"sku":"b","qty":1}]})", true},
      {R"({"items":{"qty":[1],"$not":{"sku":["a"]}}})",
       R"({"items":[{"sku":"a","qty":1},{"sku":"a","qty":1}]})", false},
      {R"({"items":{"qty":[1],"$not":{"sku":["a"]}}})",
       R"({"items":[{"sku":"a","qty":1},{"sku":"b","qty":2}]})", false},
      // Where no field has chosen: no item.
      {R"({"items":{"$not":{"sku":["a"]}}})", R"({"items":[{"sku":"a"},{"sku":"b"}]})", false},
      {R"({"items":{"$not":{"sku":["a"]}}})", R"({"items":[{"sku":"c"},{"sku":"b"}]})", true},
      // An element chosen inside an $and above is its own; one of a shared array is known.
      {R"({"items":{"$and":[{"qty":[1]}],"$not":{"sku":["a"]}}})",
       R"({"items":[{"sku":"a","qty":2},{"sku":"b","qty":1}]})", true},
      {R"({"$and":[{"items":{"qty":[1]}}],"$not":{"items":{"sku":["a"]}}})",
       R"({"items":[{"sku":"a","qty":2},{"sku":"b","qty":1}]})", false},
      {R"({"$and":[{"items":{"qty":[1],"$not":{"sku":["a"]}}}]})",
       R"({"items":[{"sku":"a","qty":2},{"sku":"b","qty":1}]})", true},
      // Deeper arrays are free.
      {R"({"o":{"k":[1],"$not":{"i":{"x":[1]}}}})", R"({"o":[{"k":1,"i":[{"x":2},{"x":1}]},{"k":2,"i":[]}]})",
       false},
      {R"({"o":{"k":[1],"$not":{"i":{"x":[1]}}}})", R"({"o":[{"k":1,"i":[{"x":2}]},{"k":2,"i":[{"x":1}]}]})",
       true},
      // Negations within each other: the item has no tag but "t".
      {R"({"o":{"k":[1],"$not":{"i":{"x":[{"exists":true}],"$not":{"x":["t"]}}}}})",
       R"({"o":[{"k":1,"i":[{"x":"t"},{"x":"u"}]},{"k":1,"i":[{"x":"t"}]}]})", true},
      {R"({"o":{"k":[1],"$not":{"i":{"x":[{"exists":true}],"$not":{"x":["t"]}}}}})",
       R"({"o":[{"k":1,"i":[{"x":"t"},{"x":"u"}]},{"k":2,"i":[{"x":"t"}]}]})", false},
  };
  for (const auto& row : rows)
    EXPECT_EQ(match(*compile(row.pattern), row.event), row.matches) << row.pattern << " " << row.event;
}

TEST(ArrayConsistency, a_set_is_looked_for_in_one_array_of_the_chosen_element) {
  const char* pattern = R"({"d":{"k":[1],"tags":[{"contains-all":["a","b"]}]}})";
  EXPECT_TRUE(match(*compile(pattern), R"({"d":[{"k":1,"tags":["b","a"]},{"k":2}]})"));
  EXPECT_FALSE(match(*compile(pattern), R"({"d":[{"k":1,"tags":["a"]},{"k":2,"tags":["b","a"]}]})"));
  EXPECT_FALSE(match(*compile(pattern), R"({"d":[{"k":1,"tags":["a"]},{"k":1,"tags":["b"]}]})"));
  EXPECT_TRUE(match(*compile(pattern), R"({"d":{"k":1,"tags":[["a"],["a","b"]]}})"));
}

/// What a field's list of small numbers, `exists: true` and `exists: false` accepts.
struct NumberTest {
  std::vector<int> numbers;
  bool any = false, absent = false;

  bool accepts(const Leaf& leaf) const {
    return any || std::find(numbers.begin(), numbers.end(), static_cast<int>(leaf.number)) != numbers.end();
  }
  std::string text() const {
    std::string out;
    for (const int number : numbers) out += std::to_string(number) + ",";
    if (any) out += R"({"exists":true},)";
    if (absent) out += R"({"exists":false},)";
    out.pop_back();
    return "[" + out + "]";
  }
};

/// The same by trying everything: each field in the order of the paths, each of its leaves, memberships as
/// maps.
class Exhaustive {
 public:
  struct Field {
    NumberTest test;
    std::span<const Leaf> leaves;
  };
  Exhaustive(const FilterInput& input, std::span<const Field> fields) : input_(input), fields_(fields) {}

  bool match_from(std::size_t index, const std::map<std::uint32_t, std::uint32_t>& chosen) const {
    if (index == fields_.size()) return true;
    const auto& field = fields_[index];
    bool present = false;
    for (const auto& leaf : field.leaves) {
      auto extended = chosen;
      if (!extend(extended, leaf.element)) continue;
      present = true;
      if (field.test.accepts(leaf) && match_from(index + 1, extended)) return true;
    }
    return !present && field.test.absent && match_from(index + 1, chosen);
  }

 private:
  bool extend(std::map<std::uint32_t, std::uint32_t>& chosen, std::uint32_t element) const {
    for (; element != 0; element = input_.element(element).parent) {
      const auto [at, added] = chosen.try_emplace(input_.element(element).array, element);
      if (!added && at->second != element) return false;
    }
    return true;
  }

  const FilterInput& input_;
  std::span<const Field> fields_;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::string object(int depth) {
    std::string out = "{";
    const int members = below(4);
    for (int i = 0; i < members; ++i) out += (i ? ",\"" : "\"") + name() + "\":" + value(depth);
    return out + "}";
  }

  std::string path() {
    std::string out = name();
    for (int i = below(3); i > 0; --i) out += "." + name();
    return out;
  }

  NumberTest test() {
    NumberTest out;
    const int kind = below(4);
    if (kind < 2) out.numbers.push_back(below(3));
    out.absent = kind == 2 || below(4) == 0;
    out.any = kind == 3;
    return out;
  }

  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }

 private:
  std::string name() { return std::string(1, "abc"[below(3)]); }

  std::string value(int depth) {
    const int kind = depth == 0 ? 0 : below(4);
    if (kind == 0) return std::to_string(below(3));
    if (kind == 1) return object(depth - 1);
    std::string out = "[";
    const int elements = below(4);
    for (int i = 0; i < elements; ++i)
      out += (i ? "," : "") + (below(4) ? object(depth - 1) : value(depth - 1));
    return out + "]";
  }

  std::mt19937_64 random_;
};

TEST(ArrayConsistency, the_search_finds_what_trying_everything_finds) {
  int matched = 0, total = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Generator generate(seed);
    FieldSet set;
    std::map<std::string, NumberTest> tests;  // paths of letters: in the order of UTF-16 units
    for (int i = 1 + generate.below(4); i > 0; --i) tests.try_emplace(generate.path(), generate.test());
    std::string pattern;
    for (const auto& [path, test] : tests) {
      set.add(path);
      pattern += (pattern.empty() ? "{\"" : ",\"") + path + "\":" + test.text();
    }
    pattern += "}";
    const auto event = generate.object(4);
    FilterInput input;
    ASSERT_TRUE(input.fill_from_json(set, event)) << event;
    std::vector<Exhaustive::Field> fields;
    for (const auto& [path, test] : tests) fields.push_back({test, input.leaves(set.find(path))});
    const bool expected = Exhaustive(input, fields).match_from(0, {});
    ASSERT_EQ(compile(pattern)->matches(input), expected)
        << "seed " << seed << ": " << pattern << " " << event;
    matched += expected ? 1 : 0;
    ++total;
  }
  EXPECT_GT(matched, total / 10);
  EXPECT_LT(matched, total * 9 / 10);
}

TEST(ArrayConsistency, large_arrays_take_no_quadratic_time) {
  std::string event = R"({"d":[)";
  for (int i = 0; i < 30'000; ++i)
    event += std::string(i ? "," : "") + R"({"a":1,"b":2,"e":[{"x":1},{"x":1}]})";
  event += "]}";
  const auto filter = compile(R"({"d":{"a":[1],"b":[2],"e":{"x":[1],"y":[{"exists":false}]},"f":[1]}})");
  const test::CpuStopwatch stopwatch;
  EXPECT_FALSE(match(*filter, event));
  EXPECT_LT(stopwatch.taken(), test::cpu_bound(std::chrono::seconds(10)));  // quadratic would be minutes
}

TEST(ArrayConsistency, an_event_made_to_be_hard_is_given_up) {
  // One name many times: each array can be chosen from independently.
  std::string event = "{";
  for (int array = 0; array < 12; ++array) {
    event += array ? R"(,"d":[)" : R"("d":[)";
    for (int i = 0; i < 12; ++i)
      event += std::string(i ? "," : "") + R"({"a":1,"b":1,"c":1,"e":1,"f":1,"g":1,"h":1,"z":2})";
    event += "]";
  }
  const auto filter =
      compile(R"({"d":{"a":[1],"b":[1],"c":[1],"e":[1],"f":[1],"g":[1],"h":[1],"z":[3,{"exists":false}]}})");
  EXPECT_FALSE(match(*filter, event + "}"));
  // Nor does a negation hold because its search is given up.
  const auto negated = compile(
      R"({"$not":{"d":{"a":[1],"b":[1],"c":[1],"e":[1],"f":[1],"g":[1],"h":[1],"z":[3,{"exists":false}]}}})");
  EXPECT_FALSE(match(*negated, event + "}"));
}

}  // namespace
}  // namespace signalbox::pipeline
