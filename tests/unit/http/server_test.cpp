#include "http/server.hpp"

#include <gtest/gtest.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "head_cases.hpp"
#include "raw_client.hpp"
#include "running_server.hpp"
#include "support/temp_dir.hpp"
#include "support/test_certificates.hpp"
#include "support/wait_until.hpp"

namespace signalbox::http {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using signalbox::test::make_certificate;
using signalbox::test::TempDir;
using signalbox::test::wait_until;
using std::chrono::milliseconds;
using test::get;
using test::post;
using test::RawClient;
using test::RunningServer;

asio::awaitable<void> sleep_for(milliseconds span) {
  asio::steady_timer timer(co_await asio::this_coro::executor, span);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<Response> answer_who(Request& request) {
  Response response;
  response.body = request.peer.to_string() + " " + std::string(request.tls_subject);
  co_return response;
}

// ---- listening

TEST(Server, address_in_use_is_a_conflict) {
  RunningServer first;
  ASSERT_TRUE(first.start());
  RunningServer second;
  second.options.listen = "127.0.0.1:" + std::to_string(first.port());
  const auto status = second.start();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::conflict);
  EXPECT_NE(status.error().message.find(second.options.listen), std::string::npos);
}

TEST(Server, bad_address_is_refused_by_name) {
  for (const auto* listen : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "::1:80",
                             "[::1:80", "[localhost]:0", "no such host:80"}) {
    RunningServer running;
    running.options.listen = listen;
    const auto status = running.start();
    ASSERT_FALSE(status) << listen;
    EXPECT_EQ(status.error().code, Errc::invalid_argument) << listen;
  }
}

TEST(Server, any_address_is_listened_on_and_peers_are_ipv4) {
  RunningServer running;
  running.options.listen = ":0";
  running.handler.respond = answer_who;
  if (!running.start()) GTEST_SKIP() << "no IPv6 here";
  RawClient client(running.port());
  client.send(get(""));
  EXPECT_EQ(client.read()->body, "127.0.0.1 ");
}

// ---- limits and counts

TEST(Server, connections_past_the_limit_are_told_so_until_one_leaves) {
  RunningServer running;
  running.options.max_connections = 2;
  ASSERT_TRUE(running.start());
  RawClient first(running.port());
  RawClient second(running.port());
  for (auto* client : {&first, &second}) {
    client->send(get(""));
    ASSERT_EQ(client->status(), 200u);
  }
  std::vector<std::unique_ptr<RawClient>> more;
  for (int i = 0; i < 20; ++i) {
    more.push_back(std::make_unique<RawClient>(running.port()));
    more.back()->send(get(""));
  }
  for (auto& client : more) {
    const auto response = client->read();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 503u);
    EXPECT_TRUE(response->has("Retry-After: "));
  }
  EXPECT_EQ(running.server().stats().connections_refused, 20u);
  EXPECT_EQ(running.server().stats().connections_open, 2u);
  first.close();
  ASSERT_TRUE(wait_until([&] { return running.server().stats().connections_open == 1; }));
  RawClient next(running.port());
  next.send(get(""));
  EXPECT_EQ(next.status(), 200u);
}

TEST(Server, many_connections_at_once_each_get_their_own_answers) {
  RunningServer running;
  ASSERT_TRUE(running.start());
  constexpr int kClients = 100;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(std::make_unique<RawClient>(running.port()));
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < kClients; ++i) {
      const auto body = std::to_string(i) + "/" + std::to_string(round);
      clients[static_cast<std::size_t>(i)]->send(
          post("Content-Length: " + std::to_string(body.size()) + "\r\n", body));
    }
    for (int i = 0; i < kClients; ++i) {
      const auto response = clients[static_cast<std::size_t>(i)]->read();
      ASSERT_TRUE(response);
      EXPECT_EQ(response->body, std::to_string(i) + "/" + std::to_string(round));
    }
  }
  const auto stats = running.server().stats();
  EXPECT_EQ(stats.requests, 500u);
  EXPECT_EQ(stats.connections_total, 100u);
  EXPECT_EQ(stats.connections_open, 100u);
  EXPECT_EQ(stats.faults, 0u);
  EXPECT_TRUE(wait_until([&] { return running.server().stats().in_progress == 0; }));
}

// ---- stopping

/// Holds every request until told.
class Gate {
 public:
  explicit Gate(RunningServer& running) {
    running.handler.respond = [this](Request&) { return wait(open_); };
  }
  void open() { open_ = true; }

 private:
  static asio::awaitable<Response> wait(std::atomic<bool>& open) {
    while (!open) co_await sleep_for(milliseconds(2));
    co_return Response();
  }
  std::atomic<bool> open_ = false;
};

TEST(Server, drain_answers_what_is_under_way_and_closes_what_is_idle) {
  RunningServer running;
  Gate gate(running);
  ASSERT_TRUE(running.start());
  RawClient busy(running.port());
  RawClient idle(running.port());
  busy.send(get(""));
  ASSERT_TRUE(wait_until([&] {
    const auto stats = running.server().stats();
    return stats.in_progress == 1 && stats.connections_open == 2;
  }));
  running.server().drain();
  EXPECT_TRUE(idle.is_at_end());
  EXPECT_FALSE(RawClient(running.port()).connected());
  EXPECT_EQ(running.server().stats().in_progress, 1u);
  gate.open();
  const auto response = busy.read();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200u);
  EXPECT_TRUE(response->has("Connection: close\r\n"));
  EXPECT_TRUE(busy.is_at_end());
}

TEST(Server, stop_waits_for_the_request_under_way) {
  RunningServer running;
  Gate gate(running);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  ASSERT_TRUE(wait_until([&] { return running.server().stats().in_progress == 1; }));
  std::thread opener([&] {
    while (RawClient(running.port()).connected()) std::this_thread::sleep_for(milliseconds(2));
    gate.open();
  });
  std::thread reader([&] {
    EXPECT_EQ(client.status(), 200u);
    client.close();
  });
  running.stop(signalbox::test::kPatience);
  opener.join();
  reader.join();
  EXPECT_EQ(running.server().stats().connections_open, 0u);
}

TEST(Server, stop_cancels_what_is_left_at_its_deadline) {
  RunningServer running;
  Gate gate(running);  // never opened
  ASSERT_TRUE(running.start());
  RawClient busy(running.port());
  RawClient halfway(running.port());
  busy.send(get(""));
  halfway.send(post("Content-Length: 10\r\n", "abc"));
  ASSERT_TRUE(wait_until([&] { return running.server().stats().in_progress == 2; }));
  running.stop(milliseconds(20));
  EXPECT_EQ(running.server().stats().connections_open, 0u);
  EXPECT_TRUE(busy.is_at_end());
  EXPECT_TRUE(halfway.is_at_end());
}

TEST(Server, stop_ends_a_stream_that_does_not_end_itself) {
  RunningServer running;
  running.handler.respond = [](Request&) -> asio::awaitable<Response> {
    Response response;
    response.stream = [](ResponseStream&) { return sleep_for(std::chrono::hours(1)); };
    co_return response;
  };
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  client.send(get(""));
  EXPECT_EQ(client.status(), 200u);
  running.stop(milliseconds(20));
  EXPECT_TRUE(client.is_at_end());
}

// ---- TLS

/// A client with or without a certificate of its own; trusts `authority`.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const signalbox::test::Certificate& authority,
            const signalbox::test::Certificate* own = nullptr)
      : context_(ssl::context::tls_client), stream_(io_, context_) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.native_handle()), authority.x509.get());
    if (own) SSL_use_certificate(stream_.native_handle(), own->x509.get());
    if (own) SSL_use_PrivateKey(stream_.native_handle(), own->key.get());
    SSL_set_verify(stream_.native_handle(), SSL_VERIFY_PEER, nullptr);
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port}, error_);
  }
  SSL* native() { return stream_.native_handle(); }
  bool handshake() {
    if (!error_) stream_.handshake(ssl::stream_base::client, error_);
    return !error_;
  }
  /// Everything the server sends to `request` until it ends; "" when something fails.
  std::string exchange(const std::string& request) {
    if (!handshake()) return "";
    asio::write(stream_, asio::buffer(request), error_);
    std::string all;
    std::array<char, 4096> piece;
    while (!error_) {
      const auto got = stream_.read_some(asio::buffer(piece), error_);
      all.append(piece.data(), got);
    }
    ended_properly_ = error_ == asio::error::eof;
    return all;
  }
  bool ended_properly() const { return ended_properly_; }

 private:
  asio::io_context io_;
  ssl::context context_;
  ssl::stream<asio::ip::tcp::socket> stream_;
  boost::system::error_code error_;
  bool ended_properly_ = false;
};

class ServerWithTls : public testing::Test {
 protected:
  ServerWithTls() {
    authority.write_certificate(file("ca.pem"));
    write_server_certificate();
    running.options.tls.certificate_file = file("server.pem");
    running.options.tls.key_file = file("server.key");
  }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }
  void write_server_certificate() {
    server_certificate = make_certificate(&authority, "IP:127.0.0.1");
    server_certificate.write_certificate(file("server.pem"));
    server_certificate.write_key(file("server.key"));
  }
  static std::string last_request(const std::string& body) {
    return post("Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n", body);
  }

  TempDir folder;
  signalbox::test::Certificate authority = make_certificate(nullptr, "");
  signalbox::test::Certificate server_certificate;
  RunningServer running;
};

TEST_F(ServerWithTls, request_and_answer_make_the_round_trip) {
  ASSERT_TRUE(running.start());
  const std::string body(200'000, 'x');
  TlsClient client(running.port(), authority);
  const auto answer = client.exchange(last_request(body));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + body));
  EXPECT_TRUE(client.ended_properly());
}

TEST_F(ServerWithTls, client_certificate_is_required_and_its_subject_handed_on) {
  running.options.tls.client_ca_file = file("ca.pem");
  running.handler.respond = answer_who;
  ASSERT_TRUE(running.start());
  const auto own = make_certificate(&authority, "DNS:client");
  TlsClient known(running.port(), authority, &own);
  const auto answer = known.exchange(last_request("a"));
  EXPECT_NE(answer.find("\r\n\r\n127.0.0.1 CN=Test server"), answer.npos) << answer;
  TlsClient unknown(running.port(), authority);
  EXPECT_EQ(unknown.exchange(last_request("a")), "");
  const auto foreign_authority = make_certificate(nullptr, "");
  const auto foreign = make_certificate(&foreign_authority, "DNS:client");
  TlsClient wrong(running.port(), authority, &foreign);
  EXPECT_EQ(wrong.exchange(last_request("a")), "");
  EXPECT_EQ(running.handler.targets().size(), 1u);
}

TEST_F(ServerWithTls, old_protocol_versions_are_refused) {
  ASSERT_TRUE(running.start());
  TlsClient client(running.port(), authority);
  SSL_set_min_proto_version(client.native(), TLS1_VERSION);
  SSL_set_max_proto_version(client.native(), TLS1_1_VERSION);
  EXPECT_FALSE(client.handshake());
}

TEST_F(ServerWithTls, client_that_never_shakes_hands_is_closed) {
  running.options.head_timeout = milliseconds(60);
  ASSERT_TRUE(running.start());
  RawClient client(running.port());
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(ServerWithTls, reload_takes_new_files_and_keeps_the_old_ones_when_they_are_bad) {
  ASSERT_TRUE(running.start());
  const auto serial_shown = [&] {
    TlsClient client(running.port(), authority);
    EXPECT_TRUE(client.handshake());
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(client.native()),
                                                            &X509_free);
    return ASN1_INTEGER_get(X509_get_serialNumber(shown.get()));
  };
  const auto first = serial_shown();
  write_server_certificate();
  EXPECT_EQ(serial_shown(), first);
  EXPECT_TRUE(running.server().reload_tls());
  const auto second = serial_shown();
  EXPECT_NE(second, first);
  make_certificate(&authority, "IP:127.0.0.1").write_key(file("server.key"));  // of another certificate
  const auto status = running.server().reload_tls();
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("server.key"), std::string::npos);
  EXPECT_EQ(serial_shown(), second);
}

TEST_F(ServerWithTls, missing_files_are_named) {
  for (auto* setting : {&running.options.tls.certificate_file, &running.options.tls.key_file,
                        &running.options.tls.client_ca_file}) {
    const auto before = std::exchange(*setting, file("missing.pem"));
    RunningServer other;
    other.options.tls = running.options.tls;
    const auto status = other.start();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Errc::invalid_argument);
    EXPECT_NE(status.error().message.find("missing.pem"), std::string::npos);
    *setting = before;
  }
}

}  // namespace
}  // namespace signalbox::http
