#include "broker/rule_compiler.hpp"

#include <gtest/gtest.h>

#include "support/run_coroutine.hpp"

namespace signalbox::broker {
namespace {

using pipeline::Matcher;

std::shared_ptr<const pipeline::Filter> filter_for(const std::string& type) {
  return *pipeline::compile_filter({pipeline::FilterSpec::Kind::pattern, "{\"type\":[\"" + type + "\"]}"});
}

std::vector<RuleId> ids_of(const std::vector<Matcher::Rule>& rules) {
  std::vector<RuleId> ids;
  for (const auto& rule : rules) ids.push_back(rule.id);
  return ids;
}

TEST(RuleChanges, only_what_differs_is_compiled) {
  const auto a = filter_for("a"), b = filter_for("b"), c = filter_for("c"), other = filter_for("a");
  const std::vector<Matcher::Rule> before{{RuleId(1), a}, {RuleId(2), b}, {RuleId(5), c}};
  const std::vector<Matcher::Rule> after{{RuleId(1), other}, {RuleId(3), a}, {RuleId(5), c}};
  const auto changes = changes_between(before, after);
  EXPECT_EQ(changes.removed, (std::vector{RuleId(1), RuleId(2)}));
  EXPECT_EQ(ids_of(changes.added), (std::vector{RuleId(1), RuleId(3)}));
}

TEST(RuleChanges, equal_lists_do_not_differ) {
  const std::vector<Matcher::Rule> rules{{RuleId(1), filter_for("a")}, {RuleId(2), filter_for("b")}};
  const auto changes = changes_between(rules, rules);
  EXPECT_TRUE(changes.removed.empty());
  EXPECT_TRUE(changes.added.empty());
}

TEST(RuleCompiler, many_rules_are_compiled_on_its_thread_and_match) {
  boost::asio::io_context io;  // before the compiler, whose thread posts to it
  RuleCompiler compiler;
  RuleChanges changes;
  for (std::uint32_t i = 1; i <= 500; ++i)
    changes.added.push_back({RuleId(i), filter_for("t" + std::to_string(i))});
  const auto matcher = test::run_coroutine(io, compiler.compile(nullptr, std::move(changes)));
  ASSERT_EQ(matcher->size(), 500u);
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t77");
  std::vector<RuleId> matched;
  matcher->match(builder.build(), matched);
  EXPECT_EQ(matched, std::vector{RuleId(77)});
}

}  // namespace
}  // namespace signalbox::broker
