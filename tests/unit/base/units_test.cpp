#include "base/units.hpp"

#include <gtest/gtest.h>

namespace signalbox::base {
namespace {

using namespace std::chrono_literals;

TEST(Units, durations_round_trip_through_their_shortest_form) {
  for (auto text : {"250ms", "10s", "5m", "24h", "7d", "1h30m", "1d2h3m4s5ms6us"}) {
    auto read = parse_duration(text);
    ASSERT_TRUE(read) << text;
    auto again = parse_duration(format_duration(*read));
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(*again, *read) << text;
  }
  EXPECT_EQ(*parse_duration("1m30s"), 90s);
  EXPECT_EQ(format_duration(24h), "1d");
}

TEST(Units, what_is_no_duration_is_refused) {
  for (auto text : {"", "10", "s", "-5s", "1.5s", "10 s", "10x", "9999999999999999d", "1s2", "99999w99999w"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Units, sizes_know_binary_and_decimal_units) {
  EXPECT_EQ(parse_bytes("64KiB")->value, 65536u);
  EXPECT_EQ(parse_bytes("1GiB")->value, 1u << 30);
  EXPECT_EQ(parse_bytes("5MB")->value, 5'000'000u);
  EXPECT_EQ(parse_bytes("512")->value, 512u);
  for (auto text : {"", "KiB", "1.5MiB", "-1", "99999999999TiB", "1 KiB", "1kib"}) EXPECT_FALSE(parse_bytes(text)) << text;
}

TEST(Units, rates_are_per_second_minute_or_hour) {
  EXPECT_DOUBLE_EQ(parse_rate("500/s")->per_second, 500);
  EXPECT_DOUBLE_EQ(parse_rate("30/m")->per_second, 0.5);
  EXPECT_DOUBLE_EQ(parse_rate("7200/h")->per_second, 2);
  for (auto text : {"", "/s", "0/s", "-1/s", "5/d", "nan", "inf/s"}) EXPECT_FALSE(parse_rate(text)) << text;
}

TEST(Units, times_are_rfc_3339) {
  EXPECT_EQ(format_time(*parse_time("2026-11-23T18:07:00.500Z")), "2026-11-23T18:07:00.5Z");
  EXPECT_EQ(format_time(*parse_time("2026-11-23T18:07:00+02:00")), "2026-11-23T16:07:00Z");
  EXPECT_EQ(format_time(WallTime(std::chrono::microseconds(-1))), "1969-12-31T23:59:59.999999Z");
  for (auto text : {"", "2026-11-23", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T18:07:00",
                    "2026-11-23T18:07:00.Z", "2026-11-23T18:07:00Zx"})
    EXPECT_FALSE(parse_time(text)) << text;
}

}  // namespace
}  // namespace signalbox::base
