#include "pipeline/alternatives.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::pipeline {
namespace {

Alternatives equal(std::size_t field, std::string_view text) {
  return require(field, {Probe::equal(string_key(text))});
}

/// "0:1 2 | 3": a value of field 0 by one probe and any value of field 2, or any of field 3.
std::string to_text(const Alternatives& alternatives) {
  std::string out;
  for (const auto& alternative : alternatives) {
    if (!out.empty()) out += " | ";
    for (const auto& requirement : alternative) {
      if (!out.empty() && !out.ends_with(' ')) out += ' ';
      out += std::to_string(requirement.field);
      if (!requirement.probes.empty()) out += ":" + std::to_string(requirement.probes.size());
    }
  }
  return out;
}

TEST(Alternatives, conditions_that_must_both_hold_are_multiplied_out) {
  EXPECT_EQ(to_text(both_of(equal(0, "x"), require(1))), "0:1 1");
  EXPECT_EQ(to_text(both_of(either_of(require(0), require(1)), either_of(require(2), require(3)))),
            "0 2 | 0 3 | 1 2 | 1 3");
  EXPECT_EQ(to_text(both_of(no_requirement(), require(1))), "1");
  EXPECT_EQ(to_text(both_of(require(1), no_requirement())), "1");
}

TEST(Alternatives, presence_says_nothing_beside_a_value) {
  EXPECT_EQ(to_text(both_of(require(0), equal(0, "x"))), "0:1");
  EXPECT_EQ(to_text(both_of(equal(0, "x"), require(0))), "0:1");
  EXPECT_EQ(to_text(both_of(equal(0, "x"), equal(0, "y"))), "0:1 0:1");
}

TEST(Alternatives, a_condition_without_requirements_makes_the_alternative_say_nothing) {
  EXPECT_EQ(to_text(either_of(require(0), no_requirement())), "");
  EXPECT_EQ(either_of(no_requirement(), require(0)).size(), 1u);
}

TEST(Alternatives, values_of_one_field_become_one_alternative) {
  EXPECT_EQ(to_text(either_of(equal(0, "x"), equal(0, "y"))), "0:2");
  EXPECT_EQ(to_text(either_of(equal(0, "x"), equal(1, "y"))), "0:1 | 1:1");
  EXPECT_EQ(to_text(either_of(equal(0, "x"), require(0))), "0:1 | 0");
}

TEST(Alternatives, beyond_the_bounds_less_is_asked_for) {
  auto many = require(0);
  for (std::size_t field = 1; field < kAlternativesMax; ++field)
    many = either_of(std::move(many), require(field));
  EXPECT_EQ(many.size(), kAlternativesMax);
  EXPECT_EQ(to_text(both_of(many, either_of(require(70), require(71)))), "70 | 71");
  EXPECT_EQ(to_text(either_of(many, require(kAlternativesMax))), "");
  auto long_one = equal(0, "x");
  for (std::size_t field = 1; field < 100; ++field) long_one = both_of(std::move(long_one), require(field));
  EXPECT_EQ(long_one[0].size(), kRequirementsMax);
  long_one = both_of(std::move(long_one), equal(100, "x"));
  EXPECT_EQ(long_one[0].size(), kRequirementsMax);
  EXPECT_EQ(long_one[0].front().field, 0u);
  EXPECT_EQ(long_one[0].back().field, 100u);
}

}  // namespace
}  // namespace signalbox::pipeline
