#include "config/load.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "configuration.hpp"
#include "temporary_folder.hpp"
#include "told.hpp"

namespace signalbox::config {
namespace {

class Load : public testing::Test {
 protected:
  Tree load_main(const std::string& text, std::vector<std::string> overrides = {}) {
    return load(folder_.write("main.yaml", text), overrides, out_);
  }
  /// The faults, the folder's name left out.
  std::string told_here() const {
    std::string text = told(out_);
    const std::string prefix = folder_.path().string() + "/";
    for (std::size_t at; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
    return text;
  }

  TemporaryFolder folder_;
  Diagnostics out_;
};

TEST_F(Load, included_files_are_merged_in_the_order_of_their_names) {
  folder_.write("rules.d/b.yaml", "tenants: {acme: {rules: {b: 2}}}\n");
  folder_.write("rules.d/a.yaml", "tenants: {acme: {rules: {a: 1}}}\nextra: x\n");
  folder_.write("rules.d/ignored.txt", "nonsense: [\n");
  const auto tree = load_main("include: [rules.d/*.yaml]\ntenants: {acme: {rules: {main: 0}}}\n");
  EXPECT_EQ(told_here(), "");
  EXPECT_TRUE(tree.whole);
  EXPECT_EQ(tree.root.to_json(), R"({"tenants":{"acme":{"rules":{"main":0,"a":1,"b":2}}},"extra":"x"})");
  EXPECT_EQ(tree.sources.size(), 3u);
  const auto* included = tree.root.find("tenants")->find("acme")->find("rules")->find("b");
  EXPECT_EQ(included->place().to_string(), folder_.file("rules.d/b.yaml") + ":1:29");
}

TEST_F(Load, a_key_given_in_two_files_is_a_fault_that_names_both) {
  folder_.write("b.yaml", "store:\n  path: /b\n");
  const auto tree = load_main("include: b.yaml\nstore: { path: /a }\n");
  EXPECT_EQ(told_here(), "b.yaml:2:3: store.path: given twice (first at main.yaml:2:10)");
  EXPECT_EQ(tree.root.to_json(), R"({"store":{"path":"/a"}})");
}

TEST_F(Load, a_list_is_not_merged) {
  folder_.write("b.yaml", "to: [b]\n");
  load_main("include: b.yaml\nto: [a]\n");
  EXPECT_EQ(told_here(), "b.yaml:1:1: to: given twice (first at main.yaml:2:1)");
}

TEST_F(Load, a_pattern_without_matches_is_fine_and_a_missing_file_is_not) {
  auto tree = load_main("include: [none.d/*.yaml, absent.yaml]\n");
  EXPECT_EQ(told(out_), folder_.file("absent.yaml") +
                            ": cannot read this file: No such file or directory (included at " +
                            folder_.file("main.yaml") + ":1:26)");
  EXPECT_FALSE(tree.whole);
}

TEST_F(Load, a_file_is_read_once) {
  folder_.write("b.yaml", "include: main.yaml\n");
  load_main("include: [b.yaml, ./b.yaml]\n");
  EXPECT_EQ(told_here(),
            "b.yaml:1:10: include: \"main.yaml\" is read already\nmain.yaml:1:19: include: \"./b.yaml\" is "
            "read already");
}

TEST_F(Load, files_include_files_four_deep) {
  for (int i = 1; i <= 5; ++i)
    folder_.write(fmt::format("{}.yaml", i), fmt::format("k{}: 1\ninclude: {}.yaml\n", i, i + 1));
  const auto tree = load_main("include: 1.yaml\n");
  EXPECT_EQ(told_here(), "4.yaml:2:10: include: files include files more than 4 deep");
  EXPECT_FALSE(tree.whole);
}

TEST_F(Load, an_include_that_is_no_list_of_files_is_a_fault) {
  load_main("include: {a: b}\n");
  EXPECT_EQ(told_here(),
            "main.yaml:1:10: include: expected a list of files such as [rules.d/*.yaml], got a mapping");
}

TEST_F(Load, an_item_of_include_that_is_no_name_is_a_fault) {
  load_main("include: [[a], '']\n");
  EXPECT_EQ(told_here(),
            "main.yaml:1:11: include[0]: expected the name of a file, got a list\n"
            "main.yaml:1:16: include[1]: expected the name of a file, got the text \"\"");
}

TEST_F(Load, a_folder_named_like_a_pattern_is_taken_literally) {
  folder_.write("odd[1]/main.yaml", "include: [x*.yaml]\n");
  folder_.write("odd[1]/x1.yaml", "found: true\n");
  EXPECT_EQ(load(folder_.file("odd[1]/main.yaml"), {}, out_).root.to_json(), R"({"found":true})");
}

TEST_F(Load, faults_of_several_files_are_told_together) {
  folder_.write("b.yaml", "x: [\n");
  folder_.write("c.yaml", "- 1\n");
  const auto tree = load_main("include: [b.yaml, c.yaml]\nd: 1\nd: 2\n");
  EXPECT_FALSE(tree.whole);
  EXPECT_EQ(out_.faults().size(), 3u);
  EXPECT_EQ(out_.faults()[2].message, "expected a mapping, got a list");
}

TEST_F(Load, overrides_go_over_the_merged_tree) {
  folder_.write("b.yaml", "store: { path: /b }\n");
  const auto tree = load_main("include: b.yaml\n", {"store.path=/c", "server.threads=2"});
  EXPECT_EQ(tree.root.to_json(), R"({"store":{"path":"/c"},"server":{"threads":2}})");
}

TEST_F(Load, settings_are_not_read_from_half_a_tree) {
  const auto path = folder_.write("main.yaml", "include: absent.yaml\nnonsense: 1\n");
  const auto configuration = read_configuration(path, {});
  ASSERT_EQ(configuration.diagnostics.faults().size(), 1u);
  EXPECT_NE(configuration.diagnostics.faults()[0].message.find("cannot read"), std::string::npos);
}

TEST_F(Load, faults_of_files_and_of_settings_are_told_together) {
  const auto path = folder_.write("main.yaml", "store: {path: /a, path: /b}\nnonsense: 1\n");
  EXPECT_EQ(read_configuration(path, {}).diagnostics.faults().size(), 2u);
}

}  // namespace
}  // namespace signalbox::config
