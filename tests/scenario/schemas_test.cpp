// What the data of events must be.
#include <algorithm>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

const std::string kTenant = R"(tenants:
  acme:
    targets: { sink: { http: { url: "{target}/sink" } }, bin: { http: { url: "{target}/bin" } } }
    channels:
      orders:
        schemas:
          - type: order
            schema: { required: [total], properties: { total: { type: number, minimum: 0 } } }
          - { type: note, on_invalid: tag, schema: { required: [text] } }
        rules:
          all: { to: [sink], {quick} }
          odd: { pattern: { schemafault: [{ exists: true }] }, to: [bin], {quick} }
)";

const std::string kDeadLetters = R"(tenants:
  acme:
    targets: { sink: { http: { url: "{target}/sink" } }, bin: { http: { url: "{target}/bin" } } }
    channels:
      orders:
        schemas:
          - { type: order, on_invalid: dead_letter, schema: SCHEMA }
        rules:
          all: { to: [sink], {quick} }
)";

std::string with_schema(const std::string& schema) {
  auto text = kDeadLetters;
  return text.replace(text.find("SCHEMA"), 6, schema);
}

class Schemas : public Bus {
 protected:
  void change(const std::string& tenants) {
    daemon().write_config(config_of(tenants));
    const auto reloaded = admin("POST", "/v1/reload");
    ASSERT_EQ(reloaded.status, 200u) << reloaded.body;
  }
  std::size_t redriven() {
    const auto answer = admin("POST", kChannel + "/dead-letters/redrive");
    EXPECT_EQ(answer.status, 200u) << answer.body;
    return json::parse(answer.body).at("count");
  }
};

TEST_F(Schemas, an_event_that_does_not_fit_is_refused_with_each_fault) {
  start(kTenant);
  EXPECT_EQ(publish("good", "order", R"({"total":1})").status, 202u);
  const auto refused = publish("bad", "order", R"({"total":-1})");
  EXPECT_EQ(refused.status, 422u);
  const auto problem = json::parse(refused.body);
  EXPECT_EQ(problem["type"], "urn:signalbox:problem:invalid-data");
  ASSERT_EQ(problem["errors"].size(), 1u);
  EXPECT_EQ(problem["errors"][0]["where"], "/total");
  EXPECT_EQ(problem["errors"][0]["index"], 0);
  EXPECT_EQ(publish("other", "unknown", "{}").status, 202u);
  ASSERT_TRUE(drained());
  EXPECT_EQ(ids_of(target.requests("/sink")).size(), 2u);
}

TEST_F(Schemas, one_event_that_does_not_fit_refuses_its_batch) {
  start(kTenant);
  const auto refused =
      post_events({{"Content-Type", "application/cloudevents-batch+json"}},
                  R"([{"specversion":"1.0","id":"1","source":"/s","type":"order","data":{"total":1}},
          {"specversion":"1.0","id":"2","source":"/s","type":"order","data":{}}])");
  EXPECT_EQ(refused.status, 422u);
  EXPECT_EQ(json::parse(refused.body)["errors"][0]["index"], 1);
  EXPECT_EQ(total("accepted"), 0u);
}

TEST_F(Schemas, a_tagged_event_is_taken_and_rules_see_the_tag) {
  start(kTenant);
  EXPECT_EQ(publish("n1", "note", R"({"text":"x"})").status, 202u);
  EXPECT_EQ(publish("n2", "note", "{}").status, 202u);
  ASSERT_TRUE(drained());
  EXPECT_EQ(ids_of(target.requests("/sink")).size(), 2u);
  EXPECT_EQ(ids_of(target.requests("/bin")), std::vector<std::string>{"n2"});
}

TEST_F(Schemas, an_event_that_does_not_fit_becomes_a_dead_letter_that_says_why) {
  start(with_schema("{ required: [total], properties: { total: { minimum: 0 }, name: { type: string } } }"));
  EXPECT_EQ(publish("good", "order", R"({"total":1})").status, 202u);
  EXPECT_EQ(publish("bad", "order", R"({"total":-1,"name":7})").status, 202u);
  const auto letters = wait_for_dead_letters(1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0]["id"], "bad");
  EXPECT_EQ(letters[0]["rule"], "_invalid");
  EXPECT_EQ(letters[0]["reason"], "invalid_data");
  const auto why = letters[0]["last_error"].get<std::string>();
  EXPECT_NE(why.find("/total: must be at least 0"), std::string::npos) << why;
  EXPECT_NE(why.find("/name: must be a string"), std::string::npos) << why;
  const auto journey = look(kChannel + "/events/2");
  EXPECT_EQ(journey["matched"], json::array({"_invalid"}));
  EXPECT_EQ(journey["journey"].back()["what"], "dead");
  EXPECT_EQ(journey["journey"].back()["error"], why);
  ASSERT_TRUE(drained());
  EXPECT_EQ(ids_of(target.requests("/sink")), std::vector<std::string>{"good"});
}

TEST_F(Schemas, a_redriven_event_is_checked_with_the_schemas_of_now) {
  start(with_schema("{ required: [total] }"));
  EXPECT_EQ(publish("1", "order", R"({"sum":1})").status, 202u);
  EXPECT_EQ(publish("2", "order", "{}").status, 202u);
  ASSERT_EQ(wait_for_dead_letters(2).size(), 2u);
  EXPECT_EQ(redriven(), 0u);
  change(with_schema("{ required: [sum] }"));
  EXPECT_EQ(redriven(), 1u);
  ASSERT_TRUE(drained());
  const auto sent = target.requests("/sink");
  ASSERT_EQ(ids_of(sent), std::vector<std::string>{"1"});
  EXPECT_EQ(sent[0].header("ce-schemafault"), "");
  const auto outcomes = look(kChannel + "/events/1")["outcomes"];
  const auto of_invalid = std::find_if(outcomes.begin(), outcomes.end(),
                                       [](const json& one) { return one.at("rule") == "_invalid"; });
  ASSERT_NE(of_invalid, outcomes.end());
  EXPECT_EQ(of_invalid->at("outcome"), "rerouted");
  ASSERT_EQ(dead_letters().size(), 1u);
  EXPECT_EQ(dead_letters()[0]["id"], "2");
}

TEST_F(Schemas, invalid_events_outlive_a_crash_and_the_schema_itself) {
  start(with_schema("{ required: [total] }"));
  EXPECT_EQ(publish("1", "order", "{}").status, 202u);
  daemon().kill_hard();
  daemon().start();
  ASSERT_EQ(wait_for_dead_letters(1).size(), 1u);
  change(acme_with_one_sink());
  ASSERT_EQ(dead_letters().size(), 1u);
  daemon().kill_hard();
  daemon().start();
  EXPECT_EQ(redriven(), 1u);
  ASSERT_TRUE(drained());
  EXPECT_EQ(ids_of(target.requests("/sink")), std::vector<std::string>{"1"});
  EXPECT_TRUE(dead_letters().empty());
}

}  // namespace
}  // namespace signalbox::scenario
