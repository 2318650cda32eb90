// What is inferred of values that are random.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "schema/compatibility.hpp"
#include "schema/inference.hpp"
#include "schema/schema.hpp"
#include "support/random_rounds.hpp"
#include "support/random_schemas.hpp"

namespace signalbox::schema {
namespace {

constexpr ObjectModel kModels[] = {ObjectModel::open, ObjectModel::closed};

/// Limits that small values meet.
InferenceOptions narrow(test::RandomSource& random, ObjectModel objects) {
  InferenceOptions options;
  options.objects = objects;
  if (random.chance(30)) options.limits.optional_members = 2;
  if (random.chance(20)) options.limits.members = 3;
  if (random.chance(20)) options.limits.depth = 1 + static_cast<unsigned>(random.below(3));
  return options;
}

std::vector<std::string> random_values(test::RandomSource& random) {
  test::RandomSchemas schemas(random);
  const auto like = schemas.schema();
  std::vector<std::string> values;
  for (auto left = 1 + random.below(8); left > 0; --left)
    values.push_back((random.chance(60) ? schemas.value_for(like, like) : schemas.value(3)).dump());
  return values;
}

std::string inferred(const std::vector<std::string>& values, const InferenceOptions& options) {
  InferredShape shape(options);
  for (const auto& value : values) EXPECT_TRUE(shape.add(value));
  return shape.schema();
}

bool is_valid(const std::string& schema, const std::string& value) {
  CompileOptions options;
  options.format = FormatUse::check;
  const auto compiled = Schema::compile(schema, options);
  EXPECT_TRUE(compiled) << compiled.error().message << "\n" << schema;
  return compiled && (*compiled)->valid(value);
}

/// Runs a test of values and options many times.
template <class Test>
void for_random_values(std::uint64_t count, Test&& test) {
  const test::RandomRounds rounds(count);
  for (auto seed = rounds.begin(); seed < rounds.end() && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(rounds.replay(seed));
    for (const auto objects : kModels) {
      test::RandomSource random(seed);
      const auto options = narrow(random, objects);
      test(random_values(random), options, random);
    }
  }
}

TEST(InferenceProperty, every_value_seen_is_valid) {
  for_random_values(1'000, [](const auto& values, const auto& options, auto&) {
    const auto schema = inferred(values, options);
    for (const auto& value : values) EXPECT_TRUE(is_valid(schema, value)) << value << "\n" << schema;
  });
}

TEST(InferenceProperty, the_order_of_values_makes_no_difference) {
  for_random_values(1'000, [](auto values, const auto& options, auto& random) {
    const auto schema = inferred(values, options);
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
    EXPECT_EQ(inferred(values, options), schema);
  });
}

TEST(InferenceProperty, going_on_from_a_text_is_going_on) {
  for_random_values(1'000, [](const auto& values, const auto& options, auto& random) {
    const auto cut = random.below(values.size() + 1);
    auto shape = InferredShape::from_schema(
        inferred({values.begin(), values.begin() + static_cast<std::ptrdiff_t>(cut)}, options), options);
    ASSERT_TRUE(shape) << shape.error().message;
    for (auto i = cut; i < values.size(); ++i) EXPECT_TRUE(shape->add(values[i]));
    EXPECT_EQ(shape->schema(), inferred(values, options));
  });
}

TEST(InferenceProperty, merging_two_shapes_is_seeing_the_values_of_both) {
  for_random_values(1'000, [](const auto& values, const auto& options, auto& random) {
    const auto cut = static_cast<std::ptrdiff_t>(random.below(values.size() + 1));
    InferredShape one(options), other(options);
    for (auto at = values.begin(); at != values.end(); ++at)
      EXPECT_TRUE((at - values.begin() < cut ? one : other).add(*at));
    const auto before = one.schema();
    const bool changed = one.merge(other);
    EXPECT_EQ(changed, one.schema() != before);
    EXPECT_EQ(one.schema(), inferred(values, options));
    EXPECT_FALSE(one.merge(other));
  });
}

TEST(InferenceProperty, a_change_is_told_exactly_when_the_text_changes) {
  for_random_values(1'000, [](const auto& values, const auto& options, auto&) {
    InferredShape shape(options);
    for (const auto& value : values) {
      const auto before = shape.schema();
      const auto changed = shape.add(value);
      ASSERT_TRUE(changed);
      EXPECT_EQ(*changed, shape.schema() != before) << value << "\n" << before << "\n" << shape.schema();
    }
  });
}

TEST(InferenceProperty, a_closed_schema_only_widens) {
  for_random_values(1'000, [](const auto& values, auto options, auto&) {
    options.objects = ObjectModel::closed;
    CompatibilityOptions comparison;
    comparison.schemas.format = FormatUse::check;
    InferredShape shape(options);
    EXPECT_TRUE(shape.add(values.front()));
    for (const auto& value : values) {
      const auto before = shape.schema();
      EXPECT_TRUE(shape.add(value));
      const auto found = incompatibilities(before, shape.schema(), Compatibility::backward, comparison);
      ASSERT_TRUE(found) << found.error().message;
      for (const auto& one : *found) ADD_FAILURE() << one.message << "\n" << before << "\n" << shape.schema();
    }
  });
}

}  // namespace
}  // namespace signalbox::schema
