// What producers may send, what they are told when it is wrong, and that what was accepted is delivered
// unchanged.
#include <algorithm>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using test::HttpConnection;
using test::request_text;

const std::string kStructured = "application/cloudevents+json";
const std::string kBatch = "application/cloudevents-batch+json";

class Events : public Bus {
 protected:
  void start_with_one_sink() { start(acme_with_one_sink()); }
  test::RecordedRequest delivered() {
    const auto requests = target.wait_for("/sink", 1);
    EXPECT_EQ(requests.size(), 1u);
    return requests.empty() ? test::RecordedRequest() : requests.front();
  }
  HttpConnection connection() { return HttpConnection(daemon().ingest_port()); }
};

std::string structured(const std::string& id) {
  return R"({"specversion":"1.0","id":")" + id + R"(","source":"/s","type":"t","data":{"n":1}})";
}

TEST_F(Events, binary_mode_is_delivered_with_equal_bytes_and_headers) {
  start_with_one_sink();
  const std::string data = "{ \"spaced\" : [1, 2.50,\t1e2], \"k\":\"\\u00e9\" }\n";
  const auto response =
      publish("e1", "test.event", data,
              {{"ce-subject", "a/b"}, {"ce-time", "2024-05-04T12:00:00.5Z"}, {"ce-myext", "x-y"}});
  EXPECT_EQ(response.status, 202u) << response.body;
  EXPECT_EQ(json::parse(response.body), (json{{"accepted", 1}, {"first_seq", 1}, {"last_seq", 1}}));
  const auto request = delivered();
  EXPECT_EQ(request.body, data);
  EXPECT_EQ(request.method, "POST");
  const Headers expected = {{"ce-specversion", "1.0"},
                            {"ce-id", "e1"},
                            {"ce-source", "/scenario"},
                            {"ce-type", "test.event"},
                            {"ce-subject", "a/b"},
                            {"ce-time", "2024-05-04T12:00:00.5Z"},
                            {"ce-myext", "x-y"},
                            {"Signalbox-Attempt", "1"},
                            {"Content-Type", "application/json"}};
  for (const auto& [name, value] : expected) EXPECT_EQ(request.header(name), value) << name;
  EXPECT_FALSE(request.header("traceparent").empty());
}

TEST_F(Events, a_trace_that_came_goes_on) {
  start_with_one_sink();
  publish("e1", "t", "{}", {{"ce-traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});
  const auto header = delivered().header("traceparent");
  EXPECT_TRUE(header.starts_with("00-0af7651916cd43dd8448eb211c80319c-")) << header;
}

TEST_F(Events, bytes_that_are_no_text_are_delivered_as_they_came) {
  start_with_one_sink();
  std::string data;
  for (int i = 0; i < 1024; ++i) data += static_cast<char>(i * 37 % 256);
  auto headers = event_headers("e1");
  headers.back().second = "application/octet-stream";
  EXPECT_EQ(post_events(headers, data).status, 202u);
  const auto request = delivered();
  EXPECT_EQ(request.body, data);
  EXPECT_EQ(request.header("Content-Type"), "application/octet-stream");
}

TEST_F(Events, header_values_are_percent_decoded_on_the_way_in_and_encoded_on_the_way_out) {
  start_with_one_sink();
  publish("e1", "t", "{}", {{"ce-subject", "Euro%20%E2%82%AC%20%F0%9F%98%80"}});
  EXPECT_EQ(delivered().header("ce-subject"), "Euro%20%E2%82%AC%20%F0%9F%98%80");
  const auto event = look(kChannel + "/events/1").at("event");
  EXPECT_EQ(event.at("subject"), "Euro \u20ac \U0001F600");
}

TEST_F(Events, structured_mode_is_delivered_in_binary_mode_with_its_data_as_written) {
  start_with_one_sink();
  const auto body = R"({"specversion":"1.0","id":"s1","source":"/s","type":"t","flag":true,"count":-7,)"
                    R"("datacontenttype":"application/json","data":{"b": 2,  "a":1.00}})";
  const auto response = post_events({{"Content-Type", kStructured}}, body);
  EXPECT_EQ(response.status, 202u) << response.body;
  const auto request = delivered();
  EXPECT_EQ(request.body, R"({"b": 2,  "a":1.00})");
  EXPECT_EQ(request.header("ce-id"), "s1");
  EXPECT_EQ(request.header("ce-flag"), "true");
  EXPECT_EQ(request.header("ce-count"), "-7");
}

TEST_F(Events, extensions_keep_their_types) {
  start_with_one_sink();
  post_events(
      {{"Content-Type", kStructured}},
      R"({"specversion":"1.0","id":"s1","source":"/s","type":"t","flag":true,"count":-7,"text":"7"})");
  const auto event = look(kChannel + "/events/1").at("event");
  EXPECT_EQ(event.at("flag"), true);
  EXPECT_EQ(event.at("count"), -7);
  EXPECT_EQ(event.at("text"), "7");
}

TEST_F(Events, base64_data_is_delivered_decoded) {
  start_with_one_sink();
  post_events({{"Content-Type", kStructured}}, R"({"specversion":"1.0","id":"s1","source":"/s","type":"t",)"
                                               R"("datacontenttype":"image/png","data_base64":"AAH/"})");
  EXPECT_EQ(delivered().body, std::string("\0\1\xff", 3));
}

TEST_F(Events, a_batch_is_delivered_event_by_event) {
  start_with_one_sink();
  const auto response =
      post_events({{"Content-Type", kBatch}},
                  "[" + structured("b1") + "," + structured("b2") + "," + structured("b3") + "]");
  EXPECT_EQ(response.status, 202u) << response.body;
  EXPECT_EQ(json::parse(response.body), (json{{"accepted", 3}, {"first_seq", 1}, {"last_seq", 3}}));
  auto ids = ids_of(target.wait_for("/sink", 3));
  std::ranges::sort(ids);
  EXPECT_EQ(ids, (std::vector<std::string>{"b1", "b2", "b3"}));
}

TEST_F(Events, a_batch_with_a_fault_is_refused_whole_and_each_fault_is_told_with_its_index) {
  start_with_one_sink();
  const auto response =
      post_events({{"Content-Type", kBatch}},
                  "[" + structured("b1") + R"(,{"specversion":"1.0","source":"/s","type":"t"},)" +
                      structured("b3") + R"(,{"specversion":"0.3","id":"x","source":"/s","type":"t"}])");
  EXPECT_EQ(response.status, 400u);
  EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
  const auto problem = json::parse(response.body);
  std::vector<int> indexes;
  for (const auto& error : problem.at("errors")) indexes.push_back(error.at("index"));
  EXPECT_TRUE(std::ranges::find(indexes, 1) != indexes.end()) << problem;
  EXPECT_TRUE(std::ranges::find(indexes, 3) != indexes.end()) << problem;
  accept("after");
  EXPECT_EQ(ids_of(target.wait_for("/sink", 1)), (std::vector<std::string>{"after"}));
  EXPECT_EQ(total("accepted"), 1u);
}

TEST_F(Events, every_fault_of_an_event_is_listed) {
  start_with_one_sink();
  const auto response =
      post_events({{"ce-specversion", "1.0"}, {"ce-type", "t"}, {"ce-time", "yesterday"}}, "");
  EXPECT_EQ(response.status, 400u);
  const auto problem = json::parse(response.body);
  for (const auto* member : {"type", "title", "status", "detail"})
    EXPECT_TRUE(problem.contains(member)) << member;
  EXPECT_EQ(problem.at("status"), 400);
  EXPECT_GE(problem.at("errors").size(), 3u) << problem;  // id and source are missing, time is none
}

TEST_F(Events, what_is_no_event_is_refused_with_its_status) {
  start_with_one_sink();
  struct Case {
    std::string what, method, path;
    Headers headers;
    std::string body;
    unsigned status;
  };
  const std::vector<Case> cases = {
      {"no such channel", "POST", "/v1/acme/nothing/events", event_headers("x"), "{}", 404},
      {"no such tenant", "POST", "/v1/nobody/orders/events", event_headers("x"), "{}", 404},
      {"no such path", "POST", "/v2/acme", event_headers("x"), "{}", 404},
      {"no default channel", "POST", "/", event_headers("x"), "{}", 404},
      {"wrong method", "GET", kEvents, {}, "", 405},
      {"wrong method", "PUT", kEvents, event_headers("x"), "{}", 405},
      {"not an event", "POST", kEvents, {{"Content-Type", "application/json"}}, "{}", 400},
      {"an unknown event format",
       "POST",
       kEvents,
       {{"Content-Type", "application/cloudevents+avro"}},
       "x",
       415},
      {"broken JSON", "POST", kEvents, {{"Content-Type", kStructured}}, "{", 400},
  };
  for (const auto& one : cases) {
    const auto response =
        test::http_request(one.method, daemon().ingest_url(one.path), one.headers, one.body);
    EXPECT_EQ(response.status, one.status) << one.what << ": " << response.body;
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json") << one.what;
  }
  EXPECT_EQ(total("accepted"), 0u);
}

TEST_F(Events, too_large_an_event_is_413_and_one_of_the_largest_size_is_taken) {
  start(acme_with_one_sink(), "  limits: { event: 64KiB }\n");
  const auto json_of = [](std::size_t size) { return '"' + std::string(size - 2, 'x') + '"'; };
  EXPECT_EQ(publish("big", "t", json_of(300 << 10)).status, 413u);
  const auto largest = json_of((64 << 10) - 200);
  EXPECT_EQ(publish("fits", "t", largest).status, 202u);
  EXPECT_EQ(delivered().body, largest);
}

TEST_F(Events, a_key_is_needed_where_the_tenant_has_keys) {
  const test::TempDir keys;
  test::write_file(keys.file("publisher"), "open-sesame-0123456789abcdef\n");
  test::write_file(keys.file("reader"), "only-looking-0123456789abcdef\n");
  start("tenants:\n  acme:\n    keys:\n      - { name: shop, token_file: " + keys.file("publisher") +
        ", may: [publish] }\n      - { name: eye, token_file: " + keys.file("reader") +
        ", may: [read] }\n    channels: { orders: {} }\n");
  EXPECT_EQ(publish("e1").status, 401u);
  EXPECT_EQ(publish("e1", "t", "{}", {{"Authorization", "Bearer wrong"}}).status, 401u);
  EXPECT_EQ(publish("e1", "t", "{}", {{"Authorization", "Bearer only-looking-0123456789abcdef"}}).status,
            403u);
  EXPECT_EQ(publish("e1", "t", "{}", {{"Authorization", "Bearer open-sesame-0123456789abcdef"}}).status,
            202u);
}

TEST_F(Events, a_chunked_body_is_joined) {
  start_with_one_sink();
  auto client = connection();
  std::string head = "POST " + kEvents + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n";
  for (const auto& [name, value] : event_headers("e1")) head += name + ": " + value + "\r\n";
  client.send(head + "\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n");
  EXPECT_EQ(client.read_response().status, 202u);
  EXPECT_EQ(delivered().body, R"({"a":1})");
}

TEST_F(Events, a_client_that_expects_100_continue_gets_it_before_it_sends_the_body) {
  start_with_one_sink();
  auto client = connection();
  auto headers = event_headers("e1");
  headers.emplace_back("Expect", "100-continue");
  const auto request = request_text("POST", kEvents, headers, "{}");
  client.send(request.substr(0, request.size() - 2));
  EXPECT_EQ(client.read_response().status, 100u);
  client.send("{}");
  EXPECT_EQ(client.read_response().status, 202u);
}

TEST_F(Events, a_connection_serves_many_requests) {
  start_with_one_sink();
  auto client = connection();
  for (int i = 0; i < 10; ++i) {
    client.send(request_text("POST", kEvents, event_headers("e" + std::to_string(i)), "{}"));
    EXPECT_EQ(client.read_response().status, 202u);
  }
}

TEST_F(Events, pipelined_requests_are_answered_in_order) {
  start_with_one_sink();
  auto client = connection();
  std::string requests;
  for (int i = 0; i < 20; ++i)
    requests += request_text("POST", kEvents, event_headers("e" + std::to_string(i)), "{}");
  client.send(requests);
  for (int i = 0; i < 20; ++i) {
    const auto response = client.read_response();
    ASSERT_EQ(response.status, 202u);
    EXPECT_EQ(json::parse(response.body).at("first_seq"), i + 1);
  }
}

TEST_F(Events, the_bare_url_is_the_default_channel) {
  start(acme_with_one_sink(), "  default_channel: acme/orders\n");
  const auto response = test::http_request("POST", daemon().ingest_url("/"), event_headers("e1"), "{}");
  EXPECT_EQ(response.status, 202u) << response.body;
  EXPECT_EQ(delivered().header("ce-id"), "e1");
}

TEST_F(Events, an_event_that_comes_again_is_stored_once_where_the_sender_asks) {
  start_with_one_sink();
  const Headers dedup = {{"Signalbox-Dedup", "source-id"}};
  EXPECT_EQ(publish("e1", "t", "{}", dedup).status, 202u);
  const auto again = publish("e1", "t", "{}", dedup);
  EXPECT_EQ(again.status, 202u);
  EXPECT_EQ(json::parse(again.body).at("duplicates"), 1);
  EXPECT_EQ(publish("e2", "t", "{}", dedup).status, 202u);
  ASSERT_TRUE(drained());
  EXPECT_EQ(ids_of(target.wait_for("/sink", 2)).size(), 2u);
  EXPECT_EQ(total("accepted"), 2u);
}

TEST_F(Events, without_the_header_an_event_that_comes_again_is_another_event) {
  start_with_one_sink();
  accept("e1");
  accept("e1");
  EXPECT_EQ(target.wait_for("/sink", 2).size(), 2u);
}

TEST_F(Events, a_request_head_that_smuggles_is_refused_and_the_connection_closed) {
  start_with_one_sink();
  const std::vector<std::string> heads = {
      "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 2\r\nContent-Length: 3\r\n",
      "Transfer-Encoding: xchunked\r\n", "Host: second\r\nContent-Length: 2\r\n"};
  for (const auto& head : heads) {
    auto client = connection();
    client.send("POST " + kEvents + " HTTP/1.1\r\nHost: x\r\n" + head + "\r\n{}");
    const auto status = client.read_response().status;
    EXPECT_TRUE(status == 400 || status == 501) << head << status;
    EXPECT_TRUE(client.closed_by_peer()) << head;
  }
}

TEST_F(Events, a_long_trailer_does_not_kill_the_daemon) {
  start_with_one_sink();
  auto client = connection();
  client.send("POST " + kEvents + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
  try {
    client.send("X-Trailer: " + std::string(66'000, 'a') + "\r\n\r\n");
  } catch (const std::runtime_error&) {  // refused amid the sending: fine
  }
  accept("still-alive");
}

}  // namespace
}  // namespace signalbox::scenario
