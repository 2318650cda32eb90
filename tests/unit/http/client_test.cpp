#include "http/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/system_clock.hpp"
#include "base/with_deadline.hpp"
#include "support/loopback_server.hpp"
#include "support/run_coroutine.hpp"
#include "support/wait_until.hpp"

namespace signalbox::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::LoopbackServer;

const std::string kEmpty = "HTTP/1.1 204 No Content\r\n\r\n";

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class ClientTest : public testing::Test {
 protected:
  Client& connect_to(const std::string& url, ClientOptions options = {}) {
    client_.emplace(io_.get_executor(), clock_, resolver_, *parse_url(url), std::move(options));
    return *client_;
  }

  Result<ClientResponse> post(std::string_view body, Duration timeout = 10s) {
    return test::run_coroutine(io_, exchange(body, timeout));
  }

  asio::awaitable<Result<ClientResponse>> exchange(std::string_view body, Duration timeout) {
    const auto head = "POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    const ClientRequest request(head, body);
    co_return co_await client_->exchange(request, clock_.now() + timeout);
  }

  base::SystemClock clock_;
  asio::io_context io_;
  Resolver resolver_;
  std::optional<Client> client_;
};

TEST_F(ClientTest, exchanges_reuse_one_connection) {
  LoopbackServer server(test::answer_always(ok("hello")));
  connect_to(server.url());
  for (const auto* body : {"a", "bb", "ccc"}) {
    const auto response = post(body);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 200u);
    EXPECT_EQ(response->body, "hello");
  }
  EXPECT_EQ(server.connections(), 1u);
  ASSERT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(server.requests()[2].body, "ccc");
  EXPECT_EQ(client_->stats().opened, 1u);
  EXPECT_EQ(client_->stats().reused, 2u);
}

TEST_F(ClientTest, large_bodies_pass_both_ways) {
  LoopbackServer server(test::answer_always(ok(std::string(60'000, 'r'))));
  connect_to(server.url());
  const std::string body(8 << 20, 'b');
  for (int i = 0; i < 2; ++i) {
    const auto response = post(body);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body.size(), 60'000u);
  }
  EXPECT_EQ(server.requests()[0].body, body);
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(ClientTest, answer_of_a_server_that_does_not_read_the_request_is_heard) {
  LoopbackServer server([](LoopbackServer::Peer& peer) {
    peer.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    peer.wait_for_close();
  });
  connect_to(server.url());
  const auto response = post(std::string(1 << 20, 'b'));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 413u);
}

TEST_F(ClientTest, connection_is_closed_when_the_response_says_so) {
  LoopbackServer server(test::answer_always("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
  connect_to(server.url());
  ASSERT_TRUE(post("a"));
  ASSERT_TRUE(post("b"));
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(ClientTest, second_answer_in_the_same_packet_is_nobodys) {
  LoopbackServer server([](LoopbackServer::Peer& peer) {
    while (const auto request = peer.read_request()) peer.send(ok(request->body) + ok("poison"));
  });
  connect_to(server.url());
  for (const auto* body : {"a", "b", "c", "d"}) {
    const auto response = post(body);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, body);
  }
  EXPECT_EQ(server.connections(), 4u);
  EXPECT_EQ(client_->stats().surplus, 4u);
}

TEST_F(ClientTest, second_answer_that_comes_later_is_nobodys_and_ends_keep_alive) {
  std::atomic<bool> spoken = false;
  LoopbackServer server([&](LoopbackServer::Peer& peer) {
    while (const auto request = peer.read_request()) {
      peer.send(ok(request->body));
      if (peer.number() > 1) continue;
      peer.pass_time(20ms);
      peer.send(ok("poison"));
      spoken = true;
    }
  });
  connect_to(server.url());
  ASSERT_EQ(post("a")->body, "a");
  ASSERT_TRUE(test::wait_until([&] { return spoken.load(); }));
  for (const auto* body : {"b", "c"}) EXPECT_EQ(post(body)->body, body);
  EXPECT_EQ(server.connections(), 3u);
  EXPECT_EQ(client_->stats().surplus, 1u);
}

TEST_F(ClientTest, idle_connection_closed_by_the_server_is_noticed_before_it_is_used) {
  LoopbackServer server(test::answer_once(kEmpty));
  connect_to(server.url());
  ASSERT_TRUE(post("a"));
  EXPECT_TRUE(post("b"));
  EXPECT_TRUE(post("c"));
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(ClientTest, stale_connection_is_replaced_once_without_an_error) {
  // The first connection answers once and closes as soon as the second request begins to arrive.
  LoopbackServer server([](LoopbackServer::Peer& peer) {
    if (!peer.read_request() || !peer.send(kEmpty)) return;
    if (peer.number() == 1) {
      peer.read_request();
      peer.reset();
      return;
    }
    test::answer_always(kEmpty)(peer);
  });
  connect_to(server.url());
  ASSERT_TRUE(post("a"));
  const auto response = post("b");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(server.connections(), 2u);
  EXPECT_EQ(server.requests().back().body, "b");
}

TEST_F(ClientTest, fresh_connection_that_closes_unanswered_is_an_error) {
  LoopbackServer server([](LoopbackServer::Peer& peer) { peer.read_request(); });
  connect_to(server.url());
  const auto response = post("a");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::network);
  EXPECT_NE(response.error().message.find("connection closed before a response came"), std::string::npos)
      << response.error().message;
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(ClientTest, reused_connection_that_answers_half_is_not_retried) {
  LoopbackServer server([](LoopbackServer::Peer& peer) {
    if (!peer.read_request() || !peer.send(kEmpty)) return;
    if (peer.read_request()) peer.send("HTTP/1.1 200 O");
  });
  connect_to(server.url());
  ASSERT_TRUE(post("a"));
  EXPECT_FALSE(post("b"));
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(ClientTest, reset_in_the_response_is_an_error) {
  LoopbackServer server([](LoopbackServer::Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
    peer.pass_time(20ms);
    peer.reset();
  });
  connect_to(server.url());
  const auto response = post("a");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::network);
}

TEST_F(ClientTest, silent_server_times_out) {
  LoopbackServer server([](LoopbackServer::Peer& peer) { peer.wait_for_close(); });
  connect_to(server.url());
  const auto begun = clock_.now();
  const auto response = post("a", 60ms);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::timed_out);
  EXPECT_EQ(response.error().message,
            "waiting for the response of 127.0.0.1:" + std::to_string(server.port()) + ": timed out");
  EXPECT_GE(clock_.now() - begun, 60ms);
  EXPECT_LT(clock_.now() - begun, 5s);
  EXPECT_EQ(client_->stats().open, 0u);
}

TEST_F(ClientTest, server_that_dribbles_times_out_by_the_whole_exchange) {
  LoopbackServer server([](LoopbackServer::Peer& peer) {
    peer.read_request();
    peer.dribble("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'), 5ms);
  });
  connect_to(server.url());
  const auto response = post("a", 80ms);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::timed_out);
}

TEST_F(ClientTest, server_that_never_reads_times_out) {
  LoopbackServer server([](LoopbackServer::Peer& peer) { peer.stay_deaf(); });
  connect_to(server.url());
  const auto response = post(std::string(32 << 20, 'x'), 100ms);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::timed_out);
  EXPECT_NE(response.error().message.find("send to"), std::string::npos) << response.error().message;
}

TEST_F(ClientTest, endless_body_counts_by_its_status_and_closes) {
  LoopbackServer server([](LoopbackServer::Peer& peer) {
    while (peer.read_request()) {
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (peer.send("400\r\n" + std::string(0x400, 'x') + "\r\n")) {}
    }
  });
  connect_to(server.url());
  const auto response = post("a");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body.size(), 64u << 10);
  EXPECT_TRUE(response->truncated);
  EXPECT_EQ(client_->stats().open, 0u);
}

TEST_F(ClientTest, idle_connection_is_closed_after_its_time) {
  std::atomic<bool> closed = false;
  LoopbackServer server([&](LoopbackServer::Peer& peer) {
    test::answer_always(kEmpty)(peer);
    closed = true;
  });
  ClientOptions options;
  options.idle_timeout = 30ms;
  connect_to(server.url(), options);
  ASSERT_TRUE(post("a"));
  EXPECT_EQ(client_->stats().idle, 1u);
  io_.restart();
  io_.run();  // until the timer was the last to go
  EXPECT_EQ(client_->stats().open, 0u);
  EXPECT_TRUE(test::wait_until([&] { return closed.load(); }));
}

TEST_F(ClientTest, servers_own_keep_alive_time_is_obeyed) {
  LoopbackServer server(test::answer_always("HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=1\r\n\r\n"));
  connect_to(server.url());
  ASSERT_TRUE(post("a"));
  EXPECT_EQ(client_->stats().open, 0u);
}

TEST_F(ClientTest, more_exchanges_than_connections_wait_their_turn) {
  std::atomic<int> serving = 0, most = 0;
  LoopbackServer server([&](LoopbackServer::Peer& peer) {
    while (peer.read_request()) {
      most = std::max(most.load(), ++serving);
      peer.pass_time(2ms);
      --serving;
      peer.send(kEmpty);
    }
  });
  ClientOptions options;
  options.connections = 3;
  connect_to("http://localhost:" + std::to_string(server.port()), options);  // resolving must not let more through
  int answered = 0;
  for (int i = 0; i < 30; ++i) {
    auto count = [&](std::exception_ptr, Result<ClientResponse> response) { answered += response ? 1 : 0; };
    asio::co_spawn(io_, exchange("a", 10s), count);
  }
  while (answered < 30 && io_.run_one() > 0) {}
  EXPECT_EQ(answered, 30);
  EXPECT_EQ(server.connections(), 3u);
  EXPECT_LE(most, 3);
}

TEST_F(ClientTest, waiting_for_a_connection_times_out) {
  LoopbackServer server([](LoopbackServer::Peer& peer) { peer.wait_for_close(); });
  ClientOptions options;
  options.connections = 1;
  connect_to(server.url(), options);
  using namespace asio::experimental::awaitable_operators;
  const auto [first, second] = test::run_coroutine(io_, exchange("a", 200ms) && exchange("b", 60ms));
  EXPECT_EQ(first.error().code, Errc::timed_out);
  EXPECT_EQ(second.error().code, Errc::timed_out);
  EXPECT_NE(second.error().message.find("waiting for one of 1 connections"), std::string::npos)
      << second.error().message;
}

TEST_F(ClientTest, cancelled_exchange_stops_at_once_and_closes_its_connection) {
  LoopbackServer server([](LoopbackServer::Peer& peer) { peer.wait_for_close(); });
  connect_to(server.url());
  const auto outcome = test::run_coroutine(io_, base::with_deadline(exchange("a", 10s), clock_, clock_.now() + 40ms));
  EXPECT_FALSE(outcome);
  EXPECT_EQ(client_->stats().open, 0u);
}

TEST_F(ClientTest, refused_connection_names_the_address) {
  std::uint16_t port = 0;
  { port = LoopbackServer([](LoopbackServer::Peer&) {}).port(); }
  connect_to("http://127.0.0.1:" + std::to_string(port));
  const auto response = post("a");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::network);
  EXPECT_EQ(response.error().message, "connect to 127.0.0.1:" + std::to_string(port) + ": connection refused");
}

TEST_F(ClientTest, name_that_does_not_resolve_is_an_error) {
  connect_to("http://no-such-host.invalid/");
  const auto response = post("a");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().message.find("resolve no-such-host.invalid: "), 0u) << response.error().message;
}

TEST_F(ClientTest, exchanges_at_once_share_one_failed_look_up) {
  connect_to("http://no-such-host.invalid/");
  using namespace asio::experimental::awaitable_operators;
  const auto [first, second] = test::run_coroutine(io_, exchange("a", 10s) && exchange("b", 10s));
  ASSERT_FALSE(first || second);
  EXPECT_EQ(first.error().message, second.error().message);
}

TEST_F(ClientTest, localhost_is_reached_by_the_address_that_listens) {
  LoopbackServer server(test::answer_always(kEmpty));  // on IPv4 only; the name may give ::1 first
  connect_to("http://localhost:" + std::to_string(server.port()));
  const auto response = post("a");
  EXPECT_TRUE(response) << response.error().message;
}

class SpelledAddress : public ClientTest, public testing::WithParamInterface<const char*> {};

// The system's resolver takes all of these for 127.0.0.1 (0 for 0.0.0.0): the policy must see what they lead to.
TEST_P(SpelledAddress, is_judged_by_where_it_leads) {
  LoopbackServer server(test::answer_always(kEmpty));
  ClientOptions options;
  options.addresses = AddressPolicy({AddressClass::loopback, AddressClass::unspecified});
  connect_to(std::string("http://") + GetParam() + ":" + std::to_string(server.port()), options);
  const auto response = post("a");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::forbidden) << response.error().message;
  EXPECT_EQ(server.connections(), 0u);
}

INSTANTIATE_TEST_SUITE_P(all, SpelledAddress,
                         testing::Values("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0",
                                         "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
                                         "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]"));

}  // namespace
}  // namespace signalbox::http
