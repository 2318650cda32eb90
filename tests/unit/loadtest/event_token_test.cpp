#include "loadtest/event_token.hpp"

#include <gtest/gtest.h>

namespace signalbox::loadtest {
namespace {

TEST(EventToken, text_reads_back_as_the_same_token) {
  const EventToken token{0xdeadbeef, 999'999'999'999, 12'345'678'901'234'567'890u};
  EXPECT_EQ(token.text().size(), EventToken::kLength);
  EXPECT_EQ(EventToken::parse(token.text()), token);
}

TEST(EventToken, anything_else_is_no_token) {
  const auto good = EventToken{1, 2, 3}.text();
  EXPECT_FALSE(EventToken::parse(good + "0"));
  EXPECT_FALSE(EventToken::parse(good.substr(1)));
  for (const std::size_t at : {0u, 2u, 3u, 11u, 15u, 24u, 30u}) {
    auto broken = good;
    broken[at] = '!';
    EXPECT_FALSE(EventToken::parse(broken)) << at;
  }
}

TEST(TokenScanner, finds_each_token_in_a_text_once) {
  const EventToken first{7, 1, 10}, second{7, 2, 20};
  const auto text = "[sb-" + first.text() + ",sb-sb-" + second.text() + ", sb-00000000-00";
  TokenScanner scanner(text);
  EXPECT_EQ(scanner.next(), first);
  EXPECT_EQ(scanner.next(), second);
  EXPECT_EQ(scanner.next(), std::nullopt);
}

}  // namespace
}  // namespace signalbox::loadtest
