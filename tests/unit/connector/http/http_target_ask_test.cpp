// An HTTP target that is asked about events.
#include <gtest/gtest.h>

#include <fstream>

#include "base/system_clock.hpp"
#include "connector/http/http_target.hpp"
#include "connector/http/http_target_factory.hpp"
#include "support/loopback_server.hpp"
#include "support/recorded_channels.hpp"
#include "support/run_coroutine.hpp"
#include "support/temp_dir.hpp"
#include "unit/connector/http/config_nodes.hpp"

namespace signalbox::connector::http {
namespace {

using namespace std::chrono_literals;
using test::block;
using test::list;
using test::LoopbackServer;
using test::text;

std::string response(std::string_view body, std::string_view fields = "", unsigned status = 200) {
  return "HTTP/1.1 " + std::to_string(status) + " Reason\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class HttpTargetAskTest : public testing::Test {
 protected:
  using Members = std::initializer_list<std::pair<std::string, ConfigNode>>;

  HttpTargetAskTest() {
    EventBuilder builder;
    builder.set("specversion", "1.0").set("id", "1").set("source", "/shop").set("type", "order.placed");
    builder.set("datacontenttype", "application/json").data(DataKind::json, R"({"total":7})");
    event_ = builder.build();
    question_.event = &event_;
  }

  EnrichmentReply ask(LoopbackServer::Script script, Members more = {}, const std::string& target = "/hook") {
    LoopbackServer server(std::move(script));
    std::vector<ConfigNode::Member> members{{"url", test::place(), text(server.url(target))}};
    for (const auto& [key, value] : more) members.push_back({key, test::place(), value});
    Diagnostics out;
    const auto plan = factory_.read(ConfigNode::mapping(members, test::place(), "http"), out);
    for (const auto& fault : out.faults())
      if (!fault.warning) ADD_FAILURE() << fault.message;
    EXPECT_TRUE(plan->can_enrich());
    TargetContext context{io_.get_executor(), clock_, std::make_shared<test::RecordedChannels>()};
    const auto made = plan->make(context);
    auto reply = test::run_coroutine(io_, made->enricher()->ask(question_, 3, clock_.now() + 10s));
    requests_ = server.requests();
    connections_ = server.connections();
    return reply;
  }
  std::string request_line() const {
    return requests_.at(0).head.substr(0, requests_.at(0).head.find("\r\n"));
  }

  base::SystemClock clock_;
  boost::asio::io_context io_;
  HttpTargetFactory factory_;
  Event event_;
  EnrichmentRequest question_;
  std::vector<test::RawRequest> requests_;
  unsigned connections_ = 0;
};

TEST_F(HttpTargetAskTest, the_event_goes_out_as_in_a_delivery_and_the_answer_comes_back) {
  const auto reply = ask(test::answer_always(
      response("{\"a\":1}",
               "Content-Type: application/json\r\nCE-Id: 9\r\nX-Else: no\r\nCache-Control: max-age=7\r\n")));
  ASSERT_EQ(reply.outcome.kind, Outcome::Kind::delivered) << reply.outcome.detail;
  EXPECT_EQ(reply.answer.body, "{\"a\":1}");
  EXPECT_EQ(reply.answer.fresh_for, Duration(7s));
  const std::vector<std::pair<std::string, std::string>> kept{{"content-type", "application/json"},
                                                              {"ce-id", "9"}};
  EXPECT_EQ(reply.answer.headers, kept);
  EXPECT_EQ(request_line(), "POST /hook HTTP/1.1");
  EXPECT_EQ(requests_[0].field("ce-id"), "1");
  EXPECT_EQ(requests_[0].field("signalbox-attempt"), "3");
  EXPECT_EQ(requests_[0].body, "{\"total\":7}");
  EXPECT_NE(requests_[0].field("traceparent"), "");
}

TEST_F(HttpTargetAskTest, the_structured_mode_holds_for_questions) {
  ask(test::answer_always(response("")), {{"mode", text("structured")}});
  EXPECT_NE(requests_.at(0).field("content-type").find("application/cloudevents+json"), std::string::npos);
}

TEST_F(HttpTargetAskTest, path_and_query_go_behind_those_of_the_url) {
  question_.path = "/customers/o%2F7";
  question_.query = "x=1";
  ask(test::answer_always(response("")), {}, "/api/?key=k");
  EXPECT_EQ(request_line(), "POST /api/customers/o%2F7?key=k&x=1 HTTP/1.1");
  ask(test::answer_always(response("")), {}, "/api");
  EXPECT_EQ(request_line(), "POST /api/customers/o%2F7?x=1 HTTP/1.1");
  question_.path.clear();
  ask(test::answer_always(response("")), {}, "/?a");
  EXPECT_EQ(request_line(), "POST /?a&x=1 HTTP/1.1");
}

TEST_F(HttpTargetAskTest, a_get_has_neither_event_nor_body) {
  question_.method = EnrichmentRequest::Method::get;
  ask(test::answer_always(response("1")), {{"headers", block({{"x-key", text("k")}})}});
  EXPECT_EQ(request_line(), "GET /hook HTTP/1.1");
  EXPECT_EQ(requests_[0].field("ce-id"), "");
  EXPECT_EQ(requests_[0].field("content-length"), "");
  EXPECT_EQ(requests_[0].field("content-type"), "");
  EXPECT_EQ(requests_[0].field("x-key"), "k");
  EXPECT_EQ(requests_[0].body, "");
}

TEST_F(HttpTargetAskTest, a_body_of_its_own_goes_without_the_event) {
  question_.body = RawBody{"{\"q\":1}", "application/json", {}};
  ask(test::answer_always(response("1")));
  EXPECT_EQ(requests_.at(0).body, "{\"q\":1}");
  EXPECT_EQ(requests_.at(0).field("content-type"), "application/json");
  EXPECT_EQ(requests_.at(0).field("ce-id"), "");
}

TEST_F(HttpTargetAskTest, statuses_mean_what_they_mean_for_deliveries) {
  EXPECT_EQ(ask(test::answer_always(response("no", "", 404))).outcome.kind, Outcome::Kind::rejected);
  EXPECT_EQ(ask(test::answer_always(response("", "Location: /x\r\n", 302))).outcome.kind,
            Outcome::Kind::rejected);
  EXPECT_EQ(requests_.size(), 1u) << "redirects are not followed";
  const auto later = ask(test::answer_always(response("", "Retry-After: 9\r\n", 503)));
  EXPECT_EQ(later.outcome.kind, Outcome::Kind::failed);
  EXPECT_EQ(later.outcome.retry_after, Duration(9s));
  EXPECT_EQ(ask(test::answer_always(response("", "", 410))).outcome.kind, Outcome::Kind::disabled);
}

TEST_F(HttpTargetAskTest, an_answer_that_is_too_long_is_final_and_one_cut_short_is_not) {
  const auto reply = ask(test::answer_always(response(std::string(100'000, 'x'))));
  EXPECT_EQ(reply.outcome.kind, Outcome::Kind::rejected);
  EXPECT_EQ(reply.outcome.detail, "the answer is longer than 64 KiB");
  const auto cut = ask(test::answer_once("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"));
  EXPECT_EQ(cut.outcome.kind, Outcome::Kind::failed);
  const auto all = ask(test::answer_always(response(std::string(60'000, 'x'))));
  EXPECT_EQ(all.outcome.kind, Outcome::Kind::delivered);
  EXPECT_EQ(all.answer.body.size(), 60'000u);
}

TEST_F(HttpTargetAskTest, the_address_policy_and_the_targets_own_timeout_hold) {
  const auto forbidden =
      ask(test::answer_always(response("1")), {{"addresses", block({{"deny", list({"127.0.0.0/8"})}})}});
  EXPECT_EQ(forbidden.outcome.kind, Outcome::Kind::failed);
  EXPECT_NE(forbidden.outcome.detail.find("not allowed"), std::string::npos) << forbidden.outcome.detail;
  EXPECT_EQ(connections_, 0u);
  const auto late =
      ask([](LoopbackServer::Peer& peer) { peer.wait_for_close(); }, {{"timeout", text("100ms")}});
  EXPECT_EQ(late.outcome.kind, Outcome::Kind::failed);
  EXPECT_NE(late.outcome.detail.find("timed out"), std::string::npos) << late.outcome.detail;
}

}  // namespace
}  // namespace signalbox::connector::http
