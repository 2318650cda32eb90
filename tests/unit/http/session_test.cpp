#include "http/session.hpp"

#include <gtest/gtest.h>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <string>

#include "head_cases.hpp"
#include "raw_client.hpp"
#include "running_server.hpp"
#include "support/wait_until.hpp"

namespace signalbox::http {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using test::get;
using test::HeadCase;
using test::post;
using test::RawClient;
using test::RawResponse;
using test::RunningServer;

const std::string kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

// ---- the table of heads, against a live server

class HeadCasesLive : public testing::TestWithParam<HeadCase> {};

TEST_P(HeadCasesLive, refused_request_is_answered_and_nothing_behind_it_is_read) {
  RunningServer running;
  running.handler.admit = [](const RequestHead& head) {
    return Admission::admit(head.content_length.value_or(0) > 1000 ? 10 : 1000);
  };
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  const auto& listed = GetParam();
  client.send(listed.raw + kSmuggled);
  const auto first = client.read();
  ASSERT_TRUE(first);
  const bool over_limit = listed.name == "length_over_the_limit";
  EXPECT_EQ(first->status, over_limit ? 413 : listed.refusal ? listed.refusal : 200) << first->body;
  if (listed.refusal || listed.closes) {
    EXPECT_TRUE(first->has("Connection: close"));
    client.end_writing();
    EXPECT_TRUE(client.is_at_end());
    const auto targets = running.handler.targets();
    EXPECT_EQ(std::count(targets.begin(), targets.end(), "/smuggled"), 0);
    EXPECT_EQ(running.server().stats().faults, listed.refusal || over_limit ? 1u : 0u);
  } else {
    EXPECT_EQ(client.status(), 200u);
    EXPECT_EQ(running.handler.targets().back(), "/smuggled");
  }
}

INSTANTIATE_TEST_SUITE_P(table, HeadCasesLive, testing::ValuesIn(test::head_cases()), test::head_case_name);

// ---- one request after another

/// Waits in the handler's coroutine.
asio::awaitable<void> pause(milliseconds span) {
  asio::steady_timer timer(co_await asio::this_coro::executor, span);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<Response> answer_first_late(Request& request) {
  if (request.target == "/0") co_await pause(milliseconds(30));
  Response response;
  response.body = request.target;
  co_return response;
}

TEST(Session, pipelined_requests_are_answered_in_order) {
  RunningServer running;
  running.handler.respond = answer_first_late;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  std::string all;
  for (int i = 0; i < 5; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.read()->body, "/" + std::to_string(i));
}

TEST(Session, pipelined_bodies_across_buffer_ends_arrive_whole) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  std::vector<std::string> bodies;
  std::string all;
  for (std::size_t i = 0; i < 200; ++i) {
    bodies.push_back(std::string(1 + i * 37 % 3000, static_cast<char>('a' + i % 26)));
    all += post("Content-Length: " + std::to_string(bodies.back().size()) + "\r\n", bodies.back());
  }
  auto sending = std::async(std::launch::async, [&] { return client.send(all); });
  for (const auto& body : bodies) {
    const auto response = client.read();
    ASSERT_TRUE(response);
    ASSERT_EQ(response->body, body);
  }
  EXPECT_TRUE(sending.get());
}

TEST(Session, request_sent_byte_by_byte_is_understood) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  for (char c : post("Content-Length: 3\r\n", "abc")) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_EQ(client.read()->body, "abc");
}

TEST(Session, head_up_to_the_limit_is_accepted_and_a_larger_one_is_431) {
  RunningServer running;
  running.options.head_bytes = 20'000;
  ASSERT_TRUE(running.start());
  const auto head_of = [](std::size_t size) {
    return get("X: " + std::string(size - get("X: \r\n").size(), 'x') + "\r\n");
  };
  RawClient fits(running.port());
  fits.send(head_of(20'000));
  EXPECT_EQ(fits.status(), 200u);
  RawClient whole(running.port());
  whole.send(head_of(20'001));
  EXPECT_EQ(whole.status(), 431u);
  RawClient endless(running.port());
  endless.send(head_of(40'000).substr(0, 30'000));
  EXPECT_EQ(endless.status(), 431u);
}

TEST(Session, half_closed_client_gets_its_answer) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  client.end_writing();
  EXPECT_EQ(client.status(), 200u);
  EXPECT_TRUE(client.is_at_end());
}

TEST(Session, body_cut_short_is_not_handed_on) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  for (const auto* fields : {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
    RawClient client(running.port());
    client.send(post(fields, "3\r\n"));
    client.end_writing();
    EXPECT_TRUE(client.is_at_end());
  }
  EXPECT_TRUE(running.handler.targets().empty());
}

TEST(Session, large_body_arrives_whole) {
  RunningServer running;
  running.handler.body_limit = 8 << 20;
  ASSERT_TRUE(running.start());
  std::string body;
  for (std::size_t i = 0; i < (3 << 20); ++i) body += static_cast<char>('a' + i % 26);
  RawClient client(running.port());
  auto sending = std::async(std::launch::async, [&] {
    return client.send(post("Content-Length: " + std::to_string(body.size()) + "\r\n", body) + get(""));
  });
  EXPECT_TRUE(client.read()->body == body);
  EXPECT_EQ(client.status(), 200u);
  EXPECT_TRUE(sending.get());
}

// ---- chunked bodies

TEST(Session, chunked_body_is_joined_however_it_is_cut) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  const auto raw =
      post("Transfer-Encoding: chunked\r\n", "3;x=\"y z\"\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n");
  for (std::size_t cut = raw.find("\r\n\r\n"); cut < raw.size(); ++cut) {
    ASSERT_TRUE(client.send(raw.substr(0, cut)));
    ASSERT_TRUE(client.send(raw.substr(cut)));
    ASSERT_EQ(client.read()->body, "abc0123456789") << cut;
  }
}

TEST(Session, empty_chunked_body_sent_byte_by_byte_is_understood) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(post("Transfer-Encoding: chunked\r\n"));
  for (char c : std::string("0\r\n\r\n")) {
    client.send(std::string_view(&c, 1));
    std::this_thread::sleep_for(
        milliseconds(2));  // a packet for each: nothing tells us that the server has read it
  }
  EXPECT_EQ(client.status(), 200u);
}

TEST(Session, large_chunked_body_behind_a_large_head_arrives_whole) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  std::string body;
  std::string chunks;
  for (int i = 0; i < 100; ++i) {
    const std::string chunk(1000, static_cast<char>('a' + i % 26));
    body += chunk;
    chunks += "3e8\r\n" + chunk + "\r\n";
  }
  RawClient client(running.port());
  client.send(
      post("X: " + std::string(8000, 'x') + "\r\nTransfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n") +
      get(""));
  EXPECT_TRUE(client.read()->body == body);
  EXPECT_EQ(client.status(), 200u);
}

struct ChunkCase {
  std::string name;
  std::string chunks;
  unsigned status;
};
void PrintTo(const ChunkCase& c, std::ostream* out) { *out << c.name; }

class ChunkCasesLive : public testing::TestWithParam<ChunkCase> {};

TEST_P(ChunkCasesLive, bad_chunks_are_refused_and_the_server_lives_on) {
  RunningServer running;
  running.handler.body_limit = 1000;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(post("Transfer-Encoding: chunked\r\n", GetParam().chunks) + kSmuggled);
  EXPECT_EQ(client.status(), GetParam().status);
  client.end_writing();
  EXPECT_TRUE(client.is_at_end());
  EXPECT_TRUE(running.handler.targets().empty());
  RawClient next(running.port());
  next.send(get(""));
  EXPECT_EQ(next.status(), 200u);
}

INSTANTIATE_TEST_SUITE_P(
    table, ChunkCasesLive,
    testing::Values(
        ChunkCase{"not_hex", "x\r\nabc\r\n0\r\n\r\n", 400}, ChunkCase{"empty_size", "\r\n\r\n\r\n", 400},
        ChunkCase{"negative", "-3\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"hex_prefix", "0x3\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"space_after_size", "3 \r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"space_before_size", " 3\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"overflowing_size", "10000000000000003\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"data_longer_than_size", "2\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"data_shorter_than_size", "4\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"bare_lf_after_size", "3\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"bare_lf_after_data", "3\r\nabc\n0\r\n\r\n", 400},
        ChunkCase{"bare_cr_in_extension", "3;a\rb\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"malformed_extension", "3;=\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"long_extension", "3;" + std::string(300, 'a') + "\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"huge_extension", "3;" + std::string(64 << 10, 'a') + "\r\nabc\r\n0\r\n\r\n", 400},
        ChunkCase{"long_last_extension", "0;" + std::string(300, 'a') + "\r\n\r\n", 400},
        ChunkCase{"trailer", "3\r\nabc\r\n0\r\nX: y\r\n\r\n", 400},
        ChunkCase{"trailer_that_frames", "0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\r\n", 400},
        ChunkCase{"trailer_of_66000_bytes", "0\r\nX: " + std::string(66'000, 'x') + "\r\n\r\n", 400},
        ChunkCase{"many_trailers",
                  [] {
                    std::string all = "0\r\n";
                    for (int i = 0; i < 5000; ++i) all += "X: y\r\n";
                    return all + "\r\n";
                  }(),
                  400},
        ChunkCase{"over_the_limit_at_once", "3e9\r\nabc", 413},
        ChunkCase{"over_the_limit_bit_by_bit", "3e8\r\n" + std::string(1000, 'a') + "\r\n1\r\na\r\n0\r\n\r\n",
                  413}),
    [](const testing::TestParamInfo<ChunkCase>& c) { return c.param.name; });

// ---- before the body

TEST(Session, continue_is_sent_only_once_the_head_is_admitted) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(post("Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.status(), 100u);
  client.send("abc");
  EXPECT_EQ(client.read()->body, "abc");
  client.send(get(""));
  EXPECT_EQ(client.status(), 200u);
}

TEST(Session, continue_is_not_sent_to_a_refused_request) {
  RunningServer running;
  running.handler.body_limit = 2;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(post("Content-Length: 3\r\nExpect: 100-continue\r\n"));
  const auto response = client.read();
  EXPECT_EQ(response->status, 413u);
  EXPECT_TRUE(response->has("Connection: close"));
}

Admission refuse_all(const RequestHead&) {
  Response response;
  response.status = 429;
  return Admission::refuse(std::move(response));
}

TEST(Session, refusal_keeps_the_connection_when_the_body_is_already_here) {
  RunningServer running;
  running.handler.admit = refuse_all;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  for (int i = 0; i < 3; ++i) {
    client.send(post("Content-Length: 3\r\n", "abc"));
    const auto response = client.read();
    EXPECT_EQ(response->status, 429u);
    EXPECT_FALSE(response->has("Connection: close"));
  }
}

TEST(Session, refusal_of_a_body_still_to_come_can_be_read_by_a_client_that_sends_first) {
  RunningServer running;
  running.handler.admit = refuse_all;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  const std::string body(2 << 20, 'x');
  EXPECT_TRUE(client.send(post("Content-Length: " + std::to_string(body.size()) + "\r\n", body)));
  const auto response = client.read();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 429u);
  EXPECT_TRUE(response->has("Connection: close"));
}

asio::awaitable<Response> hold(Request& request, std::atomic<bool>& released) {
  while (!released) co_await pause(milliseconds(5));
  Response response;
  response.body = std::to_string(request.body.size());
  co_return response;
}

TEST(Session, bodies_over_the_memory_bound_are_503_before_they_are_sent) {
  RunningServer running;
  std::atomic<bool> released = false;
  running.options.body_memory = 10'000;
  running.handler.respond = [&](Request& request) { return hold(request, released); };
  ASSERT_TRUE(running.start());
  const auto request = post("Content-Length: 8000\r\n", std::string(8000, 'x'));
  RawClient holder(running.port());
  holder.send(request);
  ASSERT_TRUE(signalbox::test::wait_until([&] { return running.handler.targets().size() == 1; }));
  RawClient refused(running.port());
  refused.send(post("Content-Length: 8000\r\n"));
  const auto refusal = refused.read();
  EXPECT_EQ(refusal->status, 503u);
  EXPECT_TRUE(refusal->has("Retry-After: "));
  RawClient chunked(running.port());
  chunked.send(post("Transfer-Encoding: chunked\r\n", "fa0\r\n" + std::string(4000, 'x') + "\r\n0\r\n\r\n"));
  EXPECT_EQ(chunked.status(), 503u);
  released = true;
  EXPECT_EQ(holder.read()->body, "8000");
  holder.send(request);
  EXPECT_EQ(holder.status(), 200u);
}

// ---- deadlines

TEST(Session, slow_head_is_408_and_silence_is_closed) {
  RunningServer running;
  running.options.head_timeout = milliseconds(60);
  ASSERT_TRUE(running.start());
  RawClient slow(running.port());
  RawClient silent(running.port());
  slow.send("GET / HT");
  EXPECT_EQ(slow.status(), 408u);
  EXPECT_TRUE(silent.is_at_end());
}

TEST(Session, head_that_drips_is_408_although_it_never_pauses) {
  RunningServer running;
  running.options.head_timeout = milliseconds(100);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send("GET / HTTP/1.1\r\n");
  std::atomic<bool> done = false;
  auto dripping = std::async(std::launch::async, [&] {
    while (!done && client.send("X: a\r\n")) std::this_thread::sleep_for(milliseconds(10));
  });
  EXPECT_EQ(client.status(), 408u);
  done = true;
}

TEST(Session, second_head_has_a_deadline_too) {
  RunningServer running;
  running.options.head_timeout = milliseconds(60);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get("") + "GET / HT");
  EXPECT_EQ(client.status(), 200u);
  EXPECT_EQ(client.status(), 408u);
}

TEST(Session, slow_body_is_408) {
  RunningServer running;
  running.options.body_timeout = milliseconds(60);
  ASSERT_TRUE(running.start());
  for (const auto* fields : {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
    RawClient client(running.port());
    client.send(post(fields, "3\r\n"));
    EXPECT_EQ(client.status(), 408u);
  }
}

TEST(Session, idle_connection_is_closed_silently_after_its_own_timeout) {
  RunningServer running;
  running.options.head_timeout = milliseconds(50);
  running.options.idle_timeout = milliseconds(300);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  EXPECT_EQ(client.status(), 200u);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_TRUE(client.is_at_end());
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds(250));
}

TEST(Session, handler_may_take_longer_than_every_timeout) {
  RunningServer running;
  auto& o = running.options;
  o.head_timeout = o.body_timeout = o.idle_timeout = o.write_timeout = milliseconds(20);
  running.handler.respond = answer_first_late;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send("GET /0 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.status(), 200u);
}

asio::awaitable<Response> answer_much(Request&) {
  Response response;
  response.body.assign(64 << 20, 'x');
  co_return response;
}

TEST(Session, client_that_does_not_read_is_closed) {
  RunningServer running;
  running.options.write_timeout = milliseconds(60);
  running.handler.respond = answer_much;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  ASSERT_TRUE(signalbox::test::wait_until([&] { return running.server().stats().in_progress == 1; }));
  EXPECT_TRUE(signalbox::test::wait_until([&] { return running.server().stats().connections_open == 0; }));
}

// ---- answers

asio::awaitable<Response> answer_oddly(Request& request) {
  Response response;
  if (request.target == "/throw") throw std::runtime_error("a bug");
  if (request.target == "/status") response.status = 42;
  if (request.target == "/empty") response.status = 204;
  if (request.target == "/close") response.close = true;
  if (request.target == "/split") response.headers.emplace_back("X", "a\r\nY: b\r\n\r\nHTTP/1.1 200 OK");
  if (request.target == "/length") response.headers.emplace_back("content-length", "7");
  response.body = "body";
  co_return response;
}

TEST(Session, handlers_answer_is_made_a_proper_response) {
  RunningServer running;
  running.handler.respond = answer_oddly;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  const auto ask = [&](const std::string& method, const std::string& target) {
    client.send(test::line(method + " " + target + " HTTP/1.1"));
    return client.read(method).value_or(RawResponse());
  };
  EXPECT_TRUE(ask("GET", "/").has("\r\nDate: "));
  EXPECT_EQ(ask("GET", "/throw").status, 500u);
  EXPECT_EQ(ask("GET", "/status").status, 500u);
  EXPECT_TRUE(ask("HEAD", "/").has("Content-Length: 4\r\n"));
  EXPECT_FALSE(ask("GET", "/empty").has("Content-Length"));
  EXPECT_TRUE(ask("GET", "/split").has("X: a  Y: b    HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(ask("GET", "/length").has("Content-Length: 4\r\n"));
  EXPECT_TRUE(ask("GET", "/close").has("Connection: close\r\n"));
  EXPECT_TRUE(client.is_at_end());
}

TEST(Session, http_1_0_client_that_asks_for_it_keeps_its_connection) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  for (int i = 0; i < 2; ++i) {
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_TRUE(client.read()->has("Connection: keep-alive\r\n"));
  }
}

// ---- streams

asio::awaitable<Response> answer_with(Response response) { co_return response; }

/// A response whose body `write` writes.
template <class Write>
auto streaming(Write write) {
  return [write](Request&) {
    Response response;
    response.stream = write;
    return answer_with(std::move(response));
  };
}

asio::awaitable<void> write_two_pieces(ResponseStream& stream) {
  const bool first = co_await stream.write("one");
  const bool second = first && co_await stream.write("0123456789abcdef");
  EXPECT_TRUE(second);
}

TEST(Session, stream_is_chunked_and_ends_with_the_connection) {
  RunningServer running;
  running.handler.respond = streaming(write_two_pieces);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  const auto head = client.read();
  EXPECT_TRUE(head->has("Transfer-Encoding: chunked\r\n"));
  EXPECT_TRUE(head->has("Connection: close\r\n"));
  EXPECT_EQ(client.read_until("\r\n0\r\n\r\n"), "3\r\none\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n");
}

TEST(Session, stream_to_http_1_0_is_not_chunked) {
  RunningServer running;
  running.handler.respond = streaming(write_two_pieces);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(client.read()->has("Transfer-Encoding"));
  EXPECT_EQ(client.read_until("never"), "one0123456789abcdef");
}

asio::awaitable<void> wait_for_the_end(ResponseStream& stream, std::promise<bool>& wrote_after) {
  co_await stream.write("start");
  co_await stream.closed();
  const bool wrote = co_await stream.write("more");
  wrote_after.set_value(wrote);
}

TEST(Session, stream_learns_that_the_peer_has_gone) {
  RunningServer running;
  std::promise<bool> wrote_after;
  running.handler.respond =
      streaming([&](ResponseStream& stream) { return wait_for_the_end(stream, wrote_after); });
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  client.read_until("start");
  client.close();
  auto wrote = wrote_after.get_future();
  ASSERT_EQ(wrote.wait_for(signalbox::test::kPatience), std::future_status::ready);
  EXPECT_FALSE(wrote.get());
  EXPECT_TRUE(signalbox::test::wait_until([&] { return running.server().stats().connections_open == 0; }));
}

TEST(Session, drain_ends_a_stream_properly) {
  RunningServer running;
  std::promise<bool> wrote_after;
  running.handler.respond =
      streaming([&](ResponseStream& stream) { return wait_for_the_end(stream, wrote_after); });
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  client.read_until("start");
  running.server().drain();
  EXPECT_TRUE(client.read_until("\r\n0\r\n\r\n").ends_with("\r\n0\r\n\r\n"));
  EXPECT_FALSE(wrote_after.get_future().get());
}

asio::awaitable<void> race_closing_and_ticking(ResponseStream& stream) {
  using namespace asio::experimental::awaitable_operators;
  for (;;) {
    const auto first = co_await (stream.closed() || pause(milliseconds(1)));
    if (first.index() == 0) co_return;
    const bool written = co_await stream.write("tick");
    if (!written) co_return;
  }
}

TEST(Session, stream_may_race_closing_against_its_events) {
  RunningServer running;
  running.handler.respond = streaming(race_closing_and_ticking);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  client.read_until("tick\r\n4\r\ntick\r\n4\r\ntick");
  client.close();
  EXPECT_TRUE(signalbox::test::wait_until([&] { return running.server().stats().connections_open == 0; }));
}

asio::awaitable<void> write_without_end(ResponseStream& stream) {
  for (bool written = true; written;) written = co_await stream.write(std::string(100'000, 'x'));
}

TEST(Session, stream_to_a_client_that_does_not_read_is_closed) {
  RunningServer running;
  running.options.write_timeout = milliseconds(60);
  running.handler.respond = streaming(write_without_end);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  ASSERT_TRUE(signalbox::test::wait_until([&] { return running.server().stats().in_progress == 1; }));
  EXPECT_TRUE(signalbox::test::wait_until([&] { return running.server().stats().connections_open == 0; }));
}

asio::awaitable<void> fail_after_a_piece(ResponseStream& stream) {
  co_await stream.write("piece");
  throw std::runtime_error("a bug");
}

TEST(Session, stream_that_fails_is_cut_short) {
  RunningServer running;
  running.handler.respond = streaming(fail_after_a_piece);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  EXPECT_TRUE(client.read_until("never").ends_with("5\r\npiece\r\n"));
}

}  // namespace
}  // namespace signalbox::http
