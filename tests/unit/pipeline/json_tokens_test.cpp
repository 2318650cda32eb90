#include "pipeline/json_tokens.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace signalbox::pipeline {
namespace {

/// What JsonTokens should find, one byte at a time.
std::vector<std::size_t> tokens_of(std::string_view text) {
  std::vector<std::size_t> found;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string && c == '\\') {
      ++at;
    } else if (c == '"') {
      in_string = !in_string;
      found.push_back(at);
    } else if (!in_string && (c == '{' || c == '}' || c == '[' || c == ']')) {
      found.push_back(at);
    }
  }
  return found;
}

std::vector<std::size_t> found_in(std::string_view text) {
  JsonTokens tokens(text);
  std::vector<std::size_t> found;
  for (auto at = tokens.next(); at != text.size(); at = tokens.next()) found.push_back(at);
  EXPECT_EQ(tokens.next(), text.size()) << "the end stays the end";
  return found;
}

/// A string of random length with escapes, quotes and brackets in it.
std::string random_string(std::mt19937& random) {
  constexpr std::string_view kPieces[] = {"a", "\\\\",    "\\\"", "{",
                                          "]", "\\u005c", "\\n",  "long enough to cross"};
  std::string text = "\"";
  for (auto left = random() % 30; left > 0; --left) text += kPieces[random() % std::size(kPieces)];
  return text += '"';
}

std::string random_value(std::mt19937& random, unsigned depth) {
  if (depth == 0 || random() % 3 == 0) return random() % 2 ? random_string(random) : "-1.5e3";
  const bool object = random() % 2;
  std::string text = object ? "{" : "[";
  for (auto left = random() % 6; left > 0; --left) {
    if (text.size() > 1) text += " , ";
    if (object) text += random_string(random) + ":";
    text += random_value(random, depth - 1);
  }
  return text += object ? "}" : "]";
}

TEST(JsonTokens, finds_quotes_and_brackets_outside_strings_wherever_blocks_end) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const auto text = std::string(random() % 70, ' ') + random_value(random, 5);
    ASSERT_EQ(found_in(text), tokens_of(text)) << text;
  }
}

TEST(JsonTokens, escapes_go_on_over_the_end_of_a_block) {
  for (std::size_t before = 50; before < 80; ++before)
    for (std::size_t slashes = 0; slashes < 6; ++slashes) {
      const auto text =
          std::string(before, ' ') + '"' + std::string(slashes, '\\') + (slashes % 2 ? "\"\"" : "\"") + "[]";
      ASSERT_EQ(found_in(text), tokens_of(text)) << text;
    }
}

TEST(JsonTokens, skips_to_the_bracket_that_closes_a_container) {
  std::mt19937 random(9);
  for (int round = 0; round < 300; ++round) {
    const auto inner = random_value(random, 6);
    const auto text = "[" + inner + "]" + std::string(random() % 70, ' ');
    JsonTokens tokens(text);
    ASSERT_EQ(tokens.next(), 0u);
    ASSERT_EQ(tokens.skip_container(), inner.size() + 1) << text;
    ASSERT_EQ(tokens.next(), text.size());
  }
}

TEST(JsonTokens, a_container_cut_short_ends_with_the_text) {
  const std::string text = "[{\"a\":1}, " + std::string(200, ' ');
  JsonTokens tokens(text);
  tokens.next();
  EXPECT_EQ(tokens.skip_container(), text.size());
  EXPECT_EQ(tokens.next(), text.size());
}

TEST(JsonTokens, tells_whether_there_was_a_backslash) {
  JsonTokens without("\"abc\""), with("\"a\\nc\"");
  without.next();
  with.next();
  EXPECT_FALSE(without.backslashes());
  EXPECT_TRUE(with.backslashes());
}

}  // namespace
}  // namespace signalbox::pipeline
