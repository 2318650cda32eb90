#include "config/overrides.hpp"

#include <gtest/gtest.h>

#include "config/yaml.hpp"
#include "told.hpp"

namespace signalbox::config {
namespace {

ConfigNode tree(const std::string& text) {
  TreeBudget budget;
  Diagnostics out;
  return parse_yaml({std::make_shared<const std::string>("a.yaml"), text}, budget, out).value();
}

struct SetCase {
  const char* before;
  const char* assignment;
  const char* after;
};

TEST(Overrides, values_replace_what_was_there_or_are_made) {
  const SetCase cases[] = {
      {"{a: {b: 1, c: 2}}", "a.b=3", R"({"a":{"b":3,"c":2}})"},
      {"{a: {b: 1}}", "a.c=text", R"({"a":{"b":1,"c":"text"}})"},
      {"{}", "a.b.c=7d", R"({"a":{"b":{"c":"7d"}}})"},
      {"", "a=1", R"({"a":1})"},
      {"{a: }", "a.b=1", R"({"a":{"b":1}})"},
      {"{a: {b: 1}}", "a={c: [x, 'y']}", R"({"a":{"c":["x","y"]}})"},
      {"{a: [x, y]}", "a[1]=z", R"({"a":["x","z"]})"},
      {"{a: [x, y]}", "a[2]=z", R"({"a":["x","y","z"]})"},
      {"{a: [{b: 1}]}", "a[0].b=2", R"({"a":[{"b":2}]})"},
      {"{t: {acme.eu: {open: false}}}", "t.acme.eu.open=true", R"({"t":{"acme.eu":{"open":true}}})"},
      {"{t: {}}", "t.\"acme.eu\".open=true", R"({"t":{"acme.eu":{"open":true}}})"},
      {"{t: {a: 1, a.b: 2}}", "t.a.b=3", R"({"t":{"a":1,"a.b":3}})"},
      {"{}", "a=b=c", R"({"a":"b=c"})"},
      {"{}", "listen=127.0.0.1:80", R"({"listen":"127.0.0.1:80"})"},
      {"{}", "a=", R"({"a":null})"},
  };
  for (const auto& c : cases) {
    Diagnostics out;
    EXPECT_EQ(with_override(tree(c.before), c.assignment, out).to_json(), c.after) << c.assignment;
    EXPECT_EQ(told(out), "") << c.assignment;
  }
}

TEST(Overrides, what_is_set_says_so) {
  Diagnostics out;
  const auto root = with_override(tree("a: {b: 1, c: 1}"), "a.b={d: [1]}", out);
  const auto* item = &root.find("a")->find("b")->find("d")->items()[0];
  EXPECT_EQ(item->place().to_string(), "--set");
  EXPECT_EQ(item->path(), "a.b.d[0]");
  EXPECT_EQ(root.find("a")->find("c")->place().to_string(), "a.yaml:1:14");
}

TEST(Overrides, an_assignment_that_is_none_is_a_fault_that_does_not_echo_the_value) {
  const std::pair<const char*, const char*> cases[] = {
      {"hunter2", "--set: expected key=value, found no = (such as --set server.log.level=debug)"},
      {"=hunter2", "--set: \"\" is no path of a setting (such as --set server.log.level=debug)"},
      {"a..b=hunter2", "--set: \"a..b\" is no path of a setting (such as --set server.log.level=debug)"},
      {"a.=hunter2", "--set: \"a.\" is no path of a setting (such as --set server.log.level=debug)"},
      {"a[x]=hunter2", "--set: \"a[x]\" is no path of a setting (such as --set server.log.level=debug)"},
      {"[0]=hunter2", "--set: \"[0]\" is no path of a setting (such as --set server.log.level=debug)"},
      {"a[0]b=hunter2", "--set: \"a[0]b\" is no path of a setting (such as --set server.log.level=debug)"},
      {"a.b=@hunter2",
       "--set: a.b: no valid YAML: unknown token (the value is YAML: quote a text that holds special "
       "characters)"},
      {"a.b.c=hunter2", "--set: a.b: expected a mapping, got 1"},
      {"a.l.c=hunter2", "--set: a.l: expected a mapping, got a list"},
      {"a.b[0]=hunter2", "--set: a.b: expected a list, got 1"},
      {"a.l[2]=hunter2", "--set: a.l: the list has 1 items"},
  };
  for (const auto& [assignment, message] : cases) {
    Diagnostics out;
    const auto root = with_override(tree("a: {b: 1, l: [x]}"), assignment, out);
    EXPECT_EQ(told(out), message) << assignment;
    EXPECT_EQ(root.to_json(), R"({"a":{"b":1,"l":["x"]}})") << assignment;
  }
}

}  // namespace
}  // namespace signalbox::config
