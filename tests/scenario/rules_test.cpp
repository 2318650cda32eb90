// Which events reach which targets.
#include <algorithm>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

class Rules : public Bus {
 protected:
  /// Publishes e0, e1, ... with these data, and returns the ids that arrived at `path`, sorted, when nothing
  /// is pending.
  std::vector<std::string> matched(const std::string& path, const std::vector<std::string>& data) {
    for (std::size_t i = 0; i < data.size(); ++i) accept("e" + std::to_string(i), "test.event", data[i]);
    return arrived(path);
  }
  std::vector<std::string> arrived(const std::string& path) {
    EXPECT_TRUE(drained());
    auto ids = ids_of(target.requests(path));
    std::ranges::sort(ids);
    return ids;
  }
};

using Ids = std::vector<std::string>;

const std::string kSink = R"(sink: { http: { url: "{target}/sink" } })";

TEST_F(Rules, a_pattern_lets_through_what_matches_and_nothing_else) {
  struct Case {
    std::string pattern;
    std::vector<std::string> data;
    Ids matched;
  };
  const std::vector<Case> cases = {
      {R"({ data: { total: [ { numeric: [">", 1000] } ] } })",
       {R"({"total":1000})", R"({"total":1000.01})", R"({"total":"2000"})", R"({"total":1e4})", "{}"},
       {"e1", "e3"}},
      {R"({ $or: [ { data: { a: [1] } }, { data: { b: [ { exists: true } ] } } ] })",
       {R"({"a":1})", R"({"a":2})", R"({"a":2,"b":null})", R"({"c":1})"},
       {"e0", "e2"}},
      {R"({ data: { name: [ { prefix: "ab" }, { suffix: "yz" }, { anything-but: ["q", "r"] } ] } })",
       {R"({"name":"abq"})", R"({"name":"q"})", R"({"name":"xyz"})", R"({"other":1})"},
       {"e0", "e2"}},
      {R"({ type: [ "test.event" ], data: { tags: [ "red" ] } })",
       {R"({"tags":["blue","red"]})", R"({"tags":["blue"]})"},
       {"e0"}},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.pattern);
    start(acme({R"(sink: { http: { url: "{target}/)" + std::to_string(&one - cases.data()) + R"(" } })"},
               {"chosen: { pattern: " + one.pattern + ", to: [sink] }"}));
    EXPECT_EQ(matched("/" + std::to_string(&one - cases.data()), one.data), one.matched);
  }
}

TEST_F(Rules, a_rule_with_several_targets_delivers_to_each) {
  start(acme({R"(a: { http: { url: "{target}/a" } })", R"(b: { http: { url: "{target}/b" } })"},
             {"both: { to: [a, b] }"}));
  accept("e1");
  EXPECT_EQ(arrived("/a"), Ids{"e1"});
  EXPECT_EQ(arrived("/b"), Ids{"e1"});
  EXPECT_EQ(total("delivered"), 2u);
}

TEST_F(Rules, an_event_fans_out_to_every_rule_that_matches_it) {
  constexpr int kRules = 50;
  std::vector<std::string> targets, rules;
  for (int i = 0; i < kRules; ++i) {
    const auto n = std::to_string(i);
    targets.push_back("t" + n + R"(: { http: { url: "{target}/)" + n + R"(" } })");
    rules.push_back("r" + n + ": { pattern: { data: { n: [ { numeric: [\">=\", " + n + "] } ] } }, to: [t" +
                    n + "] }");
  }
  start(acme(targets, rules));
  accept("low", "t", R"({"n":9})");
  accept("high", "t", R"({"n":1000})");
  ASSERT_TRUE(drained());
  for (int i = 0; i < kRules; ++i) {
    EXPECT_EQ(arrived("/" + std::to_string(i)), i <= 9 ? (Ids{"high", "low"}) : Ids{"high"}) << i;
  }
  EXPECT_EQ(total("delivered"), 10u + kRules);
}

TEST_F(Rules, an_event_that_no_rule_matches_is_kept_and_goes_nowhere) {
  start(acme({kSink}, {"never: { pattern: { type: [other] }, to: [sink] }"}));
  accept("e1");
  EXPECT_EQ(total("accepted"), 1u);
  EXPECT_EQ(total("pending"), 0u);
  EXPECT_EQ(target.requests("/sink").size(), 0u);
  EXPECT_EQ(look(kChannel + "/events/1").at("event").at("id"), "e1");
}

TEST_F(Rules, the_other_dialects_filter_too) {
  start(acme({kSink, R"(other: { http: { url: "{target}/other" } })"},
             {R"(by-prefix: { filters: [ { prefix: { type: "com." } } ], to: [sink] })",
              R"(by-sql: { sql: "type LIKE 'com.%' AND subject = 'x'", to: [other] })"}));
  accept("e1", "com.example");
  accept("e2", "org.example");
  publish("e3", "com.other", "{}", {{"ce-subject", "x"}});
  EXPECT_EQ(arrived("/sink"), (Ids{"e1", "e3"}));
  EXPECT_EQ(arrived("/other"), Ids{"e3"});
}

TEST_F(Rules, a_transform_changes_what_is_delivered) {
  start(acme({kSink}, {R"(greeting: { to: [sink], transform: { paths: { who: $.data.customer }, )"
                       R"(template: { greeting: "Hello <who>" } } })"}));
  accept("e1", "t", R"({"customer":"Ada"})");
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(json::parse(requests[0].body), (json{{"greeting", "Hello Ada"}}));
  EXPECT_EQ(requests[0].header("ce-id"), "e1");
}

TEST_F(Rules, one_tenants_events_do_not_reach_another) {
  start(R"(tenants:
  acme:
    targets: { sink: { http: { url: "{target}/acme" } } }
    channels: { orders: { rules: { all: { to: [sink] } } } }
  other:
    targets: { sink: { http: { url: "{target}/other" } } }
    channels: { orders: { rules: { all: { to: [sink] } } } }
)");
  accept("e1");
  EXPECT_EQ(arrived("/acme"), Ids{"e1"});
  EXPECT_EQ(arrived("/other"), Ids{});
}

}  // namespace
}  // namespace signalbox::scenario
