#include "jq/exact_numbers.hpp"

#include <gtest/gtest.h>

namespace signalbox::jq {
namespace {

/// `result` with the digits that `event` has.
std::string restored(std::string_view event, std::string result) {
  return ExactNumbers(event).restore(std::move(result));
}

TEST(ExactNumbers, rounded_integer_gets_its_digits_back) {
  EXPECT_EQ(restored(R"({"id":12345678901234567890})", R"({"x":[12345678901234567000,1]})"),
            R"({"x":[12345678901234567890,1]})");
  EXPECT_EQ(restored("-9007199254740993", "-9007199254740992"), "-9007199254740993");
  EXPECT_EQ(restored("[100000000000000000000000000001]", "[1e+29]"), "[100000000000000000000000000001]");
}

TEST(ExactNumbers, number_that_the_program_made_stays) {
  EXPECT_EQ(restored("12345678901234567890", "[12345678901234600000,7,-12345678901234567000]"),
            "[12345678901234600000,7,-12345678901234567000]");
}

TEST(ExactNumbers, two_integers_of_one_double_stay_rounded) {
  EXPECT_EQ(restored("[9007199254740993,9007199254740992]", "9007199254740992"), "9007199254740992");
  EXPECT_EQ(restored("[9007199254740993,9007199254740993]", "9007199254740992"), "9007199254740993");
}

TEST(ExactNumbers, strings_are_no_numbers) {
  EXPECT_TRUE(ExactNumbers(R"({"12345678901234567890":"\"12345678901234567890"})").empty());
  EXPECT_EQ(restored("[12345678901234567890]", R"(["\"12345678901234567000",12345678901234567000])"),
            R"(["\"12345678901234567000",12345678901234567890])");
}

TEST(ExactNumbers, short_and_fractional_numbers_are_left_alone) {
  EXPECT_TRUE(ExactNumbers("[900719925474099,1234567890.1234567890123,1e300]").empty());
}

TEST(ExactNumbers, position_of_the_digits_does_not_matter) {
  for (std::size_t shift = 0; shift < 40; ++shift)
    EXPECT_FALSE(ExactNumbers(std::string(shift, ' ') + "9007199254740993").empty()) << shift;
}

TEST(ExactNumbers, integer_beyond_any_double_is_left_alone) {
  EXPECT_EQ(restored(std::string(400, '9'), "1.7976931348623157e+308"), "1.7976931348623157e+308");
}

}  // namespace
}  // namespace signalbox::jq
