#include "signalbox/config_node.hpp"

#include <gtest/gtest.h>

#include "base/config_path.hpp"

namespace signalbox {
namespace {

ConfigNode plain(std::string text) { return ConfigNode::scalar(std::move(text), false, {}, {}); }
ConfigNode text(std::string text) { return ConfigNode::scalar(std::move(text), true, {}, {}); }

TEST(ConfigNode, plain_scalars_become_json_by_the_core_schema) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "null"},
      {"~", "null"},
      {"null", "null"},
      {"NULL", "null"},
      {"nULL", "\"nULL\""},
      {"true", "true"},
      {"True", "true"},
      {"FALSE", "false"},
      {"yes", "\"yes\""},
      {"on", "\"on\""},
      {"12", "12"},
      {"-12", "-12"},
      {"+12", "12"},
      {"012", "12"},
      {"0", "0"},
      {"-0", "-0"},
      {"1.5", "1.5"},
      {"1.50", "1.50"},
      {".5", "0.5"},
      {"1.", "1"},
      {"1e3", "1e3"},
      {"1.5E-7", "1.5e-7"},
      {"1e+3", "1e+3"},
      {"0x1F", "31"},
      {"0o17", "15"},
      {".inf", "\".inf\""},
      {".nan", "\".nan\""},
      {"1_000", "\"1_000\""},
      {"1e", "\"1e\""},
      {".", "\".\""},
      {"-", "\"-\""},
      {"1.2.3", "\"1.2.3\""},
      {"0x", "\"0x\""},
      {"12:30", "\"12:30\""},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"0xFFFFFFFFFFFFFFFFFF", "\"0xFFFFFFFFFFFFFFFFFF\""},
  };
  for (const auto& [from, to] : cases) EXPECT_EQ(plain(from).to_json(), to) << from;
}

TEST(ConfigNode, quoted_scalars_are_json_strings_whatever_they_look_like) {
  EXPECT_EQ(text("12").to_json(), "\"12\"");
  EXPECT_EQ(text("").to_json(), "\"\"");
  EXPECT_EQ(text("a\"b\\c\n\t\x01é").to_json(), "\"a\\\"b\\\\c\\n\\u0009\\u0001é\"");
}

TEST(ConfigNode, nested_nodes_become_json_in_the_order_of_the_file) {
  std::vector<ConfigNode> items{plain("1"), text("1"), ConfigNode::null({}, {})};
  std::vector<ConfigNode::Member> members{{"z", {}, ConfigNode::sequence(items, {}, {})},
                                          {"a\"", {}, ConfigNode::mapping({}, {}, {})},
                                          {"e", {}, ConfigNode::sequence({}, {}, {})}};
  EXPECT_EQ(ConfigNode::mapping(members, {}, {}).to_json(), R"({"z":[1,"1",null],"a\"":{},"e":[]})");
}

TEST(ConfigNode, find_sees_members_of_mappings_only) {
  auto node = ConfigNode::mapping({{"a", {}, plain("1")}}, {}, {});
  ASSERT_NE(node.find("a"), nullptr);
  EXPECT_EQ(node.find("a")->text(), "1");
  EXPECT_EQ(node.find("b"), nullptr);
  EXPECT_EQ(plain("a").find("a"), nullptr);
}

TEST(ConfigNode, a_value_is_described_shortly_and_printably) {
  EXPECT_EQ(plain("lots").describe(), "\"lots\"");
  EXPECT_EQ(plain("12").describe(), "12");
  EXPECT_EQ(text("12").describe(), "the text \"12\"");
  EXPECT_EQ(text("a\x1b[31m").describe(), "\"a\\x1b[31m\"");
  EXPECT_EQ(text(std::string(59, 'a') + "é" + "b").describe(), "\"" + std::string(59, 'a') + "…\"");
  EXPECT_EQ(ConfigNode().describe(), "nothing");
  EXPECT_EQ(ConfigNode::mapping({}, {}, {}).describe(), "a mapping");
  EXPECT_EQ(ConfigNode::sequence({}, {}, {}).describe(), "a list");
}

TEST(ConfigNode, a_place_prints_as_editors_read_it) {
  EXPECT_EQ((Place{std::make_shared<const std::string>("a.yaml"), 6, 22}.to_string()), "a.yaml:6:22");
  EXPECT_EQ((Place{std::make_shared<const std::string>("--set"), 0, 0}.to_string()), "--set");
  EXPECT_EQ((Place{nullptr, 2, 1}.to_string()), "2:1");
  EXPECT_EQ(Place{}.to_string(), "");
}

TEST(ConfigNode, paths_quote_keys_that_are_no_plain_names) {
  EXPECT_EQ(base::child_path("", "tenants"), "tenants");
  EXPECT_EQ(base::child_path("tenants", "acme.eu"), "tenants.acme.eu");
  EXPECT_EQ(base::child_path("data", "odd key"), "data.\"odd key\"");
  EXPECT_EQ(base::child_path("data", ""), "data.\"\"");
  EXPECT_EQ(base::child_path("to", std::size_t{3}), "to[3]");
}

TEST(Diagnostics, a_warning_leaves_them_clean) {
  Diagnostics out;
  out.add({{}, {}, "worth knowing", {}, true});
  EXPECT_TRUE(out.clean());
  out.add({{}, {}, "wrong", {}});
  EXPECT_FALSE(out.clean());
  EXPECT_EQ(out.faults().size(), 2u);
}

}  // namespace
}  // namespace signalbox
