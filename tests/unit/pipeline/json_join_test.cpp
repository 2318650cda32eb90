#include "pipeline/json_join.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace signalbox::pipeline {
namespace {

std::string join(std::string_view object, const std::vector<std::string>& names,
                 std::string_view value = "7") {
  auto joined = join_json(object, names, value);
  return joined ? *joined : "error: " + joined.error().message;
}

TEST(JoinJson, a_member_is_added_or_replaced_and_the_rest_stays_as_written) {
  EXPECT_EQ(join(R"({})", {"a"}), R"({"a":7})");
  EXPECT_EQ(join(R"( { "n" : 1.50e+3 , "m":[ 1 ] } )", {"a"}), R"( { "n" : 1.50e+3 , "m":[ 1 ] ,"a":7} )");
  EXPECT_EQ(join(R"({"a":{"b":1},"c":2})", {"a"}), R"({"a":7,"c":2})");
  EXPECT_EQ(join(R"({"x":"}","y":"\"}"})", {"a"}), R"({"x":"}","y":"\"}","a":7})");
}

TEST(JoinJson, objects_on_the_way_are_entered_or_made) {
  EXPECT_EQ(join(R"({"a":{"b":{"c":1}}})", {"a", "b", "d"}), R"({"a":{"b":{"c":1,"d":7}}})");
  EXPECT_EQ(join(R"({"z":0})", {"a", "b", "c"}), R"({"z":0,"a":{"b":{"c":7}}})");
  EXPECT_EQ(join(R"({"a":{}})", {"a", "b", "c"}), R"({"a":{"b":{"c":7}}})");
  EXPECT_EQ(join(R"({"a":null})", {"a", "b"}), R"({"a":{"b":7}})");
  EXPECT_EQ(join("null", {"a"}), R"({"a":7})");
}

TEST(JoinJson, names_are_compared_unescaped_and_written_escaped) {
  EXPECT_EQ(join(R"({"\u0061":1})", {"a"}), R"({"\u0061":7})");
  EXPECT_EQ(join("{}", {"a\"b"}), R"({"a\"b":7})");
}

TEST(JoinJson, what_is_no_object_is_in_the_way) {
  EXPECT_EQ(join(R"({"a":5})", {"a", "b"}),
            "error: data.a is a number, not an object: the answer cannot be joined to it");
  EXPECT_EQ(join(R"({"a":{"b":[1]}})", {"a", "b", "c"}),
            "error: data.a.b is an array, not an object: the answer cannot be joined to it");
  EXPECT_EQ(join("[1]", {"a"}), "error: data is an array, not an object: the answer cannot be joined to it");
  EXPECT_EQ(join("{", {"a"}), "error: the data is no JSON");
}

}  // namespace
}  // namespace signalbox::pipeline
