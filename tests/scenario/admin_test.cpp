// What operators can see and do.
#include <algorithm>
#include <csignal>
#include <set>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using Ids = std::vector<std::string>;

class Admin : public Bus {
 protected:
  Ids found(const std::string& query) {
    const auto answer = look(kChannel + "/events" + query);
    Ids ids;
    for (const auto& entry : answer.at("events")) ids.push_back(entry.at("event").at("id"));
    return ids;
  }
  /// The outcome of event `seq` at each rule.
  std::string outcome(int seq, const std::string& rule) {
    const auto event = look(kChannel + "/events/" + std::to_string(seq));
    for (const auto& entry : event.at("outcomes")) {
      if (entry.at("rule") == rule) return entry.at("outcome");
    }
    return "";
  }
  bool outcome_becomes(int seq, const std::string& rule, const std::string& wanted) {
    return wait_until([&] { return outcome(seq, rule) == wanted; });
  }
};

const std::string kSink = R"(sink: { http: { url: "{target}/sink" } })";
const std::string kOther = R"(other: { http: { url: "{target}/other" } })";

TEST_F(Admin, a_daemon_that_serves_is_alive_and_ready) {
  start(acme_with_one_sink());
  EXPECT_EQ(admin("GET", "/healthz").status, 200u);
  EXPECT_EQ(admin("GET", "/readyz").status, 200u);
  EXPECT_EQ(admin("GET", "/nothing").status, 404u);
  EXPECT_EQ(admin("DELETE", "/healthz").status, 405u);
}

TEST_F(Admin, metrics_count_what_happened) {
  target.script("/sink", test::fails_first(1));
  start(acme_with_one_sink());
  accept("e1");
  ASSERT_TRUE(total_becomes("delivered", 1));
  const auto response = admin("GET", "/metrics");
  EXPECT_EQ(response.status, 200u);
  EXPECT_TRUE(response.header("Content-Type").starts_with("text/plain"));
  for (const auto* name :
       {"signalbox_events_accepted_total", "signalbox_attempts_total", "signalbox_attempts_failed_total"}) {
    EXPECT_NE(response.body.find(std::string("\n") + name), std::string::npos) << name << " in\n"
                                                                               << response.body;
  }
}

TEST_F(Admin, status_has_version_uptime_engine_and_totals) {
  start(acme_with_one_sink());
  accept("e1");
  ASSERT_TRUE(total_becomes("delivered", 1));
  const auto status = look("/v1/status");
  EXPECT_EQ(status.at("engine"), "rocksdb");
  EXPECT_TRUE(status.contains("version"));
  for (const auto& [name, value] :
       {std::pair("accepted", 1), {"pending", 0}, {"delivered", 1}, {"dead", 0}, {"dropped", 0}}) {
    EXPECT_EQ(status.at(name), value) << name;
  }
}

TEST_F(Admin, tenants_channels_and_rules_are_listed) {
  start(acme_with_one_sink());
  const auto tenants = look("/v1/tenants").at("tenants");
  ASSERT_EQ(tenants.size(), 1u);
  EXPECT_EQ(tenants[0].at("name"), "acme");
  EXPECT_EQ(look("/v1/tenants/acme").at("channels")[0].at("name"), "orders");
  EXPECT_EQ(look(kChannel).at("rules")[0].at("name"), "all");
  const auto rule = look(kChannel + "/rules/all");
  EXPECT_EQ(rule.at("retry").at("attempts"), 5);
  EXPECT_EQ(rule.at("pending"), 0);
  for (const std::string path : {"/v1/tenants/nobody", "/v1/tenants/acme/channels/none"}) {
    EXPECT_EQ(admin("GET", path).status, 404u) << path;
  }
  EXPECT_EQ(admin("GET", kChannel + "/rules/none").status, 404u);
}

TEST_F(Admin, events_are_found_by_what_they_are) {
  start(acme({kSink}, {"all: { to: [sink] }"}));
  publish("e1", "type.a", R"({"customer":{"id":7}})", {{"ce-subject", "x"}});
  publish("e2", "type.b", R"({"customer":{"id":"seven"}})", {{"ce-subject", "y"}});
  publish("e3", "type.a", R"({"n":1})", {{"ce-subject", "y"}});
  ASSERT_TRUE(drained());
  ASSERT_TRUE(wait_until([&] { return found("").size() == 3; }));
  EXPECT_EQ(found(""), (Ids{"e3", "e2", "e1"}));
  EXPECT_EQ(found("?id=e2"), Ids{"e2"});
  EXPECT_EQ(found("?type=type.a"), (Ids{"e3", "e1"}));
  EXPECT_EQ(found("?subject=y&type=type.b"), Ids{"e2"});
  EXPECT_EQ(found("?source=/scenario"), (Ids{"e3", "e2", "e1"}));
  EXPECT_EQ(found("?source=/elsewhere"), Ids{});
  EXPECT_EQ(found("?data.customer.id=7"), Ids{"e1"});
  EXPECT_EQ(found("?data.customer.id=seven"), Ids{"e2"});
  EXPECT_EQ(found("?rule=all&outcome=delivered"), (Ids{"e3", "e2", "e1"}));
  EXPECT_EQ(found("?outcome=dead"), Ids{});
  EXPECT_EQ(found("?from=1h"), (Ids{"e3", "e2", "e1"}));
  EXPECT_EQ(found("?to=1h"), Ids{});
  EXPECT_EQ(found("?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z"), Ids{});
  EXPECT_EQ(admin("GET", kChannel + "/events?colour=red").status, 400u);
}

TEST_F(Admin, the_cursor_goes_through_all_events_once) {
  start(acme({kSink}, {"all: { to: [sink] }"}));
  for (int i = 0; i < 25; ++i) accept("e" + std::to_string(i));
  ASSERT_TRUE(wait_until([&] { return found("?limit=100").size() == 25; }));
  Ids ids;
  std::string query = "?limit=10";
  for (int page = 0; page < 4; ++page) {
    const auto answer = look(kChannel + "/events" + query);
    for (const auto& entry : answer.at("events")) ids.push_back(entry.at("event").at("id"));
    if (!answer.contains("cursor")) break;
    query = "?limit=10&cursor=" + answer.at("cursor").get<std::string>();
  }
  EXPECT_EQ(ids, found("?limit=100"));
}

TEST_F(Admin, an_events_journey_tells_each_attempt_and_the_outcome) {
  target.script("/sink", test::fails_first(2, 500));
  target.script("/other", test::always(400));
  start(acme({kSink, kOther}, {"good: { to: [sink], {quick} }", "bad: { to: [other] }",
                               "none: { pattern: { type: [x] }, to: [sink] }"}));
  accept("e1");
  ASSERT_TRUE(outcome_becomes(1, "good", "delivered"));
  ASSERT_TRUE(outcome_becomes(1, "bad", "dead"));
  EXPECT_EQ(outcome(1, "none"), "");
  const auto event = look(kChannel + "/events/1");
  EXPECT_EQ(event.at("event").at("id"), "e1");
  Ids steps;
  for (const auto& step : event.at("journey")) {
    if (step.value("rule", "good") != "good") continue;
    steps.push_back(step.at("what").get<std::string>() + ":" + std::to_string(step.value("status", 0)));
  }
  EXPECT_EQ(steps, (Ids{"accepted:0", "retrying:500", "retrying:500", "delivered:204"}));
  EXPECT_EQ(admin("GET", kChannel + "/events/2").status, 404u);
}

TEST_F(Admin, dead_letters_are_selected_redriven_and_deleted) {
  target.script("/sink", test::always(400));
  target.script("/other", test::always(500));
  start(acme({kSink, kOther}, {"a: { to: [sink] }", "b: { to: [other], {quick} }"}));
  accept("e1");
  accept("e2");
  ASSERT_EQ(wait_for_dead_letters(4).size(), 4u);
  EXPECT_EQ(dead_letters("?rule=a").size(), 2u);
  EXPECT_EQ(dead_letters("?reason=attempts_exhausted").size(), 2u);
  EXPECT_EQ(dead_letters("?rule=a&reason=attempts_exhausted").size(), 0u);
  EXPECT_EQ(dead_letters("?to=1h").size(), 0u);

  const auto deleted = admin("DELETE", kChannel + "/dead-letters", json{{"rule", "b"}});
  EXPECT_EQ(json::parse(deleted.body).at("count"), 2) << deleted.body;
  EXPECT_EQ(dead_letters().size(), 2u);

  target.script("/sink", test::always(204));
  const auto redriven = admin("POST", kChannel + "/dead-letters/redrive", json{{"rule", "a"}});
  EXPECT_EQ(json::parse(redriven.body).at("count"), 2) << redriven.body;
  EXPECT_TRUE(outcome_becomes(1, "a", "delivered"));
  EXPECT_TRUE(outcome_becomes(2, "a", "delivered"));
  EXPECT_EQ(dead_letters().size(), 0u);
}

TEST_F(Admin, the_dead_letters_cursor_goes_through_all_once) {
  target.script("/sink", test::always(400));
  start(acme_with_one_sink());
  for (int i = 0; i < 12; ++i) accept("e" + std::to_string(i));
  ASSERT_TRUE(total_becomes("dead", 12));
  Ids ids;
  std::string query = "?limit=5";
  for (int page = 0; page < 4; ++page) {
    const auto answer = look(kChannel + "/dead-letters" + query);
    for (const auto& letter : answer.at("dead_letters")) ids.push_back(letter.at("id"));
    if (!answer.contains("cursor")) break;
    query = "?limit=5&cursor=" + answer.at("cursor").get<std::string>();
  }
  EXPECT_EQ(ids.size(), 12u);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 12u);
}

TEST_F(Admin, a_paused_rule_keeps_its_events_until_it_is_resumed) {
  start(acme({kSink, kOther}, {"a: { to: [sink] }", "b: { to: [other] }"}));
  EXPECT_EQ(admin("POST", kChannel + "/rules/a/pause").status, 200u);
  for (int i = 0; i < 5; ++i) accept("e" + std::to_string(i));
  EXPECT_EQ(target.wait_for("/other", 5).size(), 5u);
  EXPECT_TRUE(total_becomes("pending", 5));
  EXPECT_EQ(target.requests("/sink").size(), 0u);
  EXPECT_EQ(look(kChannel + "/rules/a").at("paused"), true);
  EXPECT_EQ(admin("POST", kChannel + "/rules/a/resume").status, 200u);
  EXPECT_EQ(target.wait_for("/sink", 5).size(), 5u);
  EXPECT_TRUE(drained());
}

TEST_F(Admin, a_reload_adds_a_rule_and_changes_a_target_without_losing_an_event) {
  target.script("/sink", test::always(503));
  const std::string retry = "retry: { initial: 50ms, max: 50ms }";
  start(acme({kSink}, {"all: { to: [sink], " + retry + " }"}));
  accept("e1");
  ASSERT_EQ(target.wait_for("/sink", 1).size(), 1u);
  daemon().write_config(config_of(acme({R"(sink: { http: { url: "{target}/moved" } })", kOther},
                                       {"all: { to: [sink], " + retry + " }", "added: { to: [other] }"})));
  const auto response = admin("POST", "/v1/reload");
  EXPECT_EQ(response.status, 200u) << response.body;
  EXPECT_EQ(ids_of(target.wait_for("/moved", 1)), Ids{"e1"});
  accept("e2");
  EXPECT_EQ(ids_of(target.wait_for("/other", 1)), Ids{"e2"});
  EXPECT_TRUE(drained());
}

TEST_F(Admin, sighup_reloads_too) {
  start(acme_with_one_sink());
  daemon().write_config(config_of(acme({kOther}, {"added: { to: [other] }"})));
  daemon().signal(SIGHUP);
  ASSERT_TRUE(wait_until([&] { return admin("GET", kChannel + "/rules/added").status == 200; }));
  accept("e1");
  EXPECT_EQ(target.wait_for("/other", 1).size(), 1u);
  EXPECT_EQ(target.requests("/sink").size(), 0u);
}

TEST_F(Admin, a_faulty_file_changes_nothing_and_every_fault_is_told) {
  start(acme_with_one_sink());
  daemon().write_config(
      config_of(acme({R"(sink: { http: { url: "{target}/sink" } })"},
                     {"all: { to: [snik], retry: { attempts: lots } }", "two: { too: [sink] }"})));
  const auto response = admin("POST", "/v1/reload");
  EXPECT_EQ(response.status / 100, 4u);
  const auto problem = json::parse(response.body);
  EXPECT_GE(problem.at("errors").size(), 3u) << problem;
  EXPECT_NE(response.body.find("snik"), std::string::npos);
  accept("e1");
  EXPECT_EQ(target.wait_for("/sink", 1).size(), 1u);
}

TEST_F(Admin, a_rule_re_created_under_its_name_goes_on_where_it_was) {
  start(acme_with_one_sink());
  accept("e1");
  ASSERT_TRUE(total_becomes("delivered", 1));
  daemon().write_config(config_of(acme({kOther}, {"other: { to: [other] }"})));
  ASSERT_EQ(admin("POST", "/v1/reload").status, 200u);
  accept("e2");
  ASSERT_EQ(target.wait_for("/other", 1).size(), 1u);
  daemon().write_config(config_of(acme_with_one_sink()));
  ASSERT_EQ(admin("POST", "/v1/reload").status, 200u);
  accept("e3");
  ASSERT_TRUE(drained());
  const auto ids = ids_of(target.requests("/sink"));
  EXPECT_EQ(ids.front(), "e1");
  EXPECT_EQ(ids.back(), "e3");
  EXPECT_EQ(std::ranges::count(ids, "e1"), 1);
}

TEST_F(Admin, tail_shows_live_events_that_match_its_filter) {
  start(acme_with_one_sink());
  test::HttpConnection listener(daemon().admin_port());
  const std::string filter = "%7B%22type%22%3A%5B%22wanted%22%5D%7D";  // {"type":["wanted"]}
  listener.send("GET " + kChannel + "/tail?filter=" + filter + " HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = listener.read_until("\r\n\r\n");
  EXPECT_NE(head.find("text/event-stream"), std::string::npos) << head;
  listener.read_until("listening");
  accept("e1", "unwanted");
  accept("e2", "wanted");
  const auto shown = listener.read_until("\"e2\"");
  EXPECT_EQ(shown.find("\"e1\""), std::string::npos);
}

TEST_F(Admin, a_token_is_needed_where_tokens_are_configured) {
  const test::TempDir secrets;
  test::write_file(secrets.file("token"), "operator-token-0123456789\n");
  auto config = config_of(acme_with_one_sink());
  test::DaemonProcess guarded(config);
  auto text = test::read_file(guarded.config_file());
  const std::string admin_line = "127.0.0.1:" + std::to_string(guarded.admin_port());
  const auto at = text.find(admin_line) + admin_line.size();
  text.insert(at,
              ", tokens: [ { name: ops, token_file: " + secrets.file("token") + ", may: [read, operate] } ]");
  test::write_file(guarded.config_file(), text);
  guarded.start();
  const auto url = guarded.admin_url("/v1/status");
  EXPECT_EQ(test::http_request("GET", url).status, 401u);
  EXPECT_EQ(test::http_request("GET", url, {{"Authorization", "Bearer wrong"}}).status, 401u);
  EXPECT_EQ(test::http_request("GET", url, {{"Authorization", "Bearer operator-token-0123456789"}}).status,
            200u);
}

}  // namespace
}  // namespace signalbox::scenario
