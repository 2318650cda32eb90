#include "schema/equality.hpp"

#include <gtest/gtest.h>

namespace signalbox::schema {
namespace {

struct Compared {
  bool equal;
  bool same_hash;
};

Compared compared(const char* a, const char* b) {
  JsonTape x, y;
  EXPECT_TRUE(x.read(a, 8)) << a;
  EXPECT_TRUE(y.read(b, 8)) << b;
  WorkLeft left = 1000;
  return {equal(x, 0, y, 0, left), hash_of_value(x, 0, left) == hash_of_value(y, 0, left)};
}

TEST(Equality, values_are_equal_by_meaning) {
  for (const auto& [a, b] : {std::pair{"1", "1.0"},
                             {"\"a\"", "\"\\u0061\""},
                             {R"({"a":1,"b":[2]})", R"({"b":[2e0],"a":1})"},
                             {"[]", "[ ]"},
                             {"null", "null"}}) {
    EXPECT_TRUE(compared(a, b).equal) << a << b;
    EXPECT_TRUE(compared(a, b).same_hash) << a << b;
  }
}

TEST(Equality, what_differs_is_told_apart) {
  for (const auto& [a, b] : {std::pair{"1", "true"},
                             {"0", "false"},
                             {"1", "\"1\""},
                             {"[]", "{}"},
                             {"[1,2]", "[2,1]"},
                             {"[1]", "[1,1]"},
                             {R"({"a":1})", R"({"a":2})"},
                             {R"({"a":1})", R"({"b":1})"},
                             {R"({"a":1})", R"({"a":1,"b":1})"},
                             {"null", "false"},
                             {"\"é\"", "\"e\\u0301\""}}) {
    EXPECT_FALSE(compared(a, b).equal) << a << b;
    EXPECT_FALSE(compared(a, b).same_hash) << a << b;
  }
}

TEST(Equality, comparing_ends_when_the_work_runs_out) {
  JsonTape tape;
  ASSERT_TRUE(tape.read("[1,2,3,4,5,6,7,8]", 1));
  WorkLeft left = 4;
  EXPECT_FALSE(equal(tape, 0, tape, 0, left));
  EXPECT_LT(left, 0);
}

}  // namespace
}  // namespace signalbox::schema
