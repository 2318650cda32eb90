#include "config/routing_settings.hpp"

#include <gtest/gtest.h>

#include "configuration.hpp"
#include "temporary_folder.hpp"
#include "told.hpp"

namespace signalbox::config {
namespace {

class RoutingSettings : public testing::Test {
 protected:
  /// A channel `c` with these members, targets crm and erp.
  Channel read(const std::string& channel) {
    const auto text =
        "tenants:\n  acme:\n    open: true\n    targets: { crm: { http: { url: x } }, erp: { http: { url: y "
        "} } }\n"
        "    channels: { c: {\n" +
        channel + "\n    } }\n";
    auto configuration = read_configuration(folder_.write("a.yaml", text), {});
    diagnostics_ = std::move(configuration.diagnostics);
    return configuration.settings.tenants.at("acme").channels.at("c");
  }
  /// The faults, "C." standing for the channel's path.
  std::string told_here() const {
    std::string text = told(diagnostics_);
    const auto shorten = [&](const std::string& from, const std::string& to) {
      for (std::size_t at; (at = text.find(from)) != std::string::npos;) text.replace(at, from.size(), to);
    };
    shorten(folder_.path().string() + "/", "");
    shorten("tenants.acme.channels.c.", "C.");
    return text;
  }

  TemporaryFolder folder_;
  Diagnostics diagnostics_;
};

TEST_F(RoutingSettings, events_that_no_rule_takes_are_dropped_unless_said_otherwise) {
  EXPECT_EQ(read("").unrouted.kind, Unrouted::Kind::drop);
  EXPECT_EQ(read("unrouted: drop").unrouted.kind, Unrouted::Kind::drop);
  EXPECT_EQ(read("unrouted: dead_letter").unrouted.kind, Unrouted::Kind::dead_letter);
  const auto to_crm = read("unrouted: crm").unrouted;
  EXPECT_EQ(to_crm.kind, Unrouted::Kind::target);
  EXPECT_EQ(to_crm.target, "crm");
  EXPECT_TRUE(to_crm.path.ends_with(".unrouted")) << to_crm.path;
  EXPECT_GT(to_crm.place.line, 0u);
  EXPECT_EQ(told_here(), "");
}

void expect_routing(const Routing& routing, const std::string& group, unsigned priority, bool otherwise) {
  EXPECT_EQ(routing.group, group);
  EXPECT_EQ(routing.priority, priority);
  EXPECT_EQ(routing.otherwise, otherwise);
}

TEST_F(RoutingSettings, groups_are_read) {
  const auto channel = read(R"(rules: {
      vip: { group: payments, priority: 1, sql: "x = 'a'", to: crm },
      large: { group: payments, priority: 20, to: crm },
      rest: { group: payments, else: true, to: erp },
      all: { else: true, to: erp } })");
  EXPECT_EQ(told_here(), "");
  expect_routing(channel.rules.at("vip").routing, "payments", 1, false);
  expect_routing(channel.rules.at("large").routing, "payments", 20, false);
  expect_routing(channel.rules.at("rest").routing, "payments", 0, true);
  expect_routing(channel.rules.at("all").routing, "", 0, true);
}

TEST_F(RoutingSettings, every_fault_has_its_text) {
  struct FaultCase {
    const char* channel;
    const char* told;
  };
  const FaultCase cases[] = {
      {"unrouted: deadletter",
       "a.yaml:6:11: C.unrouted: expected drop, dead_letter or the name of a target, got \"deadletter\" (did "
       "you mean "
       "\"dead_letter\"?)"},
      {"unrouted: [crm]",
       "a.yaml:6:11: C.unrouted: expected drop, dead_letter or the name of a target, got a list"},
      {"rules: { r: { group: Pay, priority: 1, to: crm }, s: { group: Pay, priority: 2, to: crm } }",
       "a.yaml:6:22: C.rules.r.group: a name has 1 to 64 of a-z 0-9 . _ - and a letter or digit at both "
       "ends\n"
       "a.yaml:6:63: C.rules.s.group: a name has 1 to 64 of a-z 0-9 . _ - and a letter or digit at both "
       "ends"},
      {"rules: { r: { priority: 1, to: crm } }",
       "a.yaml:6:25: C.rules.r.priority: this is the rule's place in a group, and it has none"},
      {"rules: { r: { group: g, to: crm }, s: { group: g, priority: 1, to: crm } }",
       "a.yaml:6:13: C.rules.r.priority: missing: the rules of a group stand in an order, the lowest "
       "priority first "
       "(or else: true for the one that takes what no other takes)"},
      {"rules: { r: { group: g, priority: 1, else: true, to: crm }, s: { group: g, priority: 1, to: crm } }",
       "a.yaml:6:35: C.rules.r.priority: an else rule comes after all others: it has no priority"},
      {"rules: { r: { group: g, priority: 7, to: crm }, s: { group: g, priority: 7, to: crm } }",
       "a.yaml:6:49: C.rules.s.priority: rule \"r\" of group \"g\" has the same priority"},
      {"rules: { r: { group: g, else: true, to: crm }, s: { group: g, else: true, to: crm } }",
       "a.yaml:6:48: C.rules.s.else: group \"g\" has an else rule already: \"r\""},
      {"rules: { r: { else: true, to: crm }, s: { else: true, to: crm } }",
       "a.yaml:6:38: C.rules.s.else: the channel has an else rule already: \"r\""},
      {"rules: { r: { split: { take: 10%, key: x }, to: crm } }",
       "a.yaml:6:22: C.rules.r.split.by: missing: this key must be given\n"
       "a.yaml:6:35: C.rules.r.split.key: unknown key (known here: by, take, salt)"},
      {"rules: { r: { split: 10%, to: crm } }",
       "a.yaml:6:22: C.rules.r.split: expected a mapping, got \"10%\""},
      {"rules: { r: { to: \"<$.type>\" } }",
       "a.yaml:6:13: C.rules.r.among: missing: a rule that chooses its target names those that it chooses "
       "among"},
      {"rules: { r: { to: \"<$.type>\", among: [crm, epr], otherwise: drop } }",
       "a.yaml:6:44: C.rules.r.among[1]: there is no target \"epr\" (did you mean \"erp\"?)\n"
       "a.yaml:6:61: C.rules.r.otherwise: there is no target \"drop\""},
      {"rules: { r: { to: crm, among: [erp] } }",
       "a.yaml:6:31: C.rules.r.among: this belongs to a choice of the target, and \"to\" is no template "
       "(such as to: "
       "\"<$.data.region>-crm\")"},
      {"rules: { r: { group: g, else: maybe, to: crm }, s: { group: g, priority: 0, to: crm } }",
       "a.yaml:6:31: C.rules.r.else: expected true or false, got \"maybe\"\n"
       "a.yaml:6:13: C.rules.r.priority: missing: the rules of a group stand in an order, the lowest "
       "priority first "
       "(or else: true for the one that takes what no other takes)\n"
       "a.yaml:6:74: C.rules.s.priority: expected a whole number from 1 to 1000000, got 0"},
  };
  for (const auto& c : cases) {
    read(c.channel);
    EXPECT_EQ(told_here(), c.told) << c.channel;
  }
}

TEST_F(RoutingSettings, a_split_is_read) {
  const auto channel =
      read("rules: { r: { split: { by: $.data.customer, take: 10%, salt: spring }, to: crm } }");
  EXPECT_EQ(told_here(), "");
  const auto& split = channel.rules.at("r").routing.split;
  ASSERT_TRUE(split);
  EXPECT_EQ(split->by, "$.data.customer");
  EXPECT_EQ(split->take, "10%");
  EXPECT_EQ(split->salt, "spring");
  EXPECT_EQ(split->path, "tenants.acme.channels.c.rules.r.split");
}

TEST_F(RoutingSettings, a_choice_is_read) {
  const auto channel = read(R"(rules: {
      r: { to: "<$.data.region>-crm", among: [crm, erp], otherwise: erp },
      s: { to: "<$.type>", among: crm, otherwise: dead_letter } })");
  EXPECT_EQ(told_here(), "");
  const auto& rule = channel.rules.at("r");
  EXPECT_EQ(rule.to, (std::vector<std::string>{"crm", "erp"}));
  ASSERT_TRUE(rule.choice);
  EXPECT_EQ(rule.choice->text, "<$.data.region>-crm");
  EXPECT_EQ(rule.choice->otherwise, "erp");
  EXPECT_EQ(channel.rules.at("s").choice->otherwise, "");
}

TEST_F(RoutingSettings, a_group_of_one_rule_is_worth_a_warning) {
  read("rules: { r: { group: g, priority: 1, to: crm } }");
  EXPECT_TRUE(diagnostics_.clean());
  EXPECT_EQ(told_here(),
            "warning: a.yaml:6:10: C.rules.r.group: no other rule is in group \"g\": it decides nothing");
}

}  // namespace
}  // namespace signalbox::config
