// Why a rule does not match: asked of a file and of a running daemon.
#include <sstream>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using test::ProgramResult;

const std::string kSink = R"(sink: { http: { url: "{target}/sink" } })";
const std::vector<std::string> kRules = {
    "swiss: { pattern: { data: { country: [CH] } }, to: [sink] }",
    R"(big-orders: { pattern: { type: [placed], data: { total: [ { numeric: [">", 1000] } ] } }, to: [sink] })",
    "audit: { to: [sink] }",
    "retired: { enabled: false, to: [sink] }",
    R"(by-sql: { sql: "subject = 'x'", to: [sink] })",
    "by-filters: { filters: [ { prefix: { type: pla } } ], to: [sink] }"};

/// Nearly what `big-orders` wants.
std::string small_order(const std::string& id = "e1") {
  return R"({"specversion":"1.0","id":")" + id +
         R"(","source":"/shop","type":"placed","data":{"total":900,"country":"CH"}})";
}

class Explain : public Bus {
 protected:
  void SetUp() override {
    Bus::SetUp();
    test::write_file(file_, "server: { ingest: { listen: 127.0.0.1:0 } }\n" + acme({kTarget}, kRules));
  }
  static ProgramResult run(std::vector<std::string> arguments, const std::string& input) {
    arguments.insert(arguments.begin(), {test::signalbox_binary(), "explain"});
    return test::run_program(arguments, input);
  }
  /// By the file.
  ProgramResult explain(const std::string& input, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--config", file_, "--channel", "acme/orders"});
    return run(std::move(more), input);
  }
  /// By the daemon.
  ProgramResult ask(const std::string& input, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"acme/orders", "--url", daemon().admin_url("")});
    return run(std::move(more), input);
  }
  HttpResponse post(const Headers& headers, const std::string& body, const std::string& query = {}) {
    return test::http_request("POST", daemon().admin_url(kChannel + "/explain" + query), headers, body);
  }
  static json verdict(const json& answer, const std::string& rule) {
    for (const auto& one : answer.at("rules"))
      if (one.at("rule") == rule) return one;
    return nullptr;
  }
  /// What an explanation of small_order() has to say.
  static void expect_explained(const json& answer) {
    EXPECT_EQ(answer.at("event").at("id"), "e1");
    EXPECT_EQ(answer.at("event").at("source"), "/shop");
    EXPECT_EQ(answer.at("event").at("type"), "placed");
    std::vector<std::string> names;
    for (const auto& rule : answer.at("rules")) names.push_back(rule.at("rule"));
    EXPECT_EQ(names,
              (std::vector<std::string>{"audit", "big-orders", "by-filters", "by-sql", "retired", "swiss"}));
    const json takes_it = {{"rule", "audit"}, {"match", true}, {"targets", {"sink"}}};
    EXPECT_EQ(verdict(answer, "audit"), takes_it);
    for (const auto* rule : {"by-filters", "swiss"})
      EXPECT_EQ(verdict(answer, rule).at("match"), true) << rule;
    for (const auto* rule : {"big-orders", "by-sql"}) {
      EXPECT_EQ(verdict(answer, rule).at("match"), false) << rule;
      for (const auto* part : {"place", "path", "wanted", "found"})
        EXPECT_TRUE(verdict(answer, rule).at(part).is_string()) << rule << ' ' << part;
    }
    const json retired = {{"rule", "retired"}, {"match", false}, {"enabled", false}, {"would_match", true}};
    EXPECT_EQ(verdict(answer, "retired"), retired);
  }

  const std::string kTarget =
      R"(sink: { http: { url: "https://crm.example/", auth: { bearer: { token_file: not-there } } } })";
  test::TempDir directory_;
  const std::string file_ = directory_.file("signalbox.yaml");
  const Headers kStructured = {{"Content-Type", "application/cloudevents+json"}};
};

TEST_F(Explain, a_file_explains_each_rule_without_a_daemon_and_without_its_secrets) {
  const auto result = explain(small_order(), {"--json"});
  ASSERT_EQ(result.exit.code, 0) << result.err;
  expect_explained(json::parse(result.out));
}

TEST_F(Explain, the_event_may_lie_in_a_file) {
  test::write_file(directory_.file("event.json"), small_order());
  const auto result = explain("", {"--json", "--event", directory_.file("event.json")});
  ASSERT_EQ(result.exit.code, 0) << result.err;
  expect_explained(json::parse(result.out));
}

TEST_F(Explain, people_get_a_table) {
  const auto result = explain(small_order());
  EXPECT_EQ(result.exit.code, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("placed  /shop  id e1\n3 of 6 rules match\n")) << result.out;
  EXPECT_NE(result.out.find("\naudit       yes                 sink\n"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("\nbig-orders  no"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("\nretired     disabled, else yes\n"), std::string::npos) << result.out;
}

TEST_F(Explain, several_events_are_explained_one_after_another) {
  for (const auto& input : {small_order("e1") + "\n" + small_order("e2") + "\n",
                            "[" + small_order("e1") + "," + small_order("e2") + "]"}) {
    const auto result = explain(input, {"--json", "--rule", "audit"});
    ASSERT_EQ(result.exit.code, 0) << result.err;
    std::istringstream lines(result.out);
    std::vector<std::string> ids;
    for (std::string line; std::getline(lines, line);) {
      const auto answer = json::parse(line);
      ids.push_back(answer.at("event").at("id"));
      EXPECT_EQ(answer.at("rules").size(), 1u);
    }
    EXPECT_EQ(ids, (std::vector<std::string>{"e1", "e2"})) << input;
  }
}

TEST_F(Explain, the_faults_of_an_invalid_event_are_listed_and_the_others_explained) {
  const auto result = explain(R"({"specversion":"0.3","id":"","source":"/s"})"
                              "\n" +
                                  small_order(),
                              {"--rule", "audit"});
  EXPECT_EQ(result.exit.code, 1);
  for (const auto* told :
       {"line 1: no valid CloudEvent\n", "  specversion: ", "  id: ", "  type: is missing\n"})
    EXPECT_NE(result.err.find(told), std::string::npos) << told << " in " << result.err;
  EXPECT_NE(result.out.find("audit: yes"), std::string::npos) << result.out;
}

TEST_F(Explain, names_that_do_not_exist_come_with_the_nearest_one_that_does) {
  struct Case {
    std::string channel, rule, told;
  };
  for (const auto& one : {Case{"acne/orders", "", "did you mean \"acme\"?"},
                          Case{"acme/ordres", "", "did you mean \"orders\"?"},
                          Case{"acme/orders", "big-order", "did you mean \"big-orders\"?"}}) {
    const auto result = run({"--config", file_, one.channel, "--rule", one.rule}, small_order());
    EXPECT_EQ(result.exit.code, 1) << one.told;
    EXPECT_NE(result.err.find(one.told), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(Explain, exit_codes_tell_input_command_line_and_network_apart) {
  EXPECT_EQ(run({"--config", "/nowhere/at/all.yaml", "acme/orders"}, small_order()).exit.code, 1);
  EXPECT_EQ(explain("", {"--event", "/nowhere/at/all.json"}).exit.code, 1);
  EXPECT_EQ(explain("not json").exit.code, 1);
  EXPECT_EQ(run({"--config", file_, "acme"}, small_order()).exit.code, 1);
  EXPECT_EQ(run({"--config", file_}, small_order()).exit.code, 2);
  EXPECT_EQ(run({"--config", file_, "--url", "http://127.0.0.1:1", "acme/orders"}, small_order()).exit.code,
            2);
  EXPECT_EQ(run({"--url", "http://127.0.0.1:1", "acme/orders", "--seq", "x"}, "").exit.code, 2);
  EXPECT_EQ(run({"--url", "http://127.0.0.1:1", "acme/orders"}, small_order()).exit.code, 3);
}

TEST_F(Explain, a_faulty_filter_is_told_with_its_place) {
  test::write_file(
      file_, acme({kTarget}, {"odd: { pattern: { data: { total: [ { numerc: [1] } ] } }, to: [sink] }"}));
  const auto result = explain(small_order());
  EXPECT_EQ(result.exit.code, 1);
  EXPECT_NE(result.err.find("signalbox.yaml:8:"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("did you mean \"numeric\"?"), std::string::npos) << result.err;
}

TEST_F(Explain, a_daemon_explains_an_event_by_its_live_rules_in_every_form) {
  start(acme({kSink}, kRules));
  const Headers binary = {{"ce-specversion", "1.0"},
                          {"ce-id", "e1"},
                          {"ce-source", "/shop"},
                          {"ce-type", "placed"},
                          {"Content-Type", "application/json"}};
  const auto headers = std::vector<std::pair<Headers, std::string>>{
      {kStructured, small_order()}, {binary, R"({"total":900,"country":"CH"})"}, {{}, small_order()}};
  for (const auto& [its, body] : headers) {
    const auto response = post(its, body);
    ASSERT_EQ(response.status, 200u) << response.body;
    expect_explained(json::parse(response.body));
  }
  EXPECT_EQ(total("accepted"), 0u);
}

TEST_F(Explain, a_daemon_explains_an_event_of_its_log) {
  start(acme({kSink}, kRules));
  ASSERT_EQ(post_events(kStructured, small_order()).status, 202u);
  const auto response = post({}, R"({"seq":1})");
  ASSERT_EQ(response.status, 200u) << response.body;
  auto answer = json::parse(response.body);
  EXPECT_EQ(answer.at("event").at("seq"), 1);
  expect_explained(answer);
  for (const auto* body : {R"({"seq":2})", R"({"seq":0})"}) EXPECT_EQ(post({}, body).status, 404u) << body;
}

TEST_F(Explain, one_rule_can_be_asked_for) {
  start(acme({kSink}, kRules));
  const auto response = post(kStructured, small_order(), "?rule=swiss");
  ASSERT_EQ(response.status, 200u) << response.body;
  EXPECT_EQ(json::parse(response.body).at("rules").size(), 1u);
  const auto missing = post(kStructured, small_order(), "?rule=swis");
  EXPECT_EQ(missing.status, 404u);
  EXPECT_NE(missing.body.find("did you mean \\\"swiss\\\"?"), std::string::npos) << missing.body;
}

TEST_F(Explain, a_paused_rule_takes_events_and_says_that_they_wait) {
  start(acme({kSink}, kRules));
  ASSERT_EQ(admin("POST", kChannel + "/rules/audit/pause").status, 200u);
  const auto answer = json::parse(post(kStructured, small_order()).body);
  EXPECT_EQ(verdict(answer, "audit").at("match"), true);
  EXPECT_EQ(verdict(answer, "audit").at("paused"), true);
  EXPECT_FALSE(verdict(answer, "swiss").contains("paused"));
}

TEST_F(Explain, a_question_that_is_none_is_answered_with_its_faults) {
  start(acme({kSink}, kRules));
  struct Case {
    Headers headers;
    std::string body, query;
    unsigned status;
  };
  const Headers batch = {{"Content-Type", "application/cloudevents-batch+json"}};
  for (const auto& one : {Case{kStructured, R"({"specversion":"1.0"})", "", 400}, Case{{}, "", "", 400},
                          Case{{}, R"({"seq":"1"})", "", 400}, Case{{}, R"({"seq":1,"more":2})", "", 400},
                          Case{batch, "[" + small_order() + "," + small_order() + "]", "", 400},
                          Case{kStructured, small_order(), "?colour=red", 400}}) {
    const auto response = post(one.headers, one.body, one.query);
    EXPECT_EQ(response.status, one.status) << one.body << one.query << response.body;
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json") << one.body;
  }
  const auto problem = json::parse(post(kStructured, R"({"specversion":"1.0"})").body);
  EXPECT_EQ(problem.at("errors").size(), 3u) << problem;  // id, source, type
  EXPECT_EQ(test::http_request("POST", daemon().admin_url("/v1/tenants/acme/channels/ordres/explain"),
                               kStructured, small_order())
                .status,
            404u);
}

TEST_F(Explain, the_command_line_asks_a_daemon_and_prints_the_same) {
  start(acme({kSink}, kRules));
  const auto by_daemon = ask(small_order()), by_file = explain(small_order());
  EXPECT_EQ(by_daemon.exit.code, 0) << by_daemon.err;
  EXPECT_EQ(by_daemon.out, by_file.out);
  EXPECT_EQ(ask(small_order(), {"--json"}).out, explain(small_order(), {"--json"}).out);
  ASSERT_EQ(post_events(kStructured, small_order()).status, 202u);
  EXPECT_NE(ask("", {"--seq", "1"}).out.find("id e1  seq 1\n"), std::string::npos);
  EXPECT_EQ(ask("", {"--seq", "9"}).exit.code, 1);
  EXPECT_EQ(ask(small_order(), {"--rule", "nobody"}).exit.code, 1);
}

TEST_F(Explain, very_many_rules_are_explained_in_pieces) {
  constexpr std::size_t kMany = 1000;
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < kMany; ++i)
    rules.push_back("r" + std::to_string(1000 + i) + ": { pattern: { data: { total: [" + std::to_string(i) +
                    "] } }, to: [sink] }");
  start(acme({kSink}, rules));
  const auto answer = json::parse(post(kStructured, small_order()).body);
  ASSERT_EQ(answer.at("rules").size(), kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    EXPECT_EQ(answer["rules"][i].at("rule"), "r" + std::to_string(1000 + i));
    EXPECT_EQ(answer["rules"][i].at("match"), i == 900) << i;
  }
}

}  // namespace
}  // namespace signalbox::scenario
