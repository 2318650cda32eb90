#include "schema/number.hpp"

#include <gtest/gtest.h>

namespace signalbox::schema {
namespace {

int compared(const char* a, const char* b) { return compare(parse_number(a), parse_number(b)); }
bool multiple(const char* value, const char* divisor) {
  return is_multiple(parse_number(value), parse_number(divisor));
}

TEST(Number, numbers_are_equal_by_value_however_they_are_written) {
  for (const auto& [a, b] : {std::pair{"1", "1.0"},
                             {"1", "10e-1"},
                             {"0", "-0.0e5"},
                             {"100", "1E2"},
                             {"0.5", "5e-1"},
                             {"12345678901234567890123", "1.2345678901234567890123e22"}}) {
    EXPECT_EQ(compared(a, b), 0) << a << " " << b;
    EXPECT_EQ(hash_of(parse_number(a)), hash_of(parse_number(b))) << a << " " << b;
  }
}

TEST(Number, order_is_exact_whatever_the_size) {
  for (const auto& [less, more] :
       {std::pair{"1", "2"},
        {"-2", "-1"},
        {"-1", "0"},
        {"0", "1e-300"},
        {"9", "10"},
        {"0.1", "0.11"},
        {"18446744073709551615", "18446744073709551616"},
        {"9007199254740992", "9007199254740993"},
        {"972783798187987123879878123.18878137", "972783798187987123879878123.188781371"},
        {"1e308", "1e309"},
        {"-1e400", "1e-400"},
        {"1e999999999999999999999", "2e999999999999999999999"},
        {"123456789012345678", "1234567890123456789"}}) {
    EXPECT_LT(compared(less, more), 0) << less << " " << more;
    EXPECT_GT(compared(more, less), 0) << less << " " << more;
  }
}

TEST(Number, integers_are_so_by_value) {
  for (const char* text : {"0", "1", "-3", "1.0", "1.50e1", "1e400", "0.0", "12345678901234567890"})
    EXPECT_TRUE(parse_number(text).integer()) << text;
  for (const char* text : {"0.5", "1e-1", "12345678901234567890.1"})
    EXPECT_FALSE(parse_number(text).integer()) << text;
}

TEST(Number, multiples_are_exact_in_decimals) {
  for (const auto& [value, divisor] : {std::pair{"0.07", "0.01"},
                                       {"19.99", "0.01"},
                                       {"4.35", "0.01"},
                                       {"0.0075", "0.0001"},
                                       {"1e308", "0.5"},
                                       {"0", "7"},
                                       {"-6", "3"},
                                       {"123456789012345678901234567890", "10"},
                                       {"4.5", "1.5"},
                                       {"12391239123", "1e-8"},
                                       {"999999999999999999999999999999", "9"},
                                       {"1e30", "1e30"}})
    EXPECT_TRUE(multiple(value, divisor)) << value << " " << divisor;
  for (const auto& [value, divisor] : {std::pair{"0.075", "0.01"},
                                       {"7", "2"},
                                       {"1e308", "0.123456789"},
                                       {"0.1", "1"},
                                       {"123456789012345678901234567891", "10"},
                                       {"35", "1.5"},
                                       {"1e29", "1e30"}})
    EXPECT_FALSE(multiple(value, divisor)) << value << " " << divisor;
}

TEST(Number, counts_are_held_within_32_bits) {
  EXPECT_EQ(to_count(parse_number("0")), 0U);
  EXPECT_EQ(to_count(parse_number("2.0")), 2U);
  EXPECT_EQ(to_count(parse_number("4e3")), 4000U);
  EXPECT_EQ(to_count(parse_number("4294967296")), 4294967295U);
  EXPECT_EQ(to_count(parse_number("1e400")), 4294967295U);
  EXPECT_EQ(to_count(parse_number("12345678901234567890123")), 4294967295U);
}

}  // namespace
}  // namespace signalbox::schema
