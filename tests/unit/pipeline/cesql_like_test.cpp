#include "pipeline/cesql_like.hpp"

#include <gtest/gtest.h>

#include <random>
#include <span>
#include <string>
#include <vector>

#include "event/characters.hpp"

namespace signalbox::pipeline {
namespace {

bool like(std::string_view text, std::string_view pattern) {
  CesqlBudget budget;
  const bool matches = like_matches(to_like_pattern(pattern), text, budget);
  EXPECT_FALSE(budget.empty());
  return matches;
}

TEST(CesqlLike, the_whole_text_has_to_be_like_the_pattern) {
  const struct {
    const char *text, *pattern;
    bool matches;
  } rows[] = {
      {"", "", true},
      {"", "%", true},
      {"", "_", false},
      {"a", "", false},
      {"abc", "abc", true},
      {"abc", "ab", false},
      {"abc", "%", true},
      {"abc", "a%", true},
      {"abc", "%c", true},
      {"abc", "%b%", true},
      {"abc", "%b", false},
      {"abc", "b%", false},
      {"abc", "a%c", true},
      {"ac", "a%c", true},
      {"a", "a%a", false},
      {"aa", "a%a", true},
      {"abc", "___", true},
      {"abc", "__", false},
      {"abc", "_%_%_", true},
      {"ab", "_%_%_", false},
      {"é😀", "__", true},
      {"é😀x", "%_x", true},
      {"xaxbx", "%a_b%", true},
      {"xaxb", "%a_b", true},
      {"aabxb", "%a_b%b", true},
      {"aab", "%a_b%b", false},
      {"a%", "a\\%", true},
      {"ab", "a\\%", false},
      {"a_", "a\\_", true},
      {"a\\b", "a\\b", true},
      {"a\nb", "a_b", true},
      {"banana", "%ana", true},
      {"banana", "b%an%a%", true},
      {"banana", "%nan%nan%", false},
      {"a%b_", "a\\%%\\_", true},
      {"xyz", "%%%y%%", true},
  };
  for (const auto& row : rows)
    EXPECT_EQ(like(row.text, row.pattern), row.matches) << row.text << " LIKE " << row.pattern;
}

/// The definition, character by character.
bool like_by_definition(std::span<const std::uint32_t> text, std::span<const std::uint32_t> pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%')
    return like_by_definition(text, pattern.subspan(1)) ||
           (!text.empty() && like_by_definition(text.subspan(1), pattern));
  if (text.empty() || (pattern[0] != '_' && pattern[0] != text[0])) return false;
  return like_by_definition(text.subspan(1), pattern.subspan(1));
}

TEST(CesqlLike, any_pattern_matches_what_the_definition_says) {
  std::minstd_rand random(7);
  const auto draw = [&](std::span<const std::uint32_t> alphabet, std::size_t size_max) {
    std::vector<std::uint32_t> out(random() % (size_max + 1));
    for (auto& c : out) c = alphabet[random() % alphabet.size()];
    return out;
  };
  const std::vector<std::uint32_t> letters{'a', 'a', 'b', 0xE9, 0x1F600};
  const std::vector<std::uint32_t> signs{'a', 'a', 'b', 0xE9, 0x1F600, '%', '%', '_', '_'};
  std::size_t matches = 0;
  for (int i = 0; i < 20000; ++i) {
    const auto text = draw(letters, 10), pattern = draw(signs, 8);
    std::string text_utf8, pattern_utf8;
    for (const auto c : text) event::append_code_point(text_utf8, c);
    for (const auto c : pattern) event::append_code_point(pattern_utf8, c);
    const bool expected = like_by_definition(text, pattern);
    matches += expected ? 1u : 0u;
    ASSERT_EQ(like(text_utf8, pattern_utf8), expected) << text_utf8 << " LIKE " << pattern_utf8;
  }
  EXPECT_GT(matches, 1000u);
}

TEST(CesqlLike, a_pattern_that_would_take_too_long_empties_the_budget) {
  std::string pattern = "%a_";
  pattern.append(8000, 'a').append("b%");
  CesqlBudget budget;
  like_matches(to_like_pattern(pattern), std::string(1 << 20, 'a'), budget);
  EXPECT_TRUE(budget.empty());
}

}  // namespace
}  // namespace signalbox::pipeline
