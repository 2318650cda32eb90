#include "pipeline/wildcard.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

TEST(Wildcard, a_star_stands_for_any_characters) {
  const struct {
    const char *pattern, *value;
    bool matches;
  } rows[] = {
      {"", "", true},           {"", "a", false},          {"*", "", true},           {"*", "a\nb", true},
      {"a*", "a", true},        {"a*", "ba", false},       {"*a", "ba", true},        {"a*a", "a", false},
      {"a*a", "aa", true},      {"*b*", "abc", true},      {"*b*", "ac", false},      {"a*b*c", "abbc", true},
      {"a*bb*c", "abc", false}, {"*ab*ab*", "abab", true}, {"*ab*ab*", "aba", false}, {"é*", "éx", true},
      {"\\*", "*", true},       {"\\*", "x", false},       {"\\\\", "\\", true},      {"*\\*", "a*", true},
      {"\\**", "*x", true},     {"a*\\**b", "ax*yb", true}};
  for (const auto& row : rows) {
    const auto wildcard = Wildcard::parse(row.pattern);
    ASSERT_TRUE(wildcard) << row.pattern;
    EXPECT_EQ(wildcard->matches(row.value), row.matches) << row.pattern << " " << row.value;
  }
}

TEST(Wildcard, doubled_stars_and_unknown_escapes_are_refused) {
  for (const char* pattern : {"**", "a**b", "*a**", "\\", "a\\", "\\a", "\\***"})
    EXPECT_FALSE(Wildcard::parse(pattern)) << pattern;
}

TEST(Wildcard, many_stars_on_a_long_value_take_no_exponential_time) {
  std::string pattern, value(100'000, 'a');
  for (int i = 0; i < 1000; ++i) pattern += "*a";
  const auto wildcard = Wildcard::parse(pattern + "*b");
  ASSERT_TRUE(wildcard);
  EXPECT_FALSE(wildcard->matches(value));
  EXPECT_TRUE(wildcard->matches(value + "b"));
}

}  // namespace
}  // namespace signalbox::pipeline
