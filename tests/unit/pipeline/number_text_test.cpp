#include "pipeline/number_text.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

TEST(NumberText, notations_of_one_value_are_equal) {
  const struct {
    const char* text;
    double value;
  } rows[] = {
      {"1", 1},
      {"1.0", 1},
      {"1e0", 1},
      {"100e-2", 1},
      {"0.1E+1", 1},
      {"-0", 0},
      {"0.000", 0},
      {"0e999", 0},
      {"-5e9", -5e9},
      {"5000000000", 5e9},
      {"3.140", 3.14},
      {"314e-2", 3.14},
      {"0.30000", 0.3},
      {"1e308", 1e308},
      {"1e-320", 1e-320},
      {"1e23", 1e23},
      {"4.9e-324", 4.9e-324},
      {"49e-325", 4.9e-324},
      {"2.2250738585072014e-308", 2.2250738585072014e-308},
      {"0.30000000000000004", 0.30000000000000004},
      {"9007199254740992", 9007199254740992.0},
      {"122.47277307448076", 122.47277307448076},
  };
  for (const auto& row : rows) {
    const auto number = comparable_number(row.text);
    ASSERT_TRUE(number) << row.text;
    EXPECT_EQ(*number, row.value) << row.text;
  }
}

TEST(NumberText, a_value_that_no_double_is_cannot_be_compared) {
  for (const char* text : {"1e309", "-1e400", "1e-400", "9007199254740993", "123456789012345678901",
                           "0.1234567890123456789", "-122.472773074480756", "5e-324",
                           "1e99999999999999999999", "1.8446744073709551616e19", "-5.0000000000000009"})
    EXPECT_FALSE(comparable_number(text)) << text;
}

}  // namespace
}  // namespace signalbox::pipeline
