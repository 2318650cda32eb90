#include "config/aggregate_settings.hpp"

#include <gtest/gtest.h>

#include "configuration.hpp"
#include "temporary_folder.hpp"
#include "told.hpp"

namespace signalbox::config {
namespace {

using namespace std::chrono_literals;

class AggregateSettings : public testing::Test {
 protected:
  /// A rule with these members beside its target.
  Rule read(const std::string& members) {
    const auto text =
        "tenants:\n  acme:\n    open: true\n    targets: { crm: { http: { url: x } } }\n"
        "    channels: { c: { rules: { r: {\n      to: crm,\n      " +
        members + "\n    } } } }\n";
    auto configuration = read_configuration(folder_.write("a.yaml", text), {});
    diagnostics_ = std::move(configuration.diagnostics);
    return configuration.settings.tenants.at("acme").channels.at("c").rules.at("r");
  }
  /// The faults, "R" standing for the rule's path.
  std::string told_here() const {
    std::string text = told(diagnostics_);
    const auto shorten = [&](const std::string& from, const std::string& to) {
      for (std::size_t at; (at = text.find(from)) != std::string::npos;) text.replace(at, from.size(), to);
    };
    shorten(folder_.path().string() + "/", "");
    shorten("tenants.acme.channels.c.rules.r", "R");
    return text;
  }

  TemporaryFolder folder_;
  Diagnostics diagnostics_;
};

TEST_F(AggregateSettings, a_rule_gathers_nothing_unless_it_says_so) { EXPECT_FALSE(read("").aggregate); }

TEST_F(AggregateSettings, all_of_it_is_read) {
  const auto aggregate =
      read("aggregate: { by: $.data.customer, every: 30s, up_to: 100, bytes: 256KiB, as: batch }").aggregate;
  EXPECT_EQ(told_here(), "");
  ASSERT_TRUE(aggregate);
  EXPECT_EQ(aggregate->by, "$.data.customer");
  EXPECT_EQ(aggregate->every, 30s);
  EXPECT_EQ(aggregate->up_to, 100u);
  EXPECT_EQ(aggregate->bytes, Bytes{256 << 10});
  EXPECT_EQ(aggregate->form, Aggregate::Form::batch);
}

TEST_F(AggregateSettings, what_is_not_said_has_a_bound) {
  const auto aggregate = read("aggregate: { up to: 7 }").aggregate;
  EXPECT_EQ(told_here(), "");
  ASSERT_TRUE(aggregate);
  EXPECT_EQ(aggregate->up_to, 7u);
  EXPECT_EQ(aggregate->every, 1h);
  EXPECT_EQ(aggregate->bytes, Bytes{1000 << 10});
  EXPECT_EQ(aggregate->by, "");
  EXPECT_EQ(aggregate->form, Aggregate::Form::event);
  EXPECT_EQ(read("aggregate: { every: 5s }").aggregate->up_to, 1'000u);
}

TEST_F(AggregateSettings, faults_name_their_place) {
  const std::pair<const char*, const char*> cases[] = {
      {"aggregate: { by: $.data.customer }",
       "a.yaml:7:18: R.aggregate: missing: when a group is complete (such as every: 30s, or up_to: 100, or bytes: 256KiB)"},
      {"aggregate: { every: 25h }", "a.yaml:7:27: R.aggregate.every: expected a duration from 10ms to 1d, got 25h"},
      {"aggregate: { up_to: 10001 }", "a.yaml:7:27: R.aggregate.up_to: expected a whole number from 1 to 10000, got 10001"},
      {"aggregate: { up to: 0 }", "a.yaml:7:27: R.aggregate.\"up to\": expected a whole number from 1 to 10000, got 0"},
      {"aggregate: { up to: 5, up_to: 6 }", "a.yaml:7:37: R.aggregate.up_to: given beside \"up to\", which is the same"},
      {"aggregate: { bytes: 9MiB }", "a.yaml:7:27: R.aggregate.bytes: expected a size from 1KiB to 8MiB, got 9MiB"},
      {"aggregate: { every: 1s, as: bunch }", "a.yaml:7:35: R.aggregate.as: expected one of event, batch, got \"bunch\""},
      {"aggregate: { every: 1s, by: [a] }",
       "a.yaml:7:35: R.aggregate.by: expected an attribute or a path such as $.data.customer, got a list"},
      {"aggregate: { evry: 1s, up_to: 2 }", "a.yaml:7:20: R.aggregate.evry: unknown key (did you mean \"every\"?)"},
      {"order: key, aggregate: { every: 1s }",
       "a.yaml:7:14: R.order: a rule that gathers events (aggregate) delivers groups: it keeps no order of keys "
       "(within a group the events stand in the order of the log)"},
  };
  for (const auto& [text, fault] : cases) {
    read(text);
    EXPECT_EQ(told_here(), fault) << text;
  }
}

}  // namespace
}  // namespace signalbox::config
