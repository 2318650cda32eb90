#include "pipeline/array_consistency.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <string>

#include "pipeline/filter.hpp"
#include "pipeline/filter_shape.hpp"

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

/// The same by trying everything: each field in the order of the paths, each of its leaves, memberships as
/// maps.
class Exhaustive {
 public:
  Exhaustive(const FilterInput& input, std::span<const FieldMatch> fields) : input_(input), fields_(fields) {}

  bool match_from(std::size_t index, const std::map<std::uint32_t, std::uint32_t>& chosen) const {
    if (index == fields_.size()) return true;
    const auto& field = fields_[index];
    bool present = false;
    for (const auto& leaf : field.leaves) {
      auto extended = chosen;
      if (!extend(extended, leaf.element)) continue;
      present = true;
      if (field.test->accepts(leaf) && match_from(index + 1, extended)) return true;
    }
    return !present && field.test->accepts_absence() && match_from(index + 1, chosen);
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
  std::span<const FieldMatch> fields_;
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

  std::vector<Condition> conditions() {
    std::vector<Condition> out(1);
    out[0].op = std::array{Condition::Op::exact_number, Condition::Op::exact_number, Condition::Op::absent,
                           Condition::Op::exists}[static_cast<std::size_t>(below(4))];
    out[0].number = below(3);
    if (below(4) == 0) {
      out.emplace_back();
      out[1].op = Condition::Op::absent;
    }
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
  for (std::uint64_t seed = 1; seed <= 800; ++seed) {
    Generator generate(seed);
    FieldSet set;
    std::map<std::string, FieldTest> tests;  // paths of letters: in the order of UTF-16 units
    for (int i = 1 + generate.below(4); i > 0; --i)
      tests.try_emplace(generate.path(), generate.conditions(), PatternReading::strict);
    for (const auto& [path, test] : tests) set.add(path);
    const auto event = generate.object(4);
    FilterInput input;
    ASSERT_TRUE(input.fill_from_json(set, event)) << event;
    std::vector<FieldMatch> fields;
    for (const auto& [path, test] : tests) fields.push_back({&test, input.leaves(set.find(path))});
    const bool expected = Exhaustive(input, fields).match_from(0, {});
    ASSERT_EQ(match_consistently(input, fields), expected) << "seed " << seed << ": " << event;
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
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(match(*filter, event));
  EXPECT_LT(std::chrono::steady_clock::now() - begin,
            std::chrono::seconds(10));  // quadratic would be minutes
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
}

}  // namespace
}  // namespace signalbox::pipeline
