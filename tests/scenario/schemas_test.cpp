// What the data of events must be.
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

class Schemas : public Bus {};

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
  const auto refused = post_events(
      {{"Content-Type", "application/cloudevents-batch+json"}},
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

}  // namespace
}  // namespace signalbox::scenario
