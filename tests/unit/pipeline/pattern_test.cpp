#include "pipeline/pattern.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pipeline/filter.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {
namespace {

std::string fault_of(std::string pattern, bool compat = false) {
  const auto filter = compile_filter({FilterSpec::Kind::pattern, std::move(pattern), compat});
  return filter ? "accepted" : filter.error().message;
}

/// "yes" or "no", or why it cannot be said.
std::string match(std::string pattern, std::string_view event, bool compat = false) {
  const auto filter = compile_filter({FilterSpec::Kind::pattern, std::move(pattern), compat});
  if (!filter) return filter.error().message;
  FieldSet fields;
  for (const auto& path : (*filter)->shape().fields) fields.add(path);
  FilterInput input;
  if (const auto filled = input.fill_from_json(fields, event); !filled) return filled.error().message;
  return (*filter)->matches(input) ? "yes" : "no";
}

TEST(Pattern, a_slip_is_refused_with_its_place_and_the_reason) {
  const struct {
    const char *pattern, *message;
  } rows[] = {
      {R"({"data":{"total":[{"numerc":["=",1]}]}})",
       R"(/data/total/0: unknown operator "numerc"; did you mean "numeric"?)"},
      {R"({"a":[{"zzzzzzzzzzz":1}]})", R"(/a/0: unknown operator "zzzzzzzzzzz")"},
      {R"({"a":[{"anything-but":{"sufix":"x"}}]})",
       R"(/a/0/anything-but: unknown operator "sufix"; did you mean "suffix"?)"},
      {R"({"a":"x"})", R"(/a: must be a list of values, as in ["x"], or an object with fields)"},
      {R"({"a":[]})", "/a: an empty list matches nothing"},
      {R"({"a":{}})", "/a: an empty object matches nothing; name a field, or leave it out"},
      {R"({})", "an empty object matches nothing; name a field, or leave it out"},
      {R"([])", "a pattern is a JSON object"},
      {R"({"a":[1],"a":[2]})", "/a: given twice"},
      {R"({"a":{"b":[1]},"a.b":[2]})",
       "/a.b: the same field as at /a/b; on each way through the pattern a field has one list, or several in "
       "objects of \"$and\""},
      {R"({"a":[3],"$or":[{"a":[1]},{"b":[2]}]})",
       "/$or/0/a: the same field as at /a; on each way through the pattern a field has one list, or several "
       "in objects of \"$and\""},
      {R"({"$or":{"a":[1]}})", R"(/$or: "$or" is a list of at least two objects)"},
      {R"({"$or":[{"a":[1]}]})", R"(/$or: "$or" needs at least two objects)"},
      {R"({"$or":[{"a":[1]},2]})", R"(/$or/1: "$or" is a list of objects, each with fields)"},
      {R"({"$or":[{"a":[1]},{}]})", "/$or/1: an empty object matches nothing; name a field, or leave it out"},
      {R"({"a/b~":[{"prefix":1}]})", "/a~1b~0/0/prefix: takes a string, or {\"equals-ignore-case\":\"x\"}"},
      {R"({"a":[{"exists":1}]})", "/a/0/exists: takes true or false"},
      {R"({"a":[{"numeric":["<",1,">",0]}]})",
       "/a/0/numeric: only a lower bound (> or >=) may be followed by another one"},
      {R"({"a":[{"numeric":[">",5,"<",5]}]})", "/a/0/numeric: the lower bound must be below the upper one"},
      {R"({"a":[{"numeric":["=",1e309]}]})",
       "/a/0/numeric: the number 1e309 cannot be compared by value: no double is exactly it"},
      {R"({"a":[{"wildcard":"a**"}]})", R"(/a/0/wildcard: two "*" in a row at character 2)"},
      {R"({"a":[{"cidr":"10.0.0.0/32"}]})",
       "/a/0/cidr: \"10.0.0.0/32\": at most 31 bits after the '/'; list a single address as a value"},
      {R"({"a":[{"anything-but":{"prefix":""}}]})",
       "/a/0/anything-but/prefix: excluding the empty prefix excludes every string"},
      {R"({"a":[{"prefix":"x","prefix":"y"}]})", "/a/0/prefix: given twice"},
      {R"({"a":[{}]})", R"(/a/0: an operator is missing, as in {"prefix":"x"})"},
      {R"({"a":[{"prefix":"x","exists":false}]})",
       R"(/a/0/exists: "exists": false stands alone in its object: no value has another property)"},
      {R"({"a":[{"contains-all":["x"],"prefix":"y"}]})",
       R"(/a/0/contains-all: "contains-all" stands alone in its object: )"
       "it is about all values of an array, the others are about one"},
      {R"({"a":[{"contains-all":[]}]})", "/a/0/contains-all: an empty list matches nothing"},
      {R"({"a":[{"contains-all":"x"}]})",
       R"(/a/0/contains-all: takes a list of values and operators, as in ["x",{"prefix":"y"}])"},
      {R"({"a":[{"equals-set":["x",{"exists":false}]}]})",
       R"(/a/0/equals-set/1: each entry is about one value: neither "exists": false nor a set can be one)"},
      {R"({"a":[{"equals-set":[{"contains-all":["x"]}]}]})",
       R"(/a/0/equals-set/0: each entry is about one value: neither "exists": false nor a set can be one)"},
      {R"({"a":[{"regex":"a(b"}]})", "/a/0/regex: not a regular expression: missing ): a(b"},
      {R"({"a":[{"regex":1}]})", "/a/0/regex: takes a string"},
      {R"({"a":[{"regx":"a"}]})", R"(/a/0: unknown operator "regx"; did you mean "regex"?)"},
      {R"({"a":[{"numeric":[]}]})", "/a/0/numeric: begins with one of = < <= > >="},
      {R"({"a":[{"numeric":[[]]}]})", "/a/0/numeric/0: begins with one of = < <= > >="},
      {R"({"a":[{"numeric":[["=",1],"=",2]}]})",
       R"(/a/0/numeric/1: a list of ranges has only ranges in it, each as in [">",0,"<=",5])"},
      {R"({"a":[{"anything-but":[]}]})", "/a/0/anything-but: its list is empty"},
      {R"({"a":[{"anything-but":[[1]]}]})", "/a/0/anything-but: its list holds only values"},
      {R"({"a":[{"anything-but":{"regex":"("}}]})",
       "/a/0/anything-but/regex: not a regular expression: missing ): ("},
      {R"({"a":[{"anything-but":{"cidr":["10.0.0.0/8","x"]}}]})",
       "/a/0/anything-but/cidr: \"x\": a network needs an address, one '/' and the number of its bits, as in "
       "\"10.0.0.0/8\""},
      {R"({"$and":{"a":[1]}})", R"(/$and: "$and" is a list of objects)"},
      {R"({"$and":[]})", R"(/$and: "$and" needs at least one object)"},
      {R"({"$and":[{"a":[1]},3]})", R"(/$and/1: "$and" is a list of objects, each with fields)"},
      {R"({"$not":[{"a":[1]}]})", R"(/$not: "$not" is an object with fields)"},
      {R"({"$not":{}})", "/$not: an empty object matches nothing; name a field, or leave it out"},
      {R"({"$and":[{"a":[1],"$or":[{"a":[2]},{"b":[1]}]}]})",
       "/$and/0/$or/0/a: the same field as at /$and/0/a; on each way through the pattern a field has one "
       "list, "
       "or several in objects of \"$and\""},
      {R"({"$nor":[{"a":[1]}]})",
       R"(/$nor: "$nor" is unknown; there are $or, $and and $not; did you mean "$or"? )"
       R"(A field of that name is written "['$nor']")"},
      {R"({"a":{"$ref":["x"]}})",
       R"(/a/$ref: "$ref" is unknown; there are $or, $and and $not. A field of that name is written "['$ref']")"},
      {R"({"a":[[1]]})",
       "/a/0: a value is a string, number, true, false or null, or an object with an operator"},
      {R"({"a":[1}})", "not valid JSON at byte 7: the wrong closing bracket"},
      {R"({"a":[1]}x)", "not valid JSON at byte 9: something follows the value"},
  };
  for (const auto& row : rows) {
    const auto fault = fault_of(row.pattern);
    // Inside a value the place precedes what is wrong with the JSON.
    EXPECT_TRUE(fault == row.message || fault.ends_with(std::string(": ") + row.message))
        << row.pattern << "\n"
        << fault;
  }
}

TEST(Pattern, an_operator_among_the_fields_of_or_is_refused) {
  for (const char* name : {"prefix", "exists", "numeric", "=", "regex", "cidr"})
    EXPECT_NE(fault_of(R"({"$or":[{")" + std::string(name) + R"(":["x"]},{"a":[1]}]})")
                  .find("cannot be a field inside \"$or\""),
              std::string::npos)
        << name;
  EXPECT_EQ(fault_of(R"({"prefix":["x"]})"), "accepted");
}

TEST(Pattern, the_compatible_reading_accepts_what_event_ruler_accepts) {
  // A malformed $or becomes a field of that name, and a field given twice is what it was last.
  EXPECT_EQ(match(R"({"$or":[1,2]})", R"({"$or":2})", true), "yes");
  EXPECT_EQ(match(R"({"$or":[1,2]})", R"({"a":2})", true), "no");
  EXPECT_EQ(match(R"({"$or":[{"cidr":"10.0.0.0/24"}]})", R"({"$or":"10.0.0.9"})", true), "yes");
  EXPECT_EQ(match(R"({"a":[1],"a":[2]})", R"({"a":1})", true), "no");
  EXPECT_EQ(match(R"({"a":[1],"a":[2]})", R"({"a":2})", true), "yes");
  EXPECT_EQ(match(R"({"a":[3],"$or":[{"a":[1]},{"b":[2]}]})", R"({"a":1})", true), "yes");
  EXPECT_EQ(match(R"({"$or":[{"a":[1]},{"b":[2]}],"a":[3]})", R"({"a":1})", true), "no");
  EXPECT_EQ(match(R"({"a":[{"prefix":"x\""}]})", R"({"a":"x"})", true), "yes");
  EXPECT_EQ(match(R"({"a":[{"prefix":"x\""}]})", R"({"a":"x"})"), "no");
  EXPECT_EQ(match(R"({"a":[{"suffix":{"equals-ignore-case":"\"x"}}]})", R"({"a":"X"})", true), "yes");
  EXPECT_NE(fault_of(R"({"$or":[1],"a":[{"anything-but":{"wildcard":"x"}}]})", true), "accepted");
}

TEST(Pattern, conditions_hold_for_the_values_they_name) {
  const struct {
    const char *list, *value, *matches;
  } rows[] = {
      {R"(["x"])", R"("x")", "yes"},
      {R"(["x"])", R"("xy")", "no"},
      {R"([1])", "1.0", "yes"},
      {R"([1])", R"("1")", "no"},
      {R"(["1"])", "1", "no"},
      {R"([0])", "-0.0", "yes"},
      {R"([1e309])", "1e309", "yes"},
      {R"([1e309])", "1e0309", "no"},
      {R"([123456789012345678901])", "123456789012345678901", "yes"},
      {R"([true,null])", "true", "yes"},
      {R"([true,null])", "null", "yes"},
      {R"([true,null])", "false", "no"},
      {R"(["true"])", "true", "no"},
      {R"(["10.0.0.1"])", R"("010.0.0.1")", "yes"},
      {R"(["::1"])", R"("0:0::1")", "yes"},
      {R"([{"exactly":"10.0.0.1"}])", R"("010.0.0.1")", "no"},
      {R"([{"anything-but":"10.0.0.1"}])", R"("010.0.0.1")", "yes"},
      {R"([{"prefix":"ab"}])", R"("abc")", "yes"},
      {R"([{"prefix":"1"}])", "1", "no"},
      {R"([{"suffix":"bc"}])", R"("abc")", "yes"},
      {R"([{"suffix":""}])", R"("")", "yes"},
      {R"([{"prefix":{"equals-ignore-case":"AB"}}])", R"("abc")", "yes"},
      {R"([{"suffix":{"equals-ignore-case":"BC"}}])", R"("abc")", "yes"},
      {R"([{"equals-ignore-case":"ABC"}])", R"("abc")", "yes"},
      {R"([{"wildcard":"a*c"}])", R"("abbc")", "yes"},
      {R"([{"wildcard":"*"}])", "1", "no"},
      {R"([{"cidr":"10.0.0.0/8"}])", R"("10.9.8.7")", "yes"},
      {R"([{"cidr":"10.0.0.0/8"}])", R"("11.0.0.0")", "no"},
      {R"([{"numeric":[">",0,"<=",5]}])", "5.0", "yes"},
      {R"([{"numeric":[">",0,"<=",5]}])", "0", "no"},
      {R"([{"numeric":[">=",0,"<",5]}])", "-0", "yes"},
      {R"([{"numeric":[">=",0,"<",5]}])", "5", "no"},
      {R"([{"numeric":["=",5]}])", "5e0", "yes"},
      {R"([{"numeric":["<",5]}])", R"("1")", "no"},
      {R"([{"numeric":[">",0]}])", "1e309", "no"},
      {R"([{"anything-but":"x"}])", R"("y")", "yes"},
      {R"([{"anything-but":"x"}])", R"("x")", "no"},
      {R"([{"anything-but":"x"}])", "null", "yes"},
      {R"([{"anything-but":1}])", R"("1")", "yes"},
      {R"([{"anything-but":[1,2]}])", "2.0", "no"},
      {R"([{"anything-but":["x"]}])", R"(["x","y"])", "yes"},
      {R"([{"anything-but":["x","y"]}])", R"(["x","y"])", "no"},
      {R"([{"anything-but":{"prefix":["a","b"]}}])", R"("bc")", "no"},
      {R"([{"anything-but":{"suffix":"c"}}])", R"("bc")", "no"},
      {R"([{"anything-but":{"wildcard":"*"}}])", "5", "yes"},
      {R"([{"anything-but":{"wildcard":"*"}}])", R"("")", "no"},
      {R"([{"anything-but":{"equals-ignore-case":["A"]}}])", R"("a")", "no"},
      {R"([{"exists":true}])", "null", "yes"},
      {R"([{"exists":true}])", "{}", "no"},
      {R"([{"exists":true}])", "[[],{}]", "no"},
      {R"([{"exists":false}])", "[]", "yes"},
      {R"([{"exists":false}])", R"({"k":1})", "yes"},
      {R"([{"exists":false}])", "null", "no"},
      {R"([{"exists":false},"x"])", R"("x")", "yes"},
      {R"(["x"])", R"([[1],["x"]])", "yes"},
  };
  for (const bool compat : {false, true})
    for (const auto& row : rows) {
      const auto pattern = std::string(R"({"a":)") + row.list + "}";
      EXPECT_EQ(match(pattern, std::string(R"({"a":)") + row.value + "}", compat), row.matches)
          << row.list << " " << row.value;
    }
}

TEST(Pattern, conditions_that_event_ruler_does_not_know_hold_for_the_values_they_name) {
  const struct {
    const char *list, *value, *matches;
  } rows[] = {
      // Several operators are about the same value.
      {R"([{"prefix":"a","suffix":"z"}])", R"("abcz")", "yes"},
      {R"([{"prefix":"a","suffix":"z"}])", R"(["ab","yz"])", "no"},
      {R"([{"prefix":"a","anything-but":["ab","ac"]}])", R"(["ab","ad"])", "yes"},
      {R"([{"prefix":"a","anything-but":["ab","ac"]}])", R"(["ab","xd"])", "no"},
      {R"([{"exists":true,"numeric":[[">",5],["=",1]]}])", "1", "yes"},
      {R"([{"exists":true,"numeric":[[">",5],["=",1]]}])", "2", "no"},
      {R"([{"numeric":[[">",0,"<",5],["=",7]]}])", "7.0", "yes"},
      {R"([{"numeric":[[">",0,"<",5],["=",7]]}])", "4", "yes"},
      {R"([{"numeric":[[">",0,"<",5],["=",7]]}])", "5", "no"},
      {R"([{"regex":"a[0-9]+"}])", R"("a12")", "yes"},
      {R"([{"regex":"a[0-9]+"}])", R"("xa12")", "no"},
      {R"([{"regex":"a[0-9]+"}])", R"("a12x")", "no"},
      {R"([{"regex":"a|bc"}])", R"("bc")", "yes"},
      {R"([{"regex":"1"}])", "1", "no"},
      {R"([{"regex":".."}])", R"("éé")", "yes"},
      {R"([{"anything-but":true}])", "true", "no"},
      {R"([{"anything-but":true}])", R"("true")", "yes"},
      {R"([{"anything-but":null}])", "null", "no"},
      {R"([{"anything-but":null}])", "false", "yes"},
      {R"([{"anything-but":["x",1,false]}])", R"(["x",1.0,false])", "no"},
      {R"([{"anything-but":["x",1,false]}])", R"(["x",1,true])", "yes"},
      {R"([{"anything-but":{"regex":["a+","b+"]}}])", R"(["aa","b"])", "no"},
      {R"([{"anything-but":{"regex":["a+","b+"]}}])", R"("ab")", "yes"},
      {R"([{"anything-but":{"cidr":"10.0.0.0/8"}}])", R"("10.1.1.1")", "no"},
      {R"([{"anything-but":{"cidr":"10.0.0.0/8"}}])", R"("11.1.1.1")", "yes"},
      {R"([{"anything-but":{"numeric":[">",5]}}])", "6", "no"},
      {R"([{"anything-but":{"numeric":[[">",5],["<",0]]}}])", "3", "yes"},
      {R"([{"anything-but":{"numeric":[[">",5],["<",0]]}}])", "-3", "no"},
      {R"([{"contains-all":["a","b"]}])", R"(["b","c","a"])", "yes"},
      {R"([{"contains-all":["a","b"]}])", R"(["b","c"])", "no"},
      {R"([{"contains-all":["a"]}])", R"("a")", "yes"},
      {R"([{"contains-all":[{"prefix":"a"},{"numeric":[">",3],"anything-but":5}]}])", R"(["ab",5,6])", "yes"},
      {R"([{"contains-all":[{"prefix":"a"},{"numeric":[">",3],"anything-but":5}]}])", R"(["ab",5,3])", "no"},
      {R"([{"contains-all":["a","b"]}])", R"([["a"],["b"]])", "no"},
      {R"([{"contains-all":["a","b"]}])", R"([["a"],["b","a"]])", "yes"},
      {R"([{"contains-all":["a","b"]}])", R"(["a",["b"],"b"])", "yes"},
      {R"([{"contains-all":["a","b"]}])", R"(["a",["b"]])", "no"},
      {R"([{"equals-set":["a","b"]}])", R"(["b","a","b"])", "yes"},
      {R"([{"equals-set":["a","b"]}])", R"(["b","a","c"])", "no"},
      {R"([{"equals-set":["a","b"]}])", R"(["a"])", "no"},
      {R"([{"equals-set":["a","b"]}])", R"([])", "no"},
      {R"([{"equals-set":["a","b"]},"c"])", R"(["a","c"])", "yes"},
      {R"([{"equals-set":[null,1]}])", "[1,null]", "yes"},
      {R"([{"equals-set":["::1"]}])", R"("0::1")", "yes"},
  };
  for (const auto& row : rows) {
    const auto pattern = std::string(R"({"a":)") + row.list + "}";
    EXPECT_EQ(match(pattern, std::string(R"({"a":)") + row.value + "}"), row.matches)
        << row.list << " " << row.value;
    EXPECT_NE(fault_of(pattern, true), "accepted") << "the compatible reading does not know " << row.list;
  }
}

TEST(Pattern, and_holds_when_each_of_its_objects_does) {
  const char* pattern =
      R"({"$and":[{"a":[{"prefix":"x"}]},{"a":[{"suffix":"y"}],"$or":[{"b":[1]},{"b":[2]}]}]})";
  EXPECT_EQ(match(pattern, R"({"a":["x","y"],"b":2})"), "yes");
  EXPECT_EQ(match(pattern, R"({"a":["x","y"],"b":3})"), "no");
  EXPECT_EQ(match(pattern, R"({"a":["x"],"b":1})"), "no");
}

TEST(Pattern, not_holds_when_its_object_does_not) {
  EXPECT_EQ(match(R"({"$not":{"a":[1]}})", R"({"a":2})"), "yes");
  EXPECT_EQ(match(R"({"$not":{"a":[1]}})", "{}"), "yes");
  EXPECT_EQ(match(R"({"$not":{"a":[1]}})", R"({"a":[2,1]})"), "no");
  EXPECT_EQ(match(R"({"$not":{"a":[1],"b":[1]}})", R"({"a":1,"b":2})"), "yes");
  EXPECT_EQ(match(R"({"$not":{"$not":{"a":[1]}}})", R"({"a":1})"), "yes");
  EXPECT_EQ(match(R"({"$not":{"$not":{"a":[1]}}})", R"({"a":2})"), "no");
  EXPECT_EQ(match(R"({"$not":{"$or":[{"a":[1]},{"b":[1]}]}})", R"({"a":2,"b":1})"), "no");
  EXPECT_EQ(match(R"({"c":[1],"$not":{"$or":[{"a":[1]},{"b":[1]}]}})", R"({"a":2,"b":2,"c":1})"), "yes");
  EXPECT_EQ(match(R"({"$or":[{"$not":{"a":[1]}},{"b":[1]}]})", R"({"a":1,"b":1})"), "yes");
  EXPECT_EQ(match(R"({"$or":[{"$not":{"a":[1]}},{"b":[1]}]})", R"({"a":1,"b":2})"), "no");
}

TEST(Pattern, a_name_in_brackets_is_one_name) {
  EXPECT_EQ(match(R"({"['$or']":["x"]})", R"({"$or":"x"})"), "yes");
  EXPECT_EQ(match(R"({"a":{"['$x']":{"b":["x"]}}})", R"({"a":{"$x":{"b":"x"}}})"), "yes");
  EXPECT_EQ(match(R"({"['']":["x"]})", R"({"":"x"})"), "yes");
  EXPECT_EQ(match(R"({"['a.b']":["x"]})", R"({"a":{"b":"x"}})"), "no");
  EXPECT_EQ(match(R"({"['a']":["x"]})", R"({"['a']":"x"})", true), "yes");
  EXPECT_EQ(match(R"({"['a']":["x"]})", R"({"['a']":"x"})"), "no");
  EXPECT_EQ(match(R"({"$or":[{"['prefix']":["x"]},{"a":["x"]}]})", R"({"prefix":"x"})"), "yes");
  const auto filter = compile_filter({FilterSpec::Kind::pattern, R"({"x":{"['a.b']":{"c.d":[1]}}})"});
  EXPECT_EQ((*filter)->shape().fields, std::vector<std::string>{"x.a\x01.b.c.d"});
}

TEST(Pattern, the_compatible_reading_knows_no_keywords_but_or) {
  EXPECT_EQ(match(R"({"$and":["x"]})", R"({"$and":"x"})", true), "yes");
  EXPECT_EQ(match(R"({"$not":{"a":["x"]}})", R"({"$not":{"a":"x"}})", true), "yes");
  EXPECT_EQ(match(R"({"$x":["x"]})", R"({"$x":"x"})", true), "yes");
}

TEST(Pattern, paths_are_names_joined_by_dots) {
  EXPECT_EQ(match(R"({"a.b":[1]})", R"({"a":{"b":1}})"), "yes");
  EXPECT_EQ(match(R"({"a":{"b.c":[1]}})", R"({"a.b":{"c":1}})"), "yes");
  EXPECT_EQ(match(R"({"a..b":[1]})", R"({"a":{"":{"b":1}}})"), "yes");
  EXPECT_EQ(match(R"({"a":[1]})", R"({"a.":1})"), "no");
  EXPECT_EQ(match(R"({"":{"x":[1]}})", R"({"":{"x":1}})"), "yes");
  EXPECT_EQ(match(R"({"":{"x":[1]}})", R"({"x":1})"), "no");
}

TEST(Pattern, a_name_twice_in_an_event_has_both_values) {
  EXPECT_EQ(match(R"({"a":[1]})", R"({"a":1,"a":2})"), "yes");
  EXPECT_EQ(match(R"({"a":[2]})", R"({"a":1,"a":2})"), "yes");
}

TEST(Pattern, or_takes_one_branch_with_all_that_stands_beside_it) {
  const char* pattern = R"({"s":[1],"d":{"$or":[{"a":[1]},{"b":[2],"$or":[{"c":[3]},{"c":[4]}]}]}})";
  EXPECT_EQ(match(pattern, R"({"s":1,"d":{"a":1}})"), "yes");
  EXPECT_EQ(match(pattern, R"({"d":{"a":1}})"), "no");
  EXPECT_EQ(match(pattern, R"({"s":1,"d":{"b":2}})"), "no");
  EXPECT_EQ(match(pattern, R"({"s":1,"d":{"b":2,"c":4}})"), "yes");
  // Two $or in different places have all combinations.
  const char* two = R"({"$or":[{"a":[1]},{"b":[1]}],"d":{"$or":[{"x":[1]},{"y":[1]}]}})";
  EXPECT_EQ(match(two, R"({"b":1,"d":{"y":1}})"), "yes");
  EXPECT_EQ(match(two, R"({"d":{"y":1}})"), "no");
  // Fields inside and beside $or agree about arrays.
  const char* arrays = R"({"d":{"k":[1],"$or":[{"x":[1]},{"y":[1]}]}})";
  EXPECT_EQ(match(arrays, R"({"d":[{"k":1,"y":1},{"x":2}]})"), "yes");
  EXPECT_EQ(match(arrays, R"({"d":[{"k":1},{"x":1,"y":1}]})"), "no");
}

TEST(Pattern, everything_that_could_grow_is_bounded) {
  EXPECT_NE(fault_of(std::string(kPatternBytesMax + 1, ' ')).find("at most 65536 bytes"), std::string::npos);
  std::string deep = "[1]";
  for (int i = 0; i < 100; ++i) deep = R"({"a":)" + deep + "}";
  EXPECT_NE(fault_of(deep).find("nested too deeply"), std::string::npos);

  std::string combinations = "{";
  for (int i = 0; i < 40; ++i) {
    const auto n = std::to_string(i);
    combinations += (i ? ",\"" : "\"") + n + R"(":{"$or":[{"a":[1]},{"b":[1]}]})";
  }
  EXPECT_EQ(fault_of(combinations + "}"), "the pattern has more than 4096 ways through its \"$or\"");

  std::string fields = "{\"x\":[1]";
  for (int i = 0; i < 300; ++i) fields += ",\"" + std::to_string(i) + "\":[1]";
  EXPECT_EQ(fault_of(fields + "}"), "the pattern has more than 256 fields");

  std::string many = "{\"$or\":[{\"x\":[1]}";
  for (int i = 0; i < 3000; ++i) many += ",{\"x\":[" + std::to_string(i) + "]}";
  EXPECT_EQ(fault_of(many + "]}"), "accepted");
}

TEST(Pattern, a_negation_counts_in_all_bounds) {
  std::string fields;
  for (int i = 0; i < 200; ++i) fields += (i ? ",\"f" : "\"f") + std::to_string(i) + "\":[1]";
  const std::string around = "{" + fields + ",\"$not\":{", object = "{" + fields + "}";
  EXPECT_EQ(fault_of("{" + fields + R"(,"$not":{"x":[1]}})"), "accepted");
  EXPECT_EQ(fault_of("{" + fields + R"(,"$not":)" + object + "}"), "the pattern has more than 256 fields");
  EXPECT_EQ(fault_of(R"({"x":[1],"$not":{"$not":{"$and":[)" + object + "," + object + "]}}}"),
            "the pattern has more than 256 fields");
  std::string combinations;
  for (int i = 0; i < 13; ++i) {
    const auto n = std::to_string(i);
    combinations += (i ? ",\"" : "\"") + n + R"(":{"$or":[{"a":[1]},{"b":[1]}]})";
  }
  EXPECT_EQ(fault_of(R"({"$not":{)" + combinations + "}}"),
            "the pattern has more than 4096 ways through its \"$or\"");
  std::string many;
  for (int not_number = 0; not_number < 2; ++not_number) {
    many += (not_number ? ",{\"$not\":{" : "{\"$not\":{") +
            combinations.substr(0, combinations.rfind(",\"12")) + "}}";
  }
  EXPECT_EQ(fault_of(R"({"$and":[)" + many + "]}"),
            "the pattern has more than 65536 fields over all ways through its \"$or\"");
}

TEST(Pattern, regular_expressions_are_bounded) {
  EXPECT_NE(
      fault_of(R"({"a":[{"regex":")" + std::string(kRegexBytesMax + 1, 'x') + "\"}]}").find("at most 1024"),
      std::string::npos);
  EXPECT_NE(fault_of(R"({"a":[{"regex":"x{1001}"}]})").find("invalid repetition size"), std::string::npos);
  EXPECT_NE(fault_of(R"({"a":[{"regex":"[^x]{999}[^y]{999}"}]})").find("too large"), std::string::npos);
  std::string many = "[";
  for (std::size_t i = 0; i <= kPatternRegexesMax; ++i) many += R"({"regex":"x"},)";
  many.back() = ']';
  EXPECT_NE(fault_of(R"({"a":)" + many + "}").find("at most 64 regular expressions"), std::string::npos);
}

TEST(Pattern, a_message_is_valid_utf8_whatever_came_in) {
  const auto fault = fault_of(R"({"\ud83d":[{"prefix":1}]})");
  EXPECT_TRUE(fault.starts_with("/\?\?\?/0/prefix: ")) << fault;
}

}  // namespace
}  // namespace signalbox::pipeline
