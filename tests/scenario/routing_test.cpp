// How the rules of a tenant share events among themselves.
#include <algorithm>
#include <map>
#include <set>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using Ids = std::vector<std::string>;

/// A target of that name, at the path of its name.
std::string sink(const std::string& name) {
  return name + R"(: { http: { url: "{target}/)" + name + R"(" } })";
}

class Routing : public Bus {
 protected:
  /// A tenant acme; `channels`: lines of YAML below `channels:`, indented by six.
  void start_with(const std::vector<std::string>& targets, const std::string& channels) {
    std::string yaml = "tenants:\n  acme:\n    targets:\n";
    for (const auto& each : targets) yaml += "      " + each + "\n";
    start(yaml + "    channels:\n" + channels);
  }
  Ids arrived(const std::string& path) {
    EXPECT_TRUE(drained());
    auto ids = ids_of(target.requests(path));
    std::ranges::sort(ids);
    return ids;
  }
  json explain_event(const std::string& event) {
    const auto answer = test::http_request("POST", daemon().admin_url(kChannel + "/explain"), {}, event);
    EXPECT_EQ(answer.status, 200u) << answer.body;
    return json::parse(answer.body);
  }
  static json verdict(const json& answer, const std::string& rule) {
    for (const auto& one : answer.at("rules"))
      if (one.at("rule") == rule) return one;
    return nullptr;
  }
  static std::string event_json(const std::string& id, const std::string& data) {
    return R"({"specversion":"1.0","id":")" + id + R"(","source":"/s","type":"t","data":)" + data + "}";
  }

  test::TempDir folder_;
  const std::string file_ = folder_.file("signalbox.yaml");
};

TEST_F(Routing, an_event_that_no_rule_takes_says_so_in_its_journey) {
  start_with({sink("crm")}, "      orders: { rules: { some: { pattern: { type: [other] }, to: crm } } }\n");
  accept("e1");
  accept("e2", "other");
  ASSERT_TRUE(drained());
  const auto event = look(kChannel + "/events/1");
  EXPECT_EQ(event.at("journey").at(1).at("what"), "unrouted");
  const auto found = look(kChannel + "/events?outcome=unrouted").at("events");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("event").at("id"), "e1");
  EXPECT_EQ(look(kChannel).at("unmatched"), 1);
  EXPECT_EQ(look(kChannel).at("unrouted"), "drop");
}

TEST_F(Routing, unrouted_events_are_dead_letters_and_a_redrive_finds_the_new_rule) {
  const std::string channel =
      "      orders: { unrouted: dead_letter, rules: { some: { pattern: { type: [other] }, to: crm }";
  start_with({sink("crm"), sink("erp")}, channel + " } }\n");
  accept("e1");
  const auto letters = wait_for_dead_letters(1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].at("reason"), "unrouted");
  EXPECT_EQ(letters[0].at("rule"), "_unrouted");
  EXPECT_EQ(look(kChannel).at("unrouted"), "dead_letter");

  EXPECT_EQ(admin("POST", kChannel + "/dead-letters/redrive").status, 200u);
  EXPECT_EQ(dead_letters().size(), 1u) << "no rule takes it yet";

  daemon().write_config(config_of("tenants:\n  acme:\n    targets: { " + sink("crm") + ", " + sink("erp") +
                                  " }\n    channels:\n" + channel +
                                  ", late: { pattern: { type: [test.event] }, to: erp } } }\n"));
  ASSERT_EQ(admin("POST", "/v1/reload").status, 200u);
  EXPECT_EQ(admin("POST", kChannel + "/dead-letters/redrive").status, 200u);
  EXPECT_EQ(target.wait_for("/erp", 1).size(), 1u);
  EXPECT_EQ(arrived("/erp"), Ids{"e1"});
  EXPECT_EQ(dead_letters().size(), 0u);
  EXPECT_EQ(total("dead"), 0u);
}

TEST_F(Routing, unrouted_events_go_to_the_target_named) {
  start_with({sink("crm"), sink("rest")},
             "      orders: { unrouted: rest, rules: { some: { pattern: { type: [other] }, to: crm } } }\n");
  accept("e1");
  accept("e2", "other");
  EXPECT_EQ(arrived("/rest"), Ids{"e1"});
  EXPECT_EQ(arrived("/crm"), Ids{"e2"});
}

TEST_F(Routing, of_a_group_the_first_rule_that_matches_takes_the_event) {
  start_with({sink("vip"), sink("large"), sink("small"), sink("audit")},
             R"(      orders:
        rules:
          vip:   { group: payments, priority: 1, pattern: { data: { vip: [true] } }, to: vip }
          large: { group: payments, priority: 2, pattern: { data: { n: [ { numeric: [">", 100] } ] } }, to: large }
          small: { group: payments, else: true, to: small }
          audit: { to: audit }
)");
  accept("e1", "t", R"({"vip":true,"n":500})");
  accept("e2", "t", R"({"n":500})");
  accept("e3", "t", R"({"n":5})");
  EXPECT_EQ(arrived("/vip"), Ids{"e1"});
  EXPECT_EQ(arrived("/large"), Ids{"e2"});
  EXPECT_EQ(arrived("/small"), Ids{"e3"});
  EXPECT_EQ(arrived("/audit"), (Ids{"e1", "e2", "e3"}));

  const auto told = explain_event(event_json("x", R"({"vip":true,"n":500})"));
  EXPECT_TRUE(verdict(told, "vip").at("match"));
  EXPECT_FALSE(verdict(told, "large").at("match"));
  EXPECT_EQ(verdict(told, "large").at("place"), "group");
  EXPECT_EQ(verdict(told, "large").at("found"), "taken by vip");
  EXPECT_TRUE(verdict(told, "audit").at("match"));
}

TEST_F(Routing, a_split_keeps_each_key_on_one_side) {
  start_with({sink("next"), sink("stable")},
             R"(      orders:
        rules:
          canary: { group: crm, priority: 1, split: { by: subject, take: 30% }, to: next }
          stable: { group: crm, else: true, to: stable }
)");
  constexpr int kKeys = 40, kEventsOfKey = 3;
  for (int round = 0; round < kEventsOfKey; ++round)
    for (int key = 0; key < kKeys; ++key)
      publish("e" + std::to_string(round) + "-" + std::to_string(key), "t", "{}",
              {{"ce-subject", "s" + std::to_string(key)}});
  ASSERT_TRUE(drained());
  std::map<std::string, std::size_t> next, stable;
  for (const auto& request : target.requests("/next")) ++next[request.header("ce-subject")];
  for (const auto& request : target.requests("/stable")) ++stable[request.header("ce-subject")];
  EXPECT_EQ(next.size() + stable.size(), std::size_t{kKeys});
  EXPECT_GT(next.size(), 3u);
  EXPECT_LT(next.size(), 25u);
  for (const auto& [key, count] : next) EXPECT_EQ(count, std::size_t{kEventsOfKey}) << key;
}

TEST_F(Routing, a_rule_chooses_its_target_by_the_content) {
  start_with({sink("eu-crm"), sink("us-crm"), sink("rest")},
             R"(      orders:
        rules:
          by-region: { to: "<$.data.region>-crm", among: [eu-crm, us-crm], pattern: { type: [t] } }
          others: { to: "<$.data.region>-crm", among: [eu-crm], otherwise: rest, pattern: { type: [u] } }
)");
  accept("e1", "t", R"({"region":"eu"})");
  accept("e2", "t", R"({"region":"us"})");
  accept("e3", "t", R"({"region":"cn"})");
  accept("e4", "u", R"({"region":"eu"})");
  accept("e5", "u", "{}");
  EXPECT_EQ(arrived("/eu-crm"), (Ids{"e1", "e4"}));
  EXPECT_EQ(arrived("/us-crm"), Ids{"e2"});
  EXPECT_EQ(arrived("/rest"), Ids{"e5"});
  const auto letters = wait_for_dead_letters(1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].at("id"), "e3");
  EXPECT_EQ(letters[0].at("rule"), "by-region:_otherwise");
  EXPECT_EQ(dead_letters("?rule=by-region").size(), 1u);

  const auto told = explain_event(event_json("x", R"({"region":"us"})"));
  EXPECT_TRUE(verdict(told, "by-region:us-crm").at("match"));
  EXPECT_EQ(verdict(told, "by-region:eu-crm").at("wanted"), "the choice \"eu-crm\"");
  EXPECT_EQ(verdict(told, "by-region:eu-crm").at("found"), "us-crm");

  // Asked for as it is configured, it is the sum of its choices.
  const auto rule = [this](const std::string& name) {
    return json::parse(admin("GET", "/v1/tenants/acme/channels/orders/rules/" + name).body);
  };
  const auto whole = rule("by-region");
  EXPECT_EQ(whole.at("name"), "by-region");
  EXPECT_EQ(whole.at("matched"), 3);
  EXPECT_EQ(whole.at("delivered"), 2);
  EXPECT_EQ(whole.at("dead"), 1);
  EXPECT_EQ(whole.at("targets").size(), 3u);
  const auto choice = rule("by-region:us-crm");
  EXPECT_EQ(choice.at("name"), "by-region:us-crm");
  EXPECT_EQ(choice.at("matched"), 1);
}

TEST_F(Routing, a_rule_sends_events_into_another_channel) {
  start_with({sink("erp"), "billing: { channel: invoices }"},
             R"(      orders: { rules: { paid: { pattern: { type: [paid] }, to: billing } } }
      invoices: { rules: { all: { to: erp } } }
)");
  accept("e1", "paid", R"({"n":1})");
  accept("e2", "other");
  const auto requests = target.wait_for("/erp", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].header("ce-id"), "e1");
  EXPECT_EQ(requests[0].header("ce-signalboxhops"), "1");
  EXPECT_EQ(requests[0].body, R"({"n":1})");
  ASSERT_TRUE(drained());
  EXPECT_EQ(look("/v1/tenants/acme/channels/invoices").at("accepted"), 1);
}

TEST_F(Routing, a_targets_answer_is_an_event_of_another_channel) {
  target.script("/check", [](const test::RecordedRequest& request) {
    auto answer = Answer::with(200);
    answer.headers = {{"ce-specversion", "1.0"},
                      {"ce-id", "re-" + request.header("ce-id")},
                      {"ce-source", "/check"},
                      {"ce-type", "checked"},
                      {"Content-Type", "application/json"}};
    answer.body = R"({"ok":true})";
    return answer;
  });
  start_with({R"(check: { http: { url: "{target}/check", reply_to: answers } })", sink("erp")},
             R"(      orders: { rules: { all: { to: check } } }
      answers: { rules: { all: { to: erp } } }
)");
  accept("e1");
  const auto requests = target.wait_for("/erp", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].header("ce-id"), "re-e1");
  EXPECT_EQ(requests[0].header("ce-signalboxhops"), "1");
  EXPECT_EQ(requests[0].body, R"({"ok":true})");
}

TEST_F(Routing, events_that_go_in_a_circle_end_as_dead_letters) {
  start_with({"again: { channel: orders }"},
             "      orders: { rules: { loop: { pattern: { type: [t] }, to: again } } }\n");
  accept("e1", "t");
  const auto letters = wait_for_dead_letters(1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].at("reason"), "too_many_hops");
  EXPECT_EQ(look(kChannel).at("accepted"), 17);
}

TEST_F(Routing, what_is_on_its_way_between_channels_when_the_daemon_dies_arrives) {
  start_with({sink("erp"), "billing: { channel: invoices }"},
             R"(      orders: { rules: { all: { to: billing } } }
      invoices: { deduplicate: 1h, rules: { all: { to: erp } } }
)");
  constexpr int kEvents = 300;
  for (int i = 0; i < kEvents; ++i) accept("e" + std::to_string(i));
  daemon().kill_hard();
  daemon().start();
  ASSERT_TRUE(drained());
  std::set<std::string> arrived;
  for (const auto& id : ids_of(target.requests("/erp"))) arrived.insert(id);
  EXPECT_EQ(arrived.size(), std::size_t{kEvents});
  EXPECT_EQ(look("/v1/tenants/acme/channels/invoices").at("accepted"), kEvents);
}

TEST_F(Routing, a_daemon_told_to_stop_leaves_nothing_dead_between_channels) {
  start_with({sink("erp"), "billing: { channel: invoices }"},
             R"(      orders: { rules: { all: { to: billing, retry: { attempts: 1 } } } }
      invoices: { rules: { all: { to: erp } } }
)");
  constexpr int kBatches = 5, kEventsOfBatch = 1'000;
  for (int batch = 0; batch < kBatches; ++batch) {
    auto events = json::array();
    for (int i = 0; i < kEventsOfBatch; ++i)
      events.push_back(json::parse(event_json(std::to_string(batch) + "-" + std::to_string(i), "{}")));
    const Headers headers = {{"Content-Type", "application/cloudevents-batch+json"}};
    ASSERT_EQ(post_events(headers, events.dump()).status, 202u);
  }
  daemon().terminate();
  daemon().start();
  ASSERT_TRUE(drained());
  EXPECT_EQ(total("dead"), 0u);
  std::set<std::string> arrived;
  for (const auto& id : ids_of(target.requests("/erp"))) arrived.insert(id);
  EXPECT_EQ(arrived.size(), std::size_t{kBatches * kEventsOfBatch});
}

TEST_F(Routing, check_names_the_circle_and_the_channel_that_is_not_there) {
  const auto check = [this](const std::string& channels, const std::string& targets) {
    const auto config = "server: { ingest: { listen: 127.0.0.1:0 } }\ntenants:\n  acme:\n    targets: {" +
                        targets + "}\n    channels:\n" + channels;
    test::write_file(file_, config);
    return test::run_program({test::signalbox_binary(), "check", file_}, "");
  };
  const std::string targets = " to-b: { channel: b }, to-c: { channel: c }, to-a: { channel: a } ";
  const auto circle = [&](const std::string& back) {
    return "      a: { rules: { r: { to: to-b } } }\n      b: { rules: { r: { to: to-c } } }\n      c: { "
           "rules: { r: " +
           back + " } }\n";
  };
  auto result = check(circle("{ to: to-a }"), targets);
  EXPECT_NE(result.exit.code, 0);
  EXPECT_NE(result.out.find("every event would go round for ever: a > b > c > a"), std::string::npos)
      << result.out;
  EXPECT_EQ(check(circle("{ to: to-a, pattern: { type: [x] } }"), targets).exit.code, 0);

  const std::string two = " to-b: { channel: b }, to-a: { channel: a }, away: { http: { url: \"http://127.0.0.1:1/\" } } ";
  const auto back_from_b = [&](const std::string& b) { return check("      a: { rules: { r: { to: to-b } } }\n      b: " + b + "\n", two); };
  const std::string round = "every event would go round for ever: a > b > a";
  for (const char* certain :
       {"{ unrouted: to-a }", "{ unrouted: to-a, rules: { off: { to: away, enabled: false } } }",
        "{ rules: { first: { to: to-a, group: g, priority: 1 }, second: { to: away, group: g, priority: 2 } } }"}) {
    result = back_from_b(certain);
    EXPECT_NE(result.exit.code, 0) << certain;
    EXPECT_NE(result.out.find(round), std::string::npos) << certain << "\n" << result.out;
  }
  for (const char* open :
       {"{ unrouted: away }", "{ unrouted: to-a, rules: { some: { to: away, pattern: { type: [x] } } } }",
        "{ rules: { first: { to: away, group: g, priority: 1 }, second: { to: to-a, group: g, priority: 2 } } }",
        "{ rules: { first: { to: to-a, group: g, priority: 1, pattern: { type: [x] } }, second: { to: away, group: g, priority: 2 } } }"})
    EXPECT_EQ(back_from_b(open).exit.code, 0) << open << "\n" << back_from_b(open).out;

  result = check("      invoices: {}\n", " t: { channel: invoicse } ");
  EXPECT_NE(result.out.find("the tenant has no channel \"invoicse\""), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("did you mean \"invoices\"?"), std::string::npos) << result.out;
  result = check("      a: {}\n", R"( t: { http: { url: "http://x/", reply_to: b } } )");
  EXPECT_NE(result.out.find("targets.t.http.reply_to: the tenant has no channel \"b\""), std::string::npos)
      << result.out;
}

}  // namespace
}  // namespace signalbox::scenario
