#include "connector/http/freshness.hpp"

#include <gtest/gtest.h>

namespace signalbox::connector::http {
namespace {

using namespace std::chrono_literals;

TEST(Freshness, says_what_the_target_says) {
  EXPECT_EQ(freshness(""), std::nullopt);
  EXPECT_EQ(freshness("public"), std::nullopt);
  EXPECT_EQ(freshness("no-store"), Duration::zero());
  EXPECT_EQ(freshness("max-age=60, No-Cache"), Duration::zero());
  EXPECT_EQ(freshness("no-cache=\"x-a\""), Duration::zero());
  EXPECT_EQ(freshness("private,  Max-Age=60"), Duration(60s));
  EXPECT_EQ(freshness("max-age=\"5\""), Duration(5s));
  EXPECT_EQ(freshness("max-age=0"), Duration::zero());
  EXPECT_EQ(freshness("max-age=60, max-age=10"), Duration(10s));
  EXPECT_EQ(freshness("max-age=99999999999999999999"), Duration(24h * 365));
}

TEST(Freshness, what_cannot_be_read_says_nothing) {
  for (const auto* text :
       {"max-age=", "max-age=-1", "max-age=1x", "max-age", ",,,", " , ", "s-maxage=5", "no-storex"})
    EXPECT_EQ(freshness(text), std::nullopt) << text;
}

}  // namespace
}  // namespace signalbox::connector::http
