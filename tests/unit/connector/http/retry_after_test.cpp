#include "connector/http/retry_after.hpp"

#include <gtest/gtest.h>

namespace signalbox::connector::http {
namespace {

using namespace std::chrono_literals;

struct Case {
  const char* value;
  std::optional<Duration> wait;
};

class RetryAfter : public testing::TestWithParam<Case> {};

// Now is Sun, 06 Nov 1994 08:49:07 GMT.
TEST_P(RetryAfter, is_a_time_to_wait) {
  const auto now = WallTime(std::chrono::sys_days(std::chrono::year(1994) / 11 / 6)) + 8h + 49min + 7s;
  EXPECT_EQ(parse_retry_after(GetParam().value, now), GetParam().wait) << GetParam().value;
}

INSTANTIATE_TEST_SUITE_P(
    all, RetryAfter,
    testing::Values(Case{"120", 120s}, Case{"0", 0s}, Case{"604800", 168h}, Case{"604801", 168h},
                    Case{"99999999999999999999999", 168h}, Case{"Sun, 06 Nov 1994 08:49:37 GMT", 30s},
                    Case{"Sunday, 06-Nov-94 08:49:37 GMT", 30s}, Case{"Sun Nov  6 08:49:37 1994", 30s},
                    Case{"Monday, 07-Nov-94 08:49:07 GMT", 24h},  // two digits: this century's
                    Case{"Sun, 06 Nov 1994 08:00:00 GMT", 0s}, Case{"Fri, 31 Dec 1999 23:59:59 GMT", 168h},
                    Case{"Fri, 31 Dec 9999 23:59:59 GMT", 168h},
                    Case{"", std::nullopt}, Case{"-1", std::nullopt}, Case{"1.5", std::nullopt}, Case{"soon", std::nullopt},
                    Case{"Sun, 32 Nov 1994 08:49:37 GMT", std::nullopt},
                    Case{"Sun, 31 Nov 1994 08:49:37 GMT", std::nullopt},
                    Case{"Sun, 06 Now 1994 08:49:37 GMT", std::nullopt},
                    Case{"Sun, 06 Nov 1994 24:49:37 GMT", std::nullopt},
                    Case{"Sun, 06 Nov 1994 08:49:37 CET", std::nullopt}));

}  // namespace
}  // namespace signalbox::connector::http
