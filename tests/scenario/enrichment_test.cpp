// Rules that ask a target before they deliver, with a real daemon and real servers.
#include <gmock/gmock.h>

#include <atomic>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using testing::HasSubstr;

const std::string kSink = R"(sink: { http: { url: "{target}/sink" } })";
const std::string kInfo = R"(info: { http: { url: "{target}/info" } })";

class Enrichment : public Bus {
 protected:
  static std::string rule(const std::string& enrich) {
    return "all: { to: sink, transform: { enrich: { target: info, retry: { attempts: 3, initial: 10ms }, " +
           enrich + " } }, {quick} }";
  }
  void start_with(const std::string& enrich) { start(acme({kSink, kInfo}, {rule(enrich)})); }
  static Answer json_answer(const std::string& body) {
    Answer answer = Answer::with(200);
    answer.headers = {{"Content-Type", "application/json"}};
    answer.body = body;
    return answer;
  }
  void says(const std::string& path, const std::string& body) {
    target.script(path, [body](const test::RecordedRequest&) { return json_answer(body); });
  }
  std::string delivered() {
    const auto requests = target.wait_for("/sink", 1);
    return requests.empty() ? "nothing" : requests.front().body;
  }
  bool metric(const std::string& line) {
    const auto text = admin("GET", "/metrics").body;
    return text.find(line) != std::string::npos;
  }
};

TEST_F(Enrichment, an_answer_joins_the_event) {
  says("/info", R"({"name":"Ann","no":12345678901234567890})");
  start_with("join: $.data.customer_details");
  accept("e1", "order", R"({"customer":"c-7"})");
  EXPECT_EQ(delivered(), R"({"customer":"c-7","customer_details":{"name":"Ann","no":12345678901234567890}})");
  const auto asked = target.requests("/info");
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].method, "POST");
  EXPECT_EQ(asked[0].header("ce-id"), "e1");
  EXPECT_EQ(asked[0].body, R"({"customer":"c-7"})");
  EXPECT_TRUE(total_becomes("delivered", 1));
}

TEST_F(Enrichment, a_get_asks_by_path_and_query) {
  says("/info/customers/c%2F7?expand=full", R"("gold")");
  start_with(
      R"(method: GET, path: "/customers/<$.data.customer>", query: { expand: full }, join: $.data.class)");
  accept("e1", "order", R"({"customer":"c/7"})");
  EXPECT_EQ(delivered(), R"({"customer":"c/7","class":"gold"})");
}

TEST_F(Enrichment, an_answer_replaces_the_data) {
  target.script("/info", [](const test::RecordedRequest&) {
    Answer answer = Answer::with(200);
    answer.headers = {{"Content-Type", "text/csv"}};
    answer.body = "a;b";
    return answer;
  });
  start_with("body: { id: <$.data.customer> }, replace: data");
  accept("e1", "order", R"({"customer":"c-7"})");
  EXPECT_EQ(delivered(), "a;b");
  EXPECT_EQ(target.requests("/sink")[0].header("Content-Type"), "text/csv");
  EXPECT_EQ(target.requests("/sink")[0].header("ce-id"), "e1");
  EXPECT_EQ(target.requests("/info")[0].body, R"({"id":"c-7"})");
}

TEST_F(Enrichment, an_answer_is_the_event_and_no_content_is_none) {
  target.script("/info", [](const test::RecordedRequest& request) {
    if (request.header("ce-id") == "e2") return Answer::with(204);
    auto answer = json_answer(R"({"seen":true})");
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
             {"ce-specversion", "1.0"}, {"ce-id", "made"}, {"ce-source", "/info"}, {"ce-type", "seen"}})
      answer.headers.emplace_back(name, value);
    return answer;
  });
  start_with("replace: event");
  accept("e1");
  accept("e2");
  ASSERT_TRUE(drained());
  EXPECT_EQ(ids_of(target.requests("/sink")), std::vector<std::string>({"made"}));
  EXPECT_EQ(total("dropped"), 1u);
}

TEST_F(Enrichment, equal_questions_are_asked_once) {
  says("/info", R"({"name":"Ann"})");
  start_with("join: $.data.details, cache: { for: 5m, key: $.data.customer }");
  for (int n = 0; n < 20; ++n)
    accept("e" + std::to_string(n), "order", n % 2 == 0 ? R"({"customer":"a"})" : R"({"customer":"b"})");
  ASSERT_TRUE(drained());
  EXPECT_EQ(total("delivered"), 20u);
  EXPECT_EQ(target.requests("/info").size(), 2u);
  EXPECT_TRUE(metric(
      R"(signalbox_enrichment_calls_total{tenant="acme",channel="orders",rule="all",step="1",target="info"} 2)"));
  EXPECT_TRUE(metric(
      R"(signalbox_enrichment_cache_hits_total{tenant="acme",channel="orders",rule="all",step="1",target="info"} 18)"));
}

TEST_F(Enrichment, a_target_that_hangs_is_asked_again) {
  auto hung = std::make_shared<std::atomic<bool>>(false);
  target.script("/info", [hung](const test::RecordedRequest&) {
    return hung->exchange(true) ? json_answer("1") : Answer::hanging();
  });
  start_with("timeout: 200ms, join: $.data.n");
  accept("e1");
  EXPECT_EQ(delivered(), R"({"n":1})");
  EXPECT_EQ(target.requests("/info").size(), 2u);
  EXPECT_TRUE(metric(
      R"(signalbox_enrichment_failures_total{tenant="acme",channel="orders",rule="all",step="1",target="info"} 1)"));
}

TEST_F(Enrichment, a_final_answer_is_a_dead_letter_that_says_so) {
  target.script("/info", test::always(404));
  start_with("join: $.data.n");
  accept("e1");
  const auto dead = wait_for_dead_letters(1);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].at("reason"), "transform_failed");
  EXPECT_EQ(dead[0].at("last_status"), 404);
  EXPECT_EQ(dead[0].at("last_error"), "enrichment failed: info: HTTP 404");
  EXPECT_EQ(target.requests("/info").size(), 1u);
  EXPECT_EQ(target.requests("/sink").size(), 0u);
}

TEST_F(Enrichment, with_continue_the_event_says_what_it_lacks) {
  target.script("/info", test::always(404));
  start_with("join: $.data.n, on_error: continue");
  accept("e1");
  EXPECT_EQ(delivered(), "{}");
  EXPECT_EQ(target.requests("/sink")[0].header("ce-enrichmenterror"), "info:%20HTTP%20404");
}

TEST_F(Enrichment, deliveries_go_on_when_the_target_is_back) {
  auto down = std::make_shared<std::atomic<bool>>(true);
  target.script("/info", [down](const test::RecordedRequest&) {
    if (*down) {
      Answer answer;
      answer.manner = Answer::Manner::close;
      return answer;
    }
    return json_answer("1");
  });
  start(acme(
      {kSink, kInfo},
      {"all: { to: sink, transform: { enrich: { target: info, retry: { attempts: 1 }, join: $.data.n } }, "
       "retry: { attempts: 1000, initial: 50ms, factor: 1, jitter: none } }"}));
  accept("e1");
  ASSERT_TRUE(wait_until([&] { return target.requests("/info").size() >= 3; }));
  EXPECT_EQ(target.requests("/sink").size(), 0u);
  const auto journey = look(kChannel + "/events/1").at("journey").dump();
  EXPECT_THAT(journey, HasSubstr("retrying"));
  EXPECT_THAT(journey, HasSubstr("enrichment failed: info: "));
  *down = false;
  EXPECT_EQ(delivered(), R"({"n":1})");
  EXPECT_TRUE(drained());
}

TEST_F(Enrichment, the_address_policy_holds_for_questions) {
  start(acme({kSink, R"(info: { http: { url: "{target}/info", addresses: { deny: [127.0.0.0/8] } } })"},
             {rule("join: $.data.n")}));
  accept("e1");
  const auto dead = wait_for_dead_letters(1);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].at("reason"), "attempts_exhausted");
  EXPECT_THAT(dead[0].at("last_error").get<std::string>(), HasSubstr("not allowed"));
  EXPECT_EQ(target.requests("/info").size(), 0u);
}

TEST_F(Enrichment, a_reload_changes_what_is_asked) {
  says("/info", "1");
  says("/info/new", "2");
  start_with("join: $.data.n");
  accept("e1");
  EXPECT_EQ(delivered(), R"({"n":1})");
  const auto reload = [this](const std::string& enrich) {
    daemon().write_config(config_of(acme({kSink, kInfo}, {rule(enrich)})));
    return admin("POST", "/v1/reload");
  };
  const auto refused = reload("metod: GET, join: $.data.n");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(reload("path: /new, join: $.data.m").status, 200);
  accept("e2");
  const auto requests = target.wait_for("/sink", 2);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].body, R"({"m":2})");
}

TEST_F(Enrichment, what_cannot_be_asked_is_refused_when_loaded) {
  says("/info", "1");
  start_with("join: $.data.n");
  const auto reload = [this](const std::string& name) {
    daemon().write_config(config_of(
        acme({kSink, kInfo, "again: { channel: orders }"},
             {"all: { to: sink, transform: { enrich: { target: " + name + ", join: $.data.n } } }"})));
    return admin("POST", "/v1/reload");
  };
  const auto unknown = reload("inof");
  EXPECT_EQ(unknown.status, 422);
  EXPECT_THAT(unknown.body, HasSubstr("the tenant has no target \\\"inof\\\""));
  EXPECT_THAT(unknown.body, HasSubstr("did you mean \\\"info\\\"?"));
  const auto channel = reload("again");
  EXPECT_EQ(channel.status, 422);
  EXPECT_THAT(channel.body, HasSubstr("takes events and does not answer"));
}

}  // namespace
}  // namespace signalbox::scenario
