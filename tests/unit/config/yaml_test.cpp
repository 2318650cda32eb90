#include "config/yaml.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "told.hpp"

namespace signalbox::config {
namespace {

std::optional<ConfigNode> parse(std::string text, Diagnostics& out, TreeBudget budget = {}) {
  return parse_yaml({std::make_shared<const std::string>("a.yaml"), std::move(text)}, budget, out);
}
ConfigNode parsed(std::string text) {
  Diagnostics out;
  auto node = parse(std::move(text), out);
  EXPECT_EQ(told(out), "");
  return node.value_or(ConfigNode());
}

/// Every node with its place and path, one a line.
void list(const ConfigNode& node, std::string& out) {
  out += fmt::format("{}:{} {} {}\n", node.place().line, node.place().column, node.path(), node.describe());
  for (const auto& item : node.items()) list(item, out);
  for (const auto& member : node.members()) {
    out += fmt::format("{}:{} key {}\n", member.key_place.line, member.key_place.column, member.key);
    list(member.value, out);
  }
}

TEST(Yaml, each_node_knows_its_place_and_path) {
  std::string nodes;
  list(parsed("tenants:\n"
              "  acme:\n"
              "    to: [a, 'b']\n"
              "    list:\n"
              "      - x\n"
              "      - k: 1\n"),
       nodes);
  EXPECT_EQ(nodes,
            "1:1  a mapping\n"
            "1:1 key tenants\n"
            "2:3 tenants a mapping\n"
            "2:3 key acme\n"
            "3:5 tenants.acme a mapping\n"
            "3:5 key to\n"
            "3:9 tenants.acme.to a list\n"
            "3:10 tenants.acme.to[0] \"a\"\n"
            "3:13 tenants.acme.to[1] \"b\"\n"
            "4:5 key list\n"
            "5:7 tenants.acme.list a list\n"
            "5:9 tenants.acme.list[0] \"x\"\n"
            "6:9 tenants.acme.list[1] a mapping\n"
            "6:9 key k\n"
            "6:12 tenants.acme.list[1].k 1\n");
}

TEST(Yaml, columns_count_characters_not_bytes) {
  std::string nodes;
  list(parsed("ä: {é: x, 日本: y}\n"), nodes);
  EXPECT_EQ(
      nodes,
      "1:1  a mapping\n1:1 key ä\n1:4 \"ä\" a mapping\n1:5 key é\n1:8 \"ä\".\"é\" \"x\"\n1:11 key 日本\n"
      "1:15 \"ä\".\"日本\" \"y\"\n");
}

TEST(Yaml, nothing_stands_at_its_key) {
  const auto node = parsed("a:\n\n\nb: 1\n");
  EXPECT_EQ(node.find("a")->kind(), ConfigNode::Kind::null);
  EXPECT_EQ(node.find("a")->place().line, 1u);
}

TEST(Yaml, the_text_of_scalars_is_kept_and_quoted_ones_are_texts) {
  EXPECT_EQ(parsed("[1, '1', \"1\", 1.50, ~, null, '', true, !!str 1, !!int 1]").to_json(),
            R"([1,"1","1",1.50,null,null,"",true,"1",1])");
  EXPECT_EQ(parsed("a: |\n  two\n  lines\nb: >\n  one\n  line\n").to_json(),
            R"({"a":"two\nlines\n","b":"one line\n"})");
}

TEST(Yaml, an_empty_text_is_nothing) {
  for (auto text : {"", "\n", "# only a comment\n", "---\n"}) {
    EXPECT_EQ(parsed(text).kind(), ConfigNode::Kind::null) << text;
  }
}

TEST(Yaml, line_ends_of_windows_are_fine) {
  EXPECT_EQ(parsed("a: 1\r\nb:\r\n  - x\r\n").to_json(), R"({"a":1,"b":["x"]})");
}

struct FaultCase {
  std::string text;
  std::string told;
};

TEST(Yaml, what_is_refused_is_told_with_its_place) {
  const FaultCase cases[] = {
      {"a: &x 1\n", "a.yaml:1:4: a: anchors are not supported: &x"},
      {"a: b\nc: *a\n",
       "a.yaml:2:4: no valid YAML: the referenced anchor is not defined (a text that begins with * stands in "
       "quotes)"},
      {"a: &x [*x]\n",
       "a.yaml:1:4: a: anchors are not supported: &x\n"
       "a.yaml:1:8: a[0]: aliases are not supported (a text that begins with * stands in quotes)"},
      {"a: !secret b\n",
       "a.yaml:1:4: a: unknown tag \"!secret\" (a text that begins with ! stands in quotes)"},
      {"a: !!binary aGk=\n",
       "a.yaml:1:4: a: unknown tag \"tag:yaml.org,2002:binary\" (a text that begins with ! stands in "
       "quotes)"},
      {"a: !!int x\n", "a.yaml:1:4: a: \"x\" is no int"},
      {"a: !thing {b: c}\n",
       "a.yaml:1:4: a: unknown tag \"!thing\" (a text that begins with ! stands in quotes)"},
      {"a: !thing [b]\n",
       "a.yaml:1:4: a: unknown tag \"!thing\" (a text that begins with ! stands in quotes)"},
      {"a: 1\nb: 2\na: 3\n", "a.yaml:3:1: a: given twice (first at 1:1)"},
      {"x:\n  a: 1\n  'a': 3\n", "a.yaml:3:3: x.a: given twice (first at 2:3)"},
      {"{[a]: b}\n", "a.yaml:1:2: a key must be a text (a text that begins with { or [ stands in quotes)"},
      {"url: {{host}}\n",
       "a.yaml:1:7: url: a key must be a text (a text that begins with { or [ stands in quotes)"},
      {"? {a: b}\n: c\n",
       "a.yaml:1:3: a key must be a text (a text that begins with { or [ stands in quotes)"},
      {": a\n", "a.yaml:1:1: a key is missing here"},
      {"a: 1\n---\nb: 2\n",
       "a.yaml:2:1: a second document begins here: a configuration is one document (is something left over "
       "from the "
       "value before?)"},
      {"a: \"\\0\"\n", "a.yaml:1:4: a: a NUL in a text"},
      {std::string("a: b\0c\n", 7), "a.yaml:1:5: a NUL byte"},
      {"a: 1\nbé\x01: c\n", "a.yaml:2:3: a control character (0x01)"},
      {"a: 1\nb: \xff\n", "a.yaml:2:4: not UTF-8: byte 0xff"},
      {"a: \"x\n", "a.yaml:1:4: this quote is never closed"},
      {"a: \"x\\\"\n", "a.yaml:1:4: this quote is never closed"},
      {"a: 'it''s\n", "a.yaml:1:4: this quote is never closed"},
      {"a: !!str 'x\n", "a.yaml:1:4: this quote is never closed"},
      {"a: b: c\n",
       "a.yaml:1:5: no valid YAML: illegal map value (a text that holds \": \" stands in quotes; a key "
       "stands as far in "
       "as its neighbours)"},
      {"a: 1\n- b\n",
       "a.yaml:2:1: no valid YAML: end of map not found (a line stands further in or out than its "
       "neighbours)"},
      {"a: [1, 2\n",
       "a.yaml:1:4: no valid YAML: end of sequence flow not found (a [ is not closed, or a comma is "
       "missing)"},
      {"a: {b: c\n",
       "a.yaml:1:4: no valid YAML: end of map flow not found (a { is not closed, or a comma is missing)"},
      {"a: ]\n",
       "a.yaml:1:4: no valid YAML: illegal flow end (a ] or } too many, or a [ or { not closed before it)"},
      {"a: @x\n",
       "a.yaml:1:4: no valid YAML: unknown token (a text that begins with one of @ % ` & * ! | > stands in "
       "quotes)"},
      {"a: \"\\d\"\n",
       "a.yaml:1:7: no valid YAML: unknown escape character: d (within \"...\" a backslash is written \\\\; "
       "within '...' "
       "it needs nothing)"},
  };
  for (const auto& c : cases) {
    Diagnostics out;
    parse(c.text, out);
    EXPECT_EQ(told(out), c.told) << c.text;
    EXPECT_FALSE(out.clean());
  }
}

TEST(Yaml, a_closed_quote_at_the_end_is_fine) {
  for (auto text :
       {"a: 'it''s'", "a: \"x\\\"\"", "a: \"\"", "a: ''", "a: 'x' # ' \n", "a: !!str 'x'", "a: it's\n"}) {
    Diagnostics out;
    EXPECT_TRUE(parse(text, out)) << text;
    EXPECT_EQ(told(out), "") << text;
  }
}

TEST(Yaml, a_key_given_twice_keeps_its_first_value_and_reading_goes_on) {
  Diagnostics out;
  std::string text;
  for (int i = 0; i < 40; ++i) text += fmt::format("k{}: {}\n", i, i);
  auto node = parse(text + "k3: x\nk30: y\nlast: z\n", out);
  ASSERT_TRUE(node);
  EXPECT_EQ(told(out),
            "a.yaml:41:1: k3: given twice (first at 4:1)\na.yaml:42:1: k30: given twice (first at 31:1)");
  EXPECT_EQ(node->find("k3")->text(), "3");
  EXPECT_EQ(node->find("k30")->text(), "30");
  EXPECT_EQ(node->find("last")->text(), "z");
  EXPECT_EQ(node->members().size(), 41u);
}

TEST(Yaml, an_alias_bomb_is_refused_unexploded) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    bomb += fmt::format("a{0}: &a{0} [", i);
    for (int k = 0; k < 9; ++k) bomb += fmt::format("*a{},", i - 1);
    bomb += "]\n";
  }
  Diagnostics out;
  EXPECT_FALSE(parse(bomb, out));
  EXPECT_EQ(out.faults().size(), 20u + 19u * 9u);
}

std::string repeated(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Yaml, nesting_is_bounded_whatever_it_is_made_of) {
  std::string stairs;
  for (std::size_t i = 0; i < 1000; ++i) stairs += std::string(i, ' ') + "k:\n";
  const std::string deep[] = {
      repeated("[", 500'000),  repeated("{a: ", 200'000),  repeated("- ", 400'000),   repeated("? ", 400'000),
      repeated(": ", 400'000), repeated("[{a: ", 150'000), repeated("[a: ", 200'000), stairs};
  for (const auto& text : deep) {
    Diagnostics out;
    EXPECT_FALSE(parse(text, out));
    ASSERT_EQ(out.faults().size(), 1u) << text.substr(0, 20);
    const auto& message = out.faults()[0].message;
    EXPECT_TRUE(message == "nested deeper than 64 levels" || message == "a key must be a text" ||
                message == "a key is missing here")
        << message;
  }
}

TEST(Yaml, sixty_four_levels_are_allowed_and_no_more) {
  Diagnostics out;
  EXPECT_TRUE(parse(repeated("[", 64) + repeated("]", 64), out));
  EXPECT_TRUE(out.clean());
  EXPECT_FALSE(parse(repeated("[", 65) + repeated("]", 65), out));
  EXPECT_EQ(told(out), fmt::format("a.yaml:1:65: {}: nested deeper than 64 levels", repeated("[0]", 64)));
}

TEST(Yaml, a_tree_over_its_budget_is_refused) {
  Diagnostics out;
  TreeBudget budget;
  budget.nodes = 4;
  EXPECT_TRUE(parse("[a, b, c]", out, budget));
  EXPECT_FALSE(parse("[a, b, c, d]", out, budget));
  budget.nodes = 100;
  budget.path_bytes = 5;
  EXPECT_FALSE(parse("abc: [a]", out, budget));
  ASSERT_EQ(out.faults().size(), 2u);
  EXPECT_EQ(out.faults()[1].message, "the configuration as a whole is too large");
}

TEST(Yaml, a_long_key_is_refused) {
  Diagnostics out;
  EXPECT_FALSE(parse("? " + std::string(1025, 'k') + "\n: 1\n", out));
  EXPECT_EQ(told(out), "a.yaml:1:3: a key of more than 1024 bytes");
}

TEST(Yaml, one_long_line_of_many_values_costs_no_more_than_its_length) {
  std::string line = "é: [";
  for (int i = 0; i < 100'000; ++i) line += "é,";
  Diagnostics out;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(parse(line + "]", out));
  EXPECT_LT(std::chrono::steady_clock::now() - start,
            std::chrono::seconds(10));  // minutes, were it quadratic
}

}  // namespace
}  // namespace signalbox::config
