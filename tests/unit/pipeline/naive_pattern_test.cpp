// The reference of the randomised tests, itself tried by hand: what docs/filters.md says about scopes,
// elements and the entries that look at several values or at one in several ways.
#include "support/naive_pattern.hpp"

#include <gtest/gtest.h>

namespace signalbox::test {
namespace {

bool match(const char* pattern, const char* event) {
  return naive_match(parse_json_tree(pattern), parse_json_tree(event));
}

struct Row {
  const char *pattern, *event;
  bool matches;
};

template <std::size_t size>
void check(const Row (&rows)[size]) {
  for (const auto& row : rows)
    EXPECT_EQ(match(row.pattern, row.event), row.matches) << row.pattern << " " << row.event;
}

TEST(NaivePattern, fields_take_their_values_from_the_same_elements) {
  check({
      {R"({"d":{"a":[1],"b":[2]}})", R"({"d":[{"a":1,"b":2}]})", true},
      {R"({"d":{"a":[1],"b":[2]}})", R"({"d":[{"a":1},{"b":2}]})", false},
      {R"({"d":{"e":{"a":[1]},"b":[2]}})", R"({"d":[{"e":[{"a":0},{"a":1}],"b":2}]})", true},
      {R"({"d":{"a":[1],"b":[2]}})", R"({"d":[[{"a":1},{"b":2}]]})", false},
      {R"({"a":[1],"b":[2]})", R"({"a":[0,1],"b":[2,0]})", true},
      {R"({"d":[3],"d.a":[1]})", R"({"d":[{"a":0},3,{"a":1}]})", true},
      {R"({"d":{"z":[{"exists":false}],"b":[1]}})", R"({"d":[{"z":1},{"b":1}]})", true},
      {R"({"d":{"a":[{"exists":false}],"b":[1]}})", R"({"d":[{"a":1},{"b":1}]})", false},
      {R"({"d":{"k":[1],"$or":[{"x":[1]},{"y":[1]}]}})", R"({"d":[{"k":1},{"x":1,"y":1}]})", false},
  });
}

TEST(NaivePattern, names_with_dots_are_paths_and_literal_names) {
  check({
      {R"({"a.b":[1]})", R"({"a":{"b":1}})", true},
      {R"({"a":{"b.c":[1]}})", R"({"a.b":{"c":1}})", true},
      {R"({"['a.b']":[1]})", R"({"a.b":1})", true},
      {R"({"['a.b']":[1]})", R"({"a":{"b":1}})", false},
      {R"({"['$or']":{"['a.']":[1]}})", R"({"$or":{"a.":1}})", true},
      {R"({"a":[1]})", R"({"a.":1})", false},
      {R"({"":{"x":[1]}})", R"({"":{"x":1}})", true},
  });
}

TEST(NaivePattern, branches_of_and_choose_elements_below_them_alone) {
  check({
      {R"({"$and":[{"i":{"s":["a"]}},{"i":{"s":["b"]}}]})", R"({"i":[{"s":"a"},{"s":"b"}]})", true},
      {R"({"$and":[{"i":{"s":["a"]}},{"i":{"s":["b"]}}]})", R"({"i":[{"s":"a"},{"s":"c"}]})", false},
      {R"({"i":{"$and":[{"s":["a"]},{"q":[1]}]}})", R"({"i":[{"s":"a"},{"q":1}]})", false},
      {R"({"i":{"$and":[{"s":["a"]},{"q":[1]}]}})", R"({"i":[{"s":"a"},{"s":"a","q":1}]})", true},
      {R"({"i":{"s":["a"],"$and":[{"q":[1]},{"p":{"x":[2]}},{"p":{"x":[3]}}]}})",
       R"({"i":[{"s":"a","q":1,"p":[{"x":2},{"x":3}]}]})", true},
      {R"({"i":{"s":["a"],"$and":[{"q":[1]},{"p":{"x":[2]}},{"p":{"x":[3]}}]}})",
       R"({"i":[{"s":"a","q":1,"p":[{"x":2}]},{"s":"a","q":1,"p":[{"x":3}]}]})", false},
      {R"({"i":{"s":["a"],"$and":[{"q":[{"exists":false}]}]}})", R"({"i":[{"s":"b","q":1},{"s":"a"}]})",
       true},
  });
}

TEST(NaivePattern, what_not_denies_is_looked_for_with_the_elements_chosen) {
  check({
      {R"({"$not":{"a":[1]}})", R"({})", true},
      {R"({"$not":{"a":[1]}})", R"({"a":1})", false},
      {R"({"$not":{"a":[1],"b":[2]}})", R"({"a":1})", true},
      {R"({"$not":{"i":{"s":["a"]}}})", R"({"i":[{"s":"b"},{"s":"a"}]})", false},
      {R"({"i":{"s":["a"],"$not":{"q":[1]}}})", R"({"i":[{"s":"a","q":1},{"s":"a","q":2}]})", true},
      {R"({"i":{"s":["a"],"$not":{"q":[1]}}})", R"({"i":[{"s":"a","q":1},{"s":"b","q":2}]})", false},
      {R"({"i":{"s":["a"]},"$not":{"i":{"q":[1]}}})", R"({"i":[{"s":"a"},{"q":1}]})", false},
      {R"({"i":{"$not":{"q":[1]}}})", R"({"i":[{"q":2},{"q":1}]})", false},
      {R"({"i":{"$not":{"q":[1]},"$and":[{"s":["a"]}]}})", R"({"i":[{"q":1},{"s":"a"}]})", true},
      {R"({"$not":{"$not":{"a":[1]}}})", R"({"a":1})", true},
      {R"({"i":{"$not":{"s":["a"],"$not":{"q":[1]}}}})", R"({"i":[{"s":"a","q":1},{"s":"b"}]})", true},
      {R"({"i":{"$not":{"s":["a"],"$not":{"q":[1]}}}})", R"({"i":[{"s":"a","q":1},{"s":"a"}]})", false},
  });
}

TEST(NaivePattern, sets_are_found_in_one_array) {
  check({
      {R"({"t":[{"contains-all":["a",{"prefix":"b"}]}]})", R"({"t":["bb","c","a"]})", true},
      {R"({"t":[{"contains-all":["a","b"]}]})", R"({"t":["a"]})", false},
      {R"({"t":[{"contains-all":["a"]}]})", R"({"t":"a"})", true},
      {R"({"i":{"t":[{"contains-all":["a","b"]}]}})", R"({"i":[{"t":["a"]},{"t":["b"]}]})", false},
      {R"({"t":[{"contains-all":["a","b"]}]})", R"({"t":[["a"],["b"]]})", false},
      {R"({"t":[{"equals-set":["a","b"]}]})", R"({"t":["b","a","b"]})", true},
      {R"({"t":[{"equals-set":["a","b"]}]})", R"({"t":["b","a","c"]})", false},
      {R"({"i":{"k":[1],"t":[{"equals-set":["a"]}]}})", R"({"i":[{"k":1,"t":["a","b"]},{"k":1,"t":["a"]}]})",
       true},
      {R"({"t":[{"equals-set":["a"]}]})", R"({"t":[]})", false},
  });
}

TEST(NaivePattern, operators_of_one_entry_hold_of_the_same_value) {
  check({
      {R"({"a":[{"prefix":"a","suffix":"z"}]})", R"({"a":"abz"})", true},
      {R"({"a":[{"prefix":"a","suffix":"z"}]})", R"({"a":["ab","yz"]})", false},
      {R"({"a":[{"regex":"a|ab"}]})", R"({"a":"ab"})", true},
      {R"({"a":[{"regex":"a|ab"}]})", R"({"a":"abc"})", false},
      {R"({"a":[{"regex":"1"}]})", R"({"a":1})", false},
      {R"({"a":[{"numeric":[[">",0,"<",5],["=",7]]}]})", R"({"a":7.0})", true},
      {R"({"a":[{"numeric":[[">",0,"<",5],["=",7]]}]})", R"({"a":6})", false},
      {R"({"a":[{"anything-but":[null,true,"x",1]}]})", R"({"a":[null,true,"x",1.0]})", false},
      {R"({"a":[{"anything-but":{"numeric":[">",0]}}]})", R"({"a":"1"})", true},
      {R"({"a":[{"anything-but":{"cidr":["10.0.0.0/8","::/0"]}}]})", R"({"a":["10.0.0.1","::1"]})", false},
      {R"({"a":[1e309]})", R"({"a":1e309})", true},
      {R"({"a":[{"numeric":[">",0]}]})", R"({"a":123456789012345678901})", false},
      {R"({"a":["10.0.0.1"]})", R"({"a":"010.0.0.1"})", true},
  });
}

}  // namespace
}  // namespace signalbox::test
