// What is called compatible is: no value that one schema accepts is refused by the other.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "schema/compatibility.hpp"
#include "schema/schema.hpp"
#include "support/random_rounds.hpp"
#include "support/random_schemas.hpp"

namespace signalbox::schema {
namespace {

using test::Json;

CompatibilityOptions checked_formats() {
  CompatibilityOptions options;
  options.schemas.format = FormatUse::check;
  return options;
}

std::vector<Incompatibility> backward(const std::string& old_text, const std::string& new_text) {
  const auto found = incompatibilities(old_text, new_text, Compatibility::backward, checked_formats());
  EXPECT_TRUE(found) << found.error().message << "\n" << old_text << "\n" << new_text;
  return found ? *found : std::vector<Incompatibility>();
}

/// A pair of schemas, and what was found of it.
struct Round {
  std::string old_text, new_text;
  bool compatible = false;
  std::optional<std::string> counterexample{};  // looked for in any case
  std::vector<Incompatibility> found{};
};

Round run_round(std::uint64_t seed) {
  test::RandomSource random(seed);
  test::RandomSchemas schemas(random);
  const auto old_schema = schemas.schema();
  const auto new_schema = random.chance(5) ? schemas.schema() : schemas.changed(old_schema);
  Round round{old_schema.dump(), new_schema.dump()};
  const auto options = checked_formats().schemas;
  const auto before = Schema::compile(round.old_text, options),
             after = Schema::compile(round.new_text, options);
  if (!before || !after) return round;  // refers to itself without end
  round.found = backward(round.old_text, round.new_text);
  round.compatible = round.found.empty();
  for (int i = 0; i < 40 && !round.counterexample; ++i) {
    const auto& by = random.chance(70) ? old_schema : new_schema;
    const auto value = random.chance(20) ? schemas.value() : schemas.value_for(by, by);
    const auto text = value.dump();
    if ((*before)->valid(text) && !(*after)->valid(text)) round.counterexample = text;
  }
  return round;
}

TEST(CompatibilityProperty, no_value_of_the_old_schema_is_refused_by_a_compatible_one) {
  const test::RandomRounds rounds(3'000);
  std::uint64_t compatible = 0, broken = 0, cautious = 0;
  for (auto seed = rounds.begin(); seed < rounds.end(); ++seed) {
    const auto round = run_round(seed);
    compatible += round.compatible;
    broken += round.counterexample.has_value();
    cautious += !round.compatible && !round.counterexample;
    ASSERT_FALSE(round.compatible && round.counterexample)
        << rounds.replay(seed) << "\nold   " << round.old_text << "\nnew   " << round.new_text << "\nvalue "
        << *round.counterexample;
  }
  RecordProperty("compatible", std::to_string(compatible));
  RecordProperty("broken", std::to_string(broken));
  RecordProperty("cautious", std::to_string(cautious));
  if (rounds.count() < 1000) return;
  // Else nothing much was tried.
  EXPECT_GT(compatible, rounds.count() / 5);
  EXPECT_GT(broken, rounds.count() / 25);
}

TEST(CompatibilityProperty, a_schema_is_compatible_with_itself_and_with_one_that_says_nothing) {
  const test::RandomRounds rounds(500);
  for (auto seed = rounds.begin(); seed < rounds.end(); ++seed) {
    test::RandomSource random(seed);
    auto schema = test::RandomSchemas(random).schema();
    const auto text = schema.dump();
    if (!Schema::compile(text)) continue;
    EXPECT_EQ(backward(text, text), std::vector<Incompatibility>());
    EXPECT_EQ(backward(text, "{}"), std::vector<Incompatibility>()) << text;
    EXPECT_EQ(backward("false", text), std::vector<Incompatibility>()) << text;
    schema["title"] = "the same";  // not the same text
    EXPECT_EQ(backward(text, schema.dump()), std::vector<Incompatibility>()) << text;
  }
}

/// The last step of a pointer.
std::string keyword_of(const std::string& pointer) { return pointer.substr(pointer.rfind('/') + 1); }

/// Whether a checker that never told differences of `keyword` would call the schemas compatible.
bool hides(const Round& round, const std::string& keyword) {
  return !round.found.empty() && std::all_of(round.found.begin(), round.found.end(), [&](const auto& one) {
    return keyword_of(one.new_pointer) == keyword;
  });
}

TEST(CompatibilityProperty, a_checker_that_misses_one_keyword_would_be_found_out) {
  std::set<std::string> missed{"type",
                               "minimum",
                               "maximum",
                               "exclusiveMinimum",
                               "exclusiveMaximum",
                               "multipleOf",
                               "minLength",
                               "maxLength",
                               "pattern",
                               "format",
                               "enum",
                               "const",
                               "required",
                               "minProperties",
                               "maxProperties",
                               "minItems",
                               "maxItems",
                               "uniqueItems",
                               "contains",
                               "minContains",
                               "maxContains",
                               "anyOf",
                               "oneOf",
                               "not",
                               "if",
                               "dependentRequired",
                               "additionalProperties",
                               "unevaluatedProperties",
                               "unevaluatedItems"};
  for (std::uint64_t seed = 1; seed <= 20'000 && !missed.empty(); ++seed) {
    const auto round = run_round(seed);
    if (round.counterexample)
      std::erase_if(missed, [&](const auto& keyword) { return hides(round, keyword); });
  }
  for (const auto& keyword : missed)
    ADD_FAILURE() << "nothing shows that differences of " << keyword << " are missed";
}

}  // namespace
}  // namespace signalbox::schema
