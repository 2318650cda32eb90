#include "connector/http/http_target.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fstream>
#include <regex>

#include "base/system_clock.hpp"
#include "base/with_deadline.hpp"
#include "unit/connector/http/config_nodes.hpp"
#include "connector/http/http_target_factory.hpp"
#include "event/hops.hpp"
#include "support/loopback_server.hpp"
#include "support/recorded_channels.hpp"
#include "support/run_coroutine.hpp"
#include "support/temp_dir.hpp"

namespace signalbox::connector::http {
namespace {

using namespace std::chrono_literals;
using test::block;
using test::list;
using test::LoopbackServer;
using test::text;

const std::string kEmpty = "HTTP/1.1 204 No Content\r\n\r\n";

std::string response(unsigned status, std::string_view body = "", std::string_view fields = "") {
  return "HTTP/1.1 " + std::to_string(status) + " Reason\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

EventBuilder order(const std::string& id = "1") {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", id).set("source", "/shop").set("type", "order.placed");
  builder.set("datacontenttype", "application/json").data(DataKind::json, R"({"total":7})");
  return builder;
}

class HttpTargetTest : public testing::Test {
 protected:
  using Members = std::initializer_list<std::pair<std::string, ConfigNode>>;

  HttpTarget& target(const std::string& url, Members more = {}) {
    std::vector<ConfigNode::Member> members{{"url", test::place(), text(url)}};
    for (const auto& [key, value] : more) members.push_back({key, test::place(), value});
    const auto node = ConfigNode::mapping(members, test::place(), "http");
    Diagnostics out;
    plan_ = factory_.read(node, out);
    for (const auto& fault : out.faults())
      if (!fault.warning) ADD_FAILURE() << fault.message;
    TargetContext context{io_.get_executor(), clock_, channels_};
    target_ = plan_->make(context);
    return static_cast<HttpTarget&>(*target_);
  }

  Outcome deliver(const Event& event, unsigned attempt = 1, Duration within = 10s) {
    const std::array<Shipment, 1> one{Shipment{&event, attempt}};
    return test::run_coroutine(io_, target_->deliver(one, clock_.now() + within));
  }
  /// One delivery of one event to a server that runs `script`.
  Outcome deliver_to(LoopbackServer::Script script, Members more = {}) {
    LoopbackServer server(std::move(script));
    target(server.url(), more);
    const auto outcome = deliver(order().build());
    requests_ = server.requests();
    return outcome;
  }
  std::string secret_file(const std::string& content) {
    const auto name = dir_.file("secret");
    std::ofstream(name) << content;
    return name;
  }

  base::SystemClock clock_;
  std::shared_ptr<test::RecordedChannels> channels_ = std::make_shared<test::RecordedChannels>();
  boost::asio::io_context io_;
  test::TempDir dir_;
  HttpTargetFactory factory_;
  std::shared_ptr<const TargetPlan> plan_;
  std::unique_ptr<Target> target_;
  std::vector<test::RawRequest> requests_;
};

struct Row {
  unsigned status;
  Outcome::Kind kind;
};
class StatusRow : public HttpTargetTest, public testing::WithParamInterface<Row> {};

TEST_P(StatusRow, has_its_outcome) {
  const auto [status, kind] = GetParam();
  const auto outcome = deliver_to(test::answer_always(response(status, status == 204 ? "" : "because")));
  EXPECT_EQ(outcome.kind, kind);
  EXPECT_EQ(outcome.status, status);
  EXPECT_EQ(outcome.detail, kind == Outcome::Kind::delivered ? "" : "HTTP " + std::to_string(status) + ": because");
  EXPECT_EQ(requests_.size(), 1u);
}

using enum Outcome::Kind;
INSTANTIATE_TEST_SUITE_P(all, StatusRow,
                         testing::Values(Row{200, delivered}, Row{201, delivered}, Row{202, delivered},
                                         Row{204, delivered}, Row{299, delivered}, Row{300, rejected},
                                         Row{301, rejected}, Row{302, rejected}, Row{307, rejected}, Row{308, rejected},
                                         Row{400, rejected}, Row{401, rejected}, Row{403, rejected}, Row{404, rejected},
                                         Row{408, failed}, Row{409, rejected}, Row{410, disabled}, Row{413, rejected},
                                         Row{422, rejected}, Row{425, failed}, Row{429, failed}, Row{451, rejected},
                                         Row{500, failed}, Row{502, failed}, Row{503, failed}, Row{504, failed},
                                         Row{599, failed}));

TEST_F(HttpTargetTest, status_outside_200_to_599_is_a_failure_without_status) {
  for (const unsigned status : {0u, 999u}) {
    auto digits = std::to_string(status);
    digits.insert(0, 3 - digits.size(), '0');
    const auto outcome = deliver_to(test::answer_always("HTTP/1.1 " + digits + " X\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_EQ(outcome.kind, failed) << digits;
    EXPECT_EQ(outcome.status, 0u);
  }
}

TEST_F(HttpTargetTest, table_of_statuses_can_be_changed) {
  const auto statuses = block({{"retry", list({"4xx"})}, {"reject", list({"503"})}});
  EXPECT_EQ(deliver_to(test::answer_always(response(404)), {{"statuses", statuses}}).kind, failed);
  EXPECT_EQ(deliver_to(test::answer_always(response(503)), {{"statuses", statuses}}).kind, rejected);
}

TEST_F(HttpTargetTest, retry_after_is_told_with_429_and_503_only) {
  EXPECT_EQ(deliver_to(test::answer_always(response(429, "", "Retry-After: 7\r\n"))).retry_after, Duration(7s));
  EXPECT_EQ(deliver_to(test::answer_always(response(503, "", "retry-after: 9\r\n"))).retry_after, Duration(9s));
  EXPECT_FALSE(deliver_to(test::answer_always(response(500, "", "Retry-After: 7\r\n"))).retry_after);
  EXPECT_FALSE(deliver_to(test::answer_always(response(503, "", "Retry-After: soon\r\n"))).retry_after);
  const auto dated = deliver_to(test::answer_always(response(503, "", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n")));
  EXPECT_EQ(dated.retry_after, Duration(168h));
}

TEST_F(HttpTargetTest, interim_responses_are_passed_over) {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  EXPECT_EQ(deliver_to(test::answer_always(interim + response(500))).status, 500u);
}

TEST_F(HttpTargetTest, second_response_is_never_the_next_events) {
  LoopbackServer server([](LoopbackServer::Peer& peer) {
    while (peer.read_request()) peer.send(response(500) + response(200));
  });
  target(server.url());
  for (int i = 0; i < 4; ++i) EXPECT_EQ(deliver(order(std::to_string(i)).build()).status, 500u);
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST_F(HttpTargetTest, huge_trailer_neither_kills_nor_keeps) {
  LoopbackServer server(test::answer_always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " +
                                            std::string(66'000, 'y') + "\r\n\r\n"));
  target(server.url());
  EXPECT_EQ(deliver(order().build()).kind, delivered);
  EXPECT_EQ(deliver(order().build()).kind, delivered);
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(HttpTargetTest, timeout_of_the_target_bounds_the_whole_request) {
  auto script = [](LoopbackServer::Peer& peer) {
    peer.read_request();
    peer.dribble(response(200, std::string(10'000, 'x')), 10ms);
  };
  const auto begun = clock_.now();
  const auto outcome = deliver_to(script, {{"timeout", text("150ms")}});
  EXPECT_EQ(outcome.kind, failed);
  EXPECT_EQ(outcome.status, 0u);
  EXPECT_NE(outcome.detail.find("timed out"), std::string::npos) << outcome.detail;
  EXPECT_GE(clock_.now() - begun, 150ms);
}

TEST_F(HttpTargetTest, earlier_deadline_of_the_caller_wins) {
  LoopbackServer server([](LoopbackServer::Peer& peer) { peer.wait_for_close(); });
  target(server.url());
  EXPECT_NE(deliver(order().build(), 1, 50ms).detail.find("timed out"), std::string::npos);
}

TEST_F(HttpTargetTest, transport_faults_are_failures_that_name_what_happened) {
  std::uint16_t port = LoopbackServer([](LoopbackServer::Peer&) {}).port();
  target("http://127.0.0.1:" + std::to_string(port) + "/");
  const auto refused = deliver(order().build());
  EXPECT_EQ(refused.kind, failed);
  EXPECT_EQ(refused.detail, "connect to 127.0.0.1:" + std::to_string(port) + ": connection refused");
  const auto closed = deliver_to([](LoopbackServer::Peer& peer) { peer.read_request(); });
  EXPECT_EQ(closed.kind, failed);
  target("http://no-such-host.invalid/");
  EXPECT_EQ(deliver(order().build()).kind, failed);
}

TEST_F(HttpTargetTest, forbidden_address_is_a_failure_without_a_connection) {
  LoopbackServer server(test::answer_always(kEmpty));
  target(server.url(), {{"addresses", block({{"deny", list({"127.0.0.0/8"})}})}});
  const auto outcome = deliver(order().build());
  EXPECT_EQ(outcome.kind, failed);
  EXPECT_NE(outcome.detail.find("not allowed"), std::string::npos) << outcome.detail;
  EXPECT_EQ(server.connections(), 0u);
}

TEST_F(HttpTargetTest, metadata_address_is_refused_at_once) {
  target("http://169.254.169.254/latest");
  const auto begun = clock_.now();
  EXPECT_NE(deliver(order().build()).detail.find("metadata"), std::string::npos);
  EXPECT_LT(clock_.now() - begun, 2s);
}

TEST_F(HttpTargetTest, binary_mode_carries_attributes_in_headers_and_data_as_it_is) {
  LoopbackServer server(test::answer_always(kEmpty));
  target(server.url("/hook?a=b"));
  const auto event = order("Zo\xc3\xab \"5%\"").set("subject", "a b").build();
  EXPECT_EQ(deliver(event, 3).kind, delivered);
  ASSERT_EQ(server.requests().size(), 1u);
  const auto request = server.requests()[0];
  EXPECT_EQ(request.head.find("POST /hook?a=b HTTP/1.1\r\n"), 0u);
  EXPECT_EQ(request.field("host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(request.field("user-agent"), "Signalbox/" SIGNALBOX_VERSION);
  EXPECT_EQ(request.field("ce-specversion"), "1.0");
  EXPECT_EQ(request.field("ce-id"), "Zo%C3%AB%20%225%25%22");
  EXPECT_EQ(request.field("ce-subject"), "a%20b");
  EXPECT_EQ(request.field("content-type"), "application/json");
  EXPECT_EQ(request.field("content-length"), "11");
  EXPECT_EQ(request.field("signalbox-attempt"), "3");
  EXPECT_EQ(request.body, R"({"total":7})");
}

TEST_F(HttpTargetTest, structured_mode_carries_the_event_as_json) {
  ASSERT_EQ(deliver_to(test::answer_always(kEmpty), {{"mode", text("structured")}}).kind, delivered);
  EXPECT_EQ(requests_[0].field("content-type").find("application/cloudevents+json"), 0u);
  EXPECT_EQ(requests_[0].field("ce-id"), "");
  EXPECT_NE(requests_[0].body.find(R"("data":{"total":7})"), std::string::npos);
}

TEST_F(HttpTargetTest, raw_mode_carries_the_data_only) {
  ASSERT_EQ(deliver_to(test::answer_always(kEmpty), {{"mode", text("raw")}}).kind, delivered);
  EXPECT_EQ(requests_[0].field("content-type"), "application/json");
  EXPECT_EQ(requests_[0].field("ce-id"), "");
  EXPECT_EQ(requests_[0].body, R"({"total":7})");
}

TEST_F(HttpTargetTest, raw_body_goes_out_by_itself_in_every_mode) {
  const RawBody raw{"a;b\n", "text/csv", {{"x-kind", "order"}, {"X-Key", "theirs"}}};
  const auto event = order().build();
  const auto next = order("2").build();
  const std::array<Shipment, 3> shipments{Shipment{&event, 1, &raw}, Shipment{&next, 1}, Shipment{&event, 1, &raw}};
  for (const auto mode : {"binary", "structured", "batch", "raw"}) {
    LoopbackServer server(test::answer_always(kEmpty));
    auto& sink = target(server.url(), {{"mode", text(mode)}, {"headers", block({{"x-key", text("ours")}})}});
    const auto outcome = test::run_coroutine(io_, sink.deliver(shipments, clock_.now() + 10s));
    EXPECT_EQ(outcome.kind, delivered) << mode;
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 3u) << mode;
    EXPECT_EQ(requests[0].body, "a;b\n");
    EXPECT_EQ(requests[0].field("content-type"), "text/csv");
    EXPECT_EQ(requests[0].field("x-kind"), "order");
    EXPECT_EQ(requests[0].field("x-key"), "ours");
    EXPECT_EQ(requests[0].head.find("theirs"), std::string::npos);
    EXPECT_EQ(requests[0].field("ce-id"), "");
    EXPECT_EQ(requests[0].field("signalbox-attempt"), "1");
    EXPECT_NE(requests[1].body, "a;b\n");
    EXPECT_EQ(requests[2].body, "a;b\n");
  }
}

TEST_F(HttpTargetTest, batch_is_cut_by_bytes_and_stops_at_a_failure) {
  std::atomic<int> answered = 0;
  LoopbackServer server([&](LoopbackServer::Peer& peer) {
    while (peer.read_request()) peer.send(response(++answered == 2 ? 500 : 200));
  });
  auto& batching = target(server.url(), {{"mode", text("batch")},
                                         {"batch", block({{"max_events", text("50")}, {"max_bytes", text("1KiB")}})}});
  EXPECT_EQ(batching.max_batch(), 50u);
  std::vector<Event> events;
  for (int i = 0; i < 30; ++i) events.push_back(order(std::to_string(i)).build());
  std::vector<Shipment> shipments;
  for (const auto& event : events) shipments.push_back(Shipment{&event, 1});
  const auto outcome = test::run_coroutine(io_, batching.deliver(shipments, clock_.now() + 10s));
  EXPECT_EQ(outcome.status, 500u);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  for (const auto& request : requests) {
    EXPECT_EQ(request.field("content-type").find("application/cloudevents-batch+json"), 0u);
    EXPECT_LE(request.body.size(), 1024u);
    EXPECT_EQ(request.body.front(), '[');
    EXPECT_EQ(request.body.back(), ']');
  }
  EXPECT_NE(requests[0].body.find(R"("id":"0")"), std::string::npos);
}

TEST_F(HttpTargetTest, events_that_go_together_are_one_batch_in_every_mode_and_whatever_their_size) {
  std::vector<Event> events;
  for (int i = 0; i < 30; ++i) events.push_back(order(std::to_string(i)).build());
  std::vector<Shipment> shipments;
  for (const auto& event : events) shipments.push_back(Shipment{&event, 1, nullptr, true});
  for (const auto mode : {"binary", "structured", "batch"}) {
    LoopbackServer server(test::answer_always(kEmpty));
    const bool batching = mode == std::string_view("batch");
    const auto limits = block({{"max_events", text("2")}, {"max_bytes", text("1KiB")}});
    auto& sink = batching ? target(server.url(), {{"mode", text(mode)}, {"batch", limits}})
                          : target(server.url(), {{"mode", text(mode)}});
    EXPECT_EQ(test::run_coroutine(io_, sink.deliver(shipments, clock_.now() + 10s)).kind, Outcome::Kind::delivered);
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 1u) << mode;
    EXPECT_EQ(requests[0].field("content-type").find("application/cloudevents-batch+json"), 0u);
    EXPECT_NE(requests[0].body.find(R"("id":"29")"), std::string::npos);
  }
}

TEST_F(HttpTargetTest, trace_is_started_or_goes_on) {
  const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  LoopbackServer server(test::answer_always(kEmpty));
  target(server.url());
  deliver(order().build());
  deliver(order().set("traceparent", parent).set("tracestate", "a=b").build());
  deliver(order().set("traceparent", "garbage").build());
  const auto requests = server.requests();
  const std::regex started("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
  EXPECT_TRUE(std::regex_match(requests[0].field("traceparent"), started)) << requests[0].head;
  EXPECT_EQ(requests[1].field("traceparent"), parent);
  EXPECT_EQ(requests[1].field("tracestate"), "a=b");
  EXPECT_EQ(requests[1].field("ce-traceparent"), parent);
  EXPECT_TRUE(std::regex_match(requests[2].field("traceparent"), started));
  EXPECT_NE(requests[0].field("traceparent"), requests[2].field("traceparent"));
}

TEST_F(HttpTargetTest, signature_covers_id_time_and_body_and_the_id_stays) {
  LoopbackServer server(test::answer_always(kEmpty));
  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  target(server.url(), {{"sign", block({{"secret_file", text(secret_file(secret))}})}});
  for (unsigned attempt : {1u, 2u}) deliver(order().build(), attempt);
  deliver(order("2").build());
  const auto requests = server.requests();
  const auto signer = Signer::make(Secret(secret));
  for (const auto& request : requests) {
    std::string expected;
    signer->append_signature(expected, request.field("webhook-id"), std::stoll(request.field("webhook-timestamp")),
                             request.body);
    EXPECT_EQ(request.field("webhook-signature"), expected);
  }
  EXPECT_EQ(requests[0].field("webhook-id"), requests[1].field("webhook-id"));
  EXPECT_NE(requests[0].field("webhook-id"), requests[2].field("webhook-id"));
}

TEST_F(HttpTargetTest, credential_is_sent_and_never_told) {
  auto repeat = [](LoopbackServer::Peer& peer) {
    while (const auto request = peer.read_request()) peer.send(response(500, "you sent " + request->head));
  };
  const auto auth = block({{"basic", block({{"user", text("bus")}, {"password_file", text(secret_file("sw0rdfish"))}})}});
  const auto outcome = deliver_to(repeat, {{"auth", auth}});
  EXPECT_EQ(requests_[0].field("authorization"), "Basic YnVzOnN3MHJkZmlzaA==");
  EXPECT_NE(outcome.detail.find("Authorization: ***"), std::string::npos) << outcome.detail;
  EXPECT_EQ(outcome.detail.find("YnVzOnN3MHJkZmlzaA"), std::string::npos) << outcome.detail;
  EXPECT_EQ((plan_->describe() + plan_->fingerprint()).find("sw0rdfish"), std::string::npos);
}

TEST_F(HttpTargetTest, detail_is_short_and_printable) {
  const auto outcome = deliver_to(test::answer_always(response(500, "<p>\r\n\t\x01\xff " + std::string(1000, 'x'))));
  EXPECT_EQ(outcome.detail.find("HTTP 500: <p> ?? x"), 0u) << outcome.detail;
  EXPECT_LE(outcome.detail.size(), 210u);
}

const std::string kReplyHead =
    "ce-specversion: 1.0\r\nce-id: r1\r\nce-source: /crm\r\nce-type: order.checked\r\nContent-Type: application/json\r\n";

TEST_F(HttpTargetTest, answer_that_is_an_event_is_published) {
  const std::string structured =
      R"({"specversion":"1.0","id":"r1","source":"/crm","type":"order.checked","data":{"ok":true}})";
  for (const auto& answer : {response(200, R"({"ok":true})", kReplyHead),
                             response(202, structured, "Content-Type: application/cloudevents+json\r\n")}) {
    channels_->published.clear();
    const auto outcome = deliver_to(test::answer_always(answer), {{"reply_to", text("checked")}});
    EXPECT_EQ(outcome.kind, delivered) << outcome.detail;
    ASSERT_EQ(channels_->published.size(), 1u);
    EXPECT_EQ(channels_->published[0].first, "checked");
    const auto& reply = channels_->published[0].second;
    EXPECT_EQ(reply.id(), "r1");
    EXPECT_EQ(reply.data(), R"({"ok":true})");
    EXPECT_EQ(event::hops_of(reply), 1);
  }
}

TEST_F(HttpTargetTest, answer_that_is_no_event_is_not_looked_at) {
  for (const auto& answer : {kEmpty, response(200, R"({"ok":true})", "Content-Type: application/json\r\n")})
    EXPECT_EQ(deliver_to(test::answer_always(answer), {{"reply_to", text("checked")}}).kind, delivered);
  EXPECT_EQ(deliver_to(test::answer_always(response(200, "{}", kReplyHead))).kind, delivered) << "without reply_to";
  EXPECT_EQ(deliver_to(test::answer_always(response(400, "{}", kReplyHead)), {{"reply_to", text("checked")}}).kind,
            rejected);
  EXPECT_TRUE(channels_->published.empty());
}

TEST_F(HttpTargetTest, answer_that_only_claims_to_be_an_event_is_rejected) {
  auto outcome = deliver_to(test::answer_always(response(200, "{}", "ce-specversion: 1.0\r\nce-id: r1\r\n")),
                            {{"reply_to", text("checked")}});
  EXPECT_EQ(outcome.kind, rejected);
  EXPECT_TRUE(outcome.detail.starts_with("the answer is no valid event: ")) << outcome.detail;
  outcome = deliver_to(test::answer_always(response(200, std::string(70'000, ' ') + "{}", kReplyHead)),
                       {{"reply_to", text("checked")}});
  EXPECT_EQ(outcome.kind, rejected);
  EXPECT_EQ(outcome.detail, "the answer is an event of more than 64 KiB");
  EXPECT_TRUE(channels_->published.empty());
}

TEST_F(HttpTargetTest, answer_that_cannot_be_published_fails_the_attempt) {
  channels_->refuse = Error(Errc::overloaded, "too much");
  const auto outcome =
      deliver_to(test::answer_always(response(200, "{}", kReplyHead)), {{"reply_to", text("checked")}});
  EXPECT_EQ(outcome.kind, failed);
  EXPECT_EQ(outcome.status, 200u);
  EXPECT_EQ(outcome.detail, "the answer could not be published: too much");
}

TEST_F(HttpTargetTest, answers_to_answers_end_after_so_many_hops) {
  LoopbackServer server(test::answer_always(response(200, "{}", kReplyHead)));
  target(server.url(), {{"reply_to", text("checked")}});
  const auto outcome = deliver(order().set(event::kHopsAttribute, "16").build());
  EXPECT_EQ(outcome.kind, rejected);
  EXPECT_STREQ(outcome.reason, "too_many_hops");
  EXPECT_TRUE(channels_->published.empty());
}

TEST_F(HttpTargetTest, many_deliveries_at_once_use_many_connections_and_keep_them) {
  LoopbackServer server(test::answer_always(kEmpty));
  auto& many = target(server.url(), {{"concurrency", text("8")}});
  const auto event = order().build();
  const std::array<Shipment, 1> one{Shipment{&event, 1}};
  int done = 0;
  for (int i = 0; i < 200; ++i) {
    auto count = [&](std::exception_ptr, Outcome outcome) { done += outcome.kind == delivered; };
    boost::asio::co_spawn(io_, many.deliver(one, clock_.now() + 10s), count);
  }
  while (done < 200 && io_.run_one() > 0) {}
  EXPECT_EQ(done, 200);
  EXPECT_EQ(server.requests().size(), 200u);
  EXPECT_LE(server.connections(), 8u);
  many.close();
  EXPECT_EQ(many.connection_stats().open, 0u);
}

TEST_F(HttpTargetTest, cancelled_delivery_throws_and_leaves_nothing_open) {
  LoopbackServer server([](LoopbackServer::Peer& peer) { peer.wait_for_close(); });
  auto& slow = target(server.url());
  const auto event = order().build();
  const std::array<Shipment, 1> one{Shipment{&event, 1}};
  const auto when = clock_.now() + 40ms;
  EXPECT_FALSE(test::run_coroutine(io_, base::with_deadline(slow.deliver(one, when + 10s), clock_, when)));
  EXPECT_EQ(slow.connection_stats().open, 0u);
}

}  // namespace
}  // namespace signalbox::connector::http
