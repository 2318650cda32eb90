// Retries, dead letters and what targets are shown.
#include <algorithm>
#include <set>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Delivery : public Bus {
 protected:
  /// One rule to a target with more options than its address.
  void start_with_sink(const std::string& more_options, const std::string& rule_options = "{quick}") {
    start(acme({R"(sink: { http: { url: "{target}/sink")" + more_options + " } }"},
               {"all: { to: [sink], " + rule_options + " }"}));
  }
  std::vector<std::string> attempts_seen() const {
    std::vector<std::string> attempts;
    for (const auto& request : target.requests("/sink"))
      attempts.push_back(request.header("Signalbox-Attempt"));
    return attempts;
  }
};

TEST_F(Delivery, a_target_that_fails_three_times_and_then_works_gets_the_event) {
  target.script("/sink", test::fails_first(3));
  start_with_sink("");
  accept("e1", "t", R"({"n":1})");
  const auto requests = target.wait_for("/sink", 4);
  ASSERT_TRUE(drained());
  EXPECT_EQ(attempts_seen(), (std::vector<std::string>{"1", "2", "3", "4"}));
  for (const auto& request : requests) EXPECT_EQ(request.body, R"({"n":1})");
  EXPECT_EQ(total("delivered"), 1u);
  EXPECT_EQ(dead_letters().size(), 0u);
}

TEST_F(Delivery, a_target_that_never_works_leads_to_a_dead_letter_with_reason_and_attempts) {
  target.script("/sink", test::always(500));
  start_with_sink("");
  accept("e1", "t", R"({"n":1})");
  const auto dead = wait_for_dead_letters(1);
  ASSERT_EQ(dead.size(), 1u);
  const auto& letter = dead[0];
  EXPECT_EQ(letter.at("seq"), 1);
  EXPECT_EQ(letter.at("id"), "e1");
  EXPECT_EQ(letter.at("source"), "/scenario");
  EXPECT_EQ(letter.at("rule"), "all");
  EXPECT_EQ(letter.at("target"), "sink");
  EXPECT_EQ(letter.at("reason"), "attempts_exhausted");
  EXPECT_EQ(letter.at("attempts"), 5);
  EXPECT_EQ(letter.at("last_status"), 500);
  EXPECT_LT(letter.at("first_attempt").get<std::string>(), letter.at("last_attempt").get<std::string>());
  EXPECT_EQ(letter.at("event").at("data"), (json{{"n", 1}}));
  EXPECT_EQ(target.requests("/sink").size(), 5u);
  EXPECT_EQ(total("dead"), 1u);
  EXPECT_EQ(total("pending"), 0u);
}

TEST_F(Delivery, a_dead_letter_is_delivered_when_redriven_after_the_target_was_mended) {
  target.script("/sink", test::always(500));
  start_with_sink("");
  accept("e1");
  ASSERT_EQ(wait_for_dead_letters(1).size(), 1u);
  target.script("/sink", test::always(204));
  const auto before = target.requests("/sink").size();
  const auto response = admin("POST", kChannel + "/dead-letters/redrive", json{{"rule", "all"}});
  EXPECT_EQ(response.status / 100, 2u) << response.body;
  const auto requests = target.wait_for("/sink", before + 1);
  ASSERT_EQ(requests.size(), before + 1);
  EXPECT_EQ(requests.back().header("ce-id"), "e1");
  EXPECT_EQ(requests.back().header("Signalbox-Attempt"), "1");
  ASSERT_TRUE(total_becomes("dead", 0));
  EXPECT_EQ(dead_letters().size(), 0u);
  EXPECT_TRUE(total_becomes("delivered", 1));
}

TEST_F(Delivery, retry_after_is_obeyed) {
  const auto refuse_once = [](const test::RecordedRequest& request) {
    auto answer = Answer::with(request.nth == 1 ? 429 : 204);
    if (request.nth == 1) answer.headers = {{"Retry-After", "1"}};
    return answer;
  };
  target.script("/sink", refuse_once);
  start_with_sink("");
  accept("e1");
  const auto requests = target.wait_for("/sink", 2);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_GE(requests[1].at - requests[0].at, milliseconds(950));
}

TEST_F(Delivery, a_final_answer_is_a_dead_letter_at_once) {
  target.script("/sink", test::always(400));
  start_with_sink("");
  accept("e1");
  const auto dead = wait_for_dead_letters(1);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].at("reason"), "rejected");
  EXPECT_EQ(dead[0].at("attempts"), 1);
  EXPECT_EQ(dead[0].at("last_status"), 400);
  EXPECT_EQ(target.requests("/sink").size(), 1u);
}

TEST_F(Delivery, answers_408_425_and_429_are_tried_again) {
  for (const unsigned status : {408u, 425u, 429u}) {
    target.script("/sink", test::fails_first(1, status));
    if (status == 408) start_with_sink("");
    accept("e" + std::to_string(status));
  }
  ASSERT_TRUE(drained());
  EXPECT_EQ(total("delivered"), 3u);
}

TEST_F(Delivery, a_target_that_answers_410_gets_no_more) {
  target.script("/sink", test::always(410));
  start_with_sink("");
  accept("e1");
  const auto dead = wait_for_dead_letters(1);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].at("reason"), "target_disabled");
  accept("e2");
  ASSERT_TRUE(wait_until([&] { return total("accepted") == 2; }));
  EXPECT_EQ(ids_of(target.requests("/sink")), (std::vector<std::string>{"e1"}));
}

TEST_F(Delivery, a_redirect_is_not_followed) {
  target.script("/sink", test::always(302, {{"Location", target.url("/elsewhere")}}));
  start_with_sink("");
  accept("e1");
  ASSERT_EQ(wait_for_dead_letters(1).size(), 1u);
  EXPECT_EQ(target.requests("/elsewhere").size(), 0u);
}

TEST_F(Delivery, an_answer_that_does_not_come_in_time_is_a_failed_attempt) {
  const auto hang_once = [](const test::RecordedRequest& request) {
    return request.nth == 1 ? Answer::hanging() : Answer::with(204);
  };
  target.script("/sink", hang_once);
  start_with_sink(", timeout: 200ms");
  accept("e1");
  const auto requests = target.wait_for("/sink", 2);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_GE(requests[1].at - requests[0].at, milliseconds(200));
  EXPECT_TRUE(drained());
}

TEST_F(Delivery, a_connection_closed_without_an_answer_is_a_failed_attempt) {
  const auto close_once = [](const test::RecordedRequest& request) {
    auto answer = Answer::with(204);
    if (request.nth == 1) answer.manner = Answer::Manner::close;
    return answer;
  };
  target.script("/sink", close_once);
  start_with_sink("");
  accept("e1");
  EXPECT_EQ(target.wait_for("/sink", 2).size(), 2u);
  EXPECT_TRUE(total_becomes("delivered", 1));
}

TEST_F(Delivery, structured_mode_sends_the_whole_event_as_json) {
  start_with_sink(", mode: structured");
  accept("e1", "t", R"({"n": 1.50})");
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_TRUE(requests[0].header("Content-Type").starts_with("application/cloudevents+json"));
  const auto event = json::parse(requests[0].body);
  EXPECT_EQ(event.at("id"), "e1");
  EXPECT_NE(requests[0].body.find(R"({"n": 1.50})"), std::string::npos) << requests[0].body;
}

TEST_F(Delivery, batch_mode_sends_several_events_in_one_request) {
  start_with_sink(", mode: batch");
  std::string batch = "[";
  for (int i = 0; i < 20; ++i) {
    if (i > 0) batch += ',';
    batch += R"({"specversion":"1.0","source":"/s","type":"t","id":"b)" + std::to_string(i) + R"("})";
  }
  EXPECT_EQ(post_events({{"Content-Type", "application/cloudevents-batch+json"}}, batch + "]").status, 202u);
  ASSERT_TRUE(total_becomes("delivered", 20));
  std::set<std::string> ids;
  const auto requests = target.requests("/sink");
  for (const auto& request : requests) {
    EXPECT_TRUE(request.header("Content-Type").starts_with("application/cloudevents-batch+json"));
    for (const auto& event : json::parse(request.body)) ids.insert(event.at("id"));
  }
  EXPECT_EQ(ids.size(), 20u);
  EXPECT_LT(requests.size(), 20u);
}

TEST_F(Delivery, a_signed_delivery_carries_the_three_webhook_headers) {
  const test::TempDir secrets;
  test::write_file(secrets.file("key"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
  start_with_sink(", sign: { secret_file: " + secrets.file("key") + " }");
  accept("e1");
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_FALSE(requests[0].header("webhook-id").empty());
  EXPECT_FALSE(requests[0].header("webhook-timestamp").empty());
  EXPECT_TRUE(requests[0].header("webhook-signature").starts_with("v1,"));
}

TEST_F(Delivery, the_targets_credentials_are_sent_and_shown_nowhere) {
  const test::TempDir secrets;
  test::write_file(secrets.file("token"), "very-secret-token\n");
  start_with_sink(", auth: { bearer: { token_file: " + secrets.file("token") + " } }");
  accept("e1");
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].header("Authorization"), "Bearer very-secret-token");
  EXPECT_EQ(look("/v1/tenants/acme").dump().find("very-secret"), std::string::npos);
  EXPECT_EQ(daemon().log().find("very-secret"), std::string::npos);
}

TEST_F(Delivery, a_hanging_target_does_not_hold_up_another) {
  target.script("/stuck", [](const test::RecordedRequest&) { return Answer::hanging(); });
  start(acme({R"(stuck: { http: { url: "{target}/stuck", timeout: 30s } })",
              R"(sink: { http: { url: "{target}/sink" } })"},
             {"to-stuck: { to: [stuck] }", "to-sink: { to: [sink] }"}));
  for (int i = 0; i < 100; ++i) accept("e" + std::to_string(i));
  EXPECT_EQ(target.wait_for("/sink", 100, seconds(5)).size(), 100u);
}

TEST_F(Delivery, events_of_one_key_arrive_in_order_and_hold_back_no_other_key) {
  const auto fail_a0_twice = [](const test::RecordedRequest& request) {
    return Answer::with(request.header("ce-id") == "a0" && request.nth <= 2 ? 503 : 204);
  };
  target.script("/sink", fail_a0_twice);
  start_with_sink("", "order: key, {quick}");
  for (int i = 0; i < 5; ++i) {
    for (const std::string key : {"a", "b"}) {
      const auto response = publish(key + std::to_string(i), "t", "{}", {{"ce-partitionkey", key}});
      ASSERT_EQ(response.status, 202u);
    }
  }
  ASSERT_TRUE(drained());
  std::vector<std::string> a, b;
  for (const auto& id : ids_of(target.requests("/sink"))) (id[0] == 'a' ? a : b).push_back(id);
  EXPECT_EQ(a, (std::vector<std::string>{"a0", "a0", "a0", "a1", "a2", "a3", "a4"}));
  EXPECT_EQ(b, (std::vector<std::string>{"b0", "b1", "b2", "b3", "b4"}));
}

}  // namespace
}  // namespace signalbox::scenario
