// What targets get of transforms: chains, raw bodies with headers of their own, and what fails.
#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

class Transforms : public Bus {
 protected:
  /// One rule to a target, with that transform.
  void start_with(const std::string& transform, const std::string& more_options = {}) {
    start(acme({R"(sink: { http: { url: "{target}/sink")" + more_options + " } }"},
               {"all: { to: [sink], " + transform + ", {quick} }"}));
  }
  test::RecordedRequest deliver(const std::string& data) {
    accept("e1", "order", data);
    const auto requests = target.wait_for("/sink", 1);
    EXPECT_EQ(requests.size(), 1u);
    return requests.at(0);
  }
};

TEST_F(Transforms, a_chain_changes_the_event_step_by_step) {
  start_with(R"(transform: [{ paths: { who: $.data.customer }, template: { greeting: "Hello <who>" } },)"
             R"( { set: { type: "seen.<$.type>", greeting: $.data.greeting }, remove: [subject] }])");
  const auto request = deliver(R"({"customer":"Ann"})");
  EXPECT_EQ(request.body, R"({"greeting":"Hello Ann"})");
  EXPECT_EQ(request.header("ce-type"), "seen.order");
  EXPECT_EQ(request.header("ce-greeting"), "Hello%20Ann");
  EXPECT_EQ(request.header("ce-id"), "e1");
  EXPECT_TRUE(total_becomes("delivered", 1));
}

TEST_F(Transforms, a_raw_body_goes_out_with_its_media_type_and_headers_and_without_the_event) {
  target.script("/sink", test::fails_first(1));
  start_with(R"(transform: [{ set: { subject: $.data.customer } }, { template: "<$.subject>;<$.data.n>",)"
             R"( raw: { content_type: text/csv, headers: { x-kind: "<$.type>", x-key: theirs } } }])",
             R"(, mode: batch, headers: { x-key: ours })");
  accept("e1", "order", R"({"customer":"Ann","n":7})");
  const auto requests = target.wait_for("/sink", 2);
  ASSERT_EQ(requests.size(), 2u);
  for (const auto& request : requests) {
    EXPECT_EQ(request.body, "Ann;7");
    EXPECT_EQ(request.header("Content-Type"), "text/csv");
    EXPECT_EQ(request.header("x-kind"), "order");
    EXPECT_EQ(request.header("x-key"), "ours");
    EXPECT_EQ(request.header("ce-id"), "");
    EXPECT_NE(request.header("traceparent"), "");
  }
  EXPECT_EQ(requests[1].header("Signalbox-Attempt"), "2");
  EXPECT_TRUE(total_becomes("delivered", 1));
}

TEST_F(Transforms, what_a_header_cannot_carry_is_a_dead_letter_that_says_so) {
  start_with(R"(transform: { raw: { headers: { x-who: $.data.customer, x-said: "<$.data.said>" } } })");
  accept("e1", "order", R"({"said":"a\r\nContent-Length: 0"})");
  const auto dead = wait_for_dead_letters(1);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].at("reason"), "transform_failed");
  EXPECT_NE(dead[0].at("last_error").get<std::string>().find("header \"x-said\""), std::string::npos);
  EXPECT_EQ(target.requests("/sink").size(), 0u);
}

}  // namespace
}  // namespace signalbox::scenario
