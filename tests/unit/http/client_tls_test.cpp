#include "http/client_tls.hpp"

#include <gtest/gtest.h>

#include "base/system_clock.hpp"
#include "http/client.hpp"
#include "support/loopback_server.hpp"
#include "support/run_coroutine.hpp"
#include "support/temp_dir.hpp"
#include "support/test_certificates.hpp"

namespace signalbox::http {
namespace {

using namespace std::chrono_literals;
using test::LoopbackServer;

const std::string kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";

class ClientTlsTest : public testing::Test {
 protected:
  ClientTlsTest() {
    authority_ = test::make_certificate(nullptr, "");
    authority_.write_certificate(dir_.file("ca.pem"));
    settings_.ca_file = dir_.file("ca.pem");
  }

  /// Posts `times` times, one after the other, to a server that shows `certificate`; the last answer.
  Result<ClientResponse> post(const test::Certificate& certificate, const std::string& host = "localhost", int times = 1,
                              std::string_view body = "hello", long options = 0) {
    const auto context = test::make_server_context(certificate);
    SSL_CTX_set_options(context.get(), static_cast<std::uint64_t>(options));
    auto script = [&](LoopbackServer::Peer& peer) {
      resumed_ += peer.resumed() ? 1 : 0;
      if (close_each_) test::answer_once("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")(peer);
      else test::answer_always(kNoContent)(peer);
    };
    LoopbackServer server(script, context.get());
    auto tls = ClientTls::make(settings_);
    if (!tls) return tls.error();
    ClientOptions client_options;
    client_options.tls = *tls;
    const auto url = *parse_url("https://" + host + ":" + std::to_string(server.port()));
    Client client(io_.get_executor(), clock_, resolver_, url, client_options);
    Result<ClientResponse> response;
    for (int i = 0; i < times; ++i) response = test::run_coroutine(io_, exchange(client, body));
    connections_ = server.connections();
    requests_ = server.requests();
    return response;
  }

  boost::asio::awaitable<Result<ClientResponse>> exchange(Client& client, std::string_view body) {
    const auto head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    const ClientRequest request(head, body);
    co_return co_await client.exchange(request, clock_.now() + 10s);
  }

  test::TempDir dir_;
  test::Certificate authority_;
  ClientTlsSettings settings_;
  base::SystemClock clock_;
  boost::asio::io_context io_;
  Resolver resolver_;
  bool close_each_ = false;
  std::atomic<int> resumed_ = 0;
  unsigned connections_ = 0;
  std::vector<test::RawRequest> requests_;
};

TEST_F(ClientTlsTest, good_certificate_is_accepted_and_the_connection_kept) {
  const auto good = test::make_certificate(&authority_, "DNS:localhost");
  const auto response = post(good, "localhost", 3);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 204u);
  EXPECT_EQ(connections_, 1u);
}

TEST_F(ClientTlsTest, large_body_arrives_whole) {
  const auto good = test::make_certificate(&authority_, "DNS:localhost");
  const std::string body(1 << 20, 'x');
  ASSERT_TRUE(post(good, "localhost", 1, body));
  EXPECT_EQ(requests_[0].body, body);
}

TEST_F(ClientTlsTest, address_in_the_certificate_is_checked) {
  EXPECT_TRUE(post(test::make_certificate(&authority_, "IP:127.0.0.1"), "127.0.0.1"));
  EXPECT_FALSE(post(test::make_certificate(&authority_, "IP:127.0.0.2"), "127.0.0.1"));
}

TEST_F(ClientTlsTest, server_name_is_checked_instead_of_the_host) {
  settings_.server_name = "crm.example";
  EXPECT_TRUE(post(test::make_certificate(&authority_, "DNS:crm.example"), "127.0.0.1"));
  EXPECT_FALSE(post(test::make_certificate(&authority_, "DNS:localhost"), "localhost"));
}

struct Refused {
  const char* names;
  long seconds_left;
  bool known_authority;
  const char* why;
};

class RefusedCertificate : public ClientTlsTest, public testing::WithParamInterface<Refused> {};

TEST_P(RefusedCertificate, is_an_error_that_says_why) {
  const auto stranger = test::make_certificate(nullptr, "");
  const auto& issuer = GetParam().known_authority ? authority_ : stranger;
  const auto response = post(test::make_certificate(&issuer, GetParam().names, GetParam().seconds_left));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::network);
  EXPECT_NE(response.error().message.find(GetParam().why), std::string::npos) << response.error().message;
  EXPECT_TRUE(requests_.empty());
}

INSTANTIATE_TEST_SUITE_P(all, RefusedCertificate,
                         testing::Values(Refused{"DNS:other.example", 3600, true, "hostname mismatch"},
                                         Refused{"DNS:localhost", -3600, true, "certificate has expired"},
                                         Refused{"DNS:localhost", 3600, false, "unable to get local issuer certificate"}));

TEST_F(ClientTlsTest, certificate_of_an_unknown_authority_passes_without_verification) {
  settings_.verify = false;
  const auto stranger = test::make_certificate(nullptr, "DNS:other.example");
  EXPECT_TRUE(post(stranger));
}

TEST_F(ClientTlsTest, server_of_tls_1_1_is_refused) {
  const auto good = test::make_certificate(&authority_, "DNS:localhost");
  EXPECT_FALSE(post(good, "localhost", 1, "x", SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3));
  EXPECT_TRUE(post(good, "localhost", 1, "x", SSL_OP_NO_TLSv1_3));
}

TEST_F(ClientTlsTest, next_connection_resumes_the_session) {
  close_each_ = true;
  const auto good = test::make_certificate(&authority_, "DNS:localhost");
  ASSERT_TRUE(post(good, "localhost", 3));
  EXPECT_EQ(connections_, 3u);
  EXPECT_EQ(resumed_, 2);
}

TEST_F(ClientTlsTest, missing_file_is_named) {
  settings_.ca_file = dir_.file("absent.pem");
  const auto tls = ClientTls::make(settings_);
  ASSERT_FALSE(tls);
  EXPECT_NE(tls.error().message.find("absent.pem"), std::string::npos) << tls.error().message;
}

TEST_F(ClientTlsTest, key_of_another_certificate_is_refused) {
  authority_.write_certificate(dir_.file("client.pem"));
  test::make_certificate(nullptr, "").write_key(dir_.file("client.key"));
  settings_.certificate_file = dir_.file("client.pem");
  settings_.key_file = dir_.file("client.key");
  EXPECT_FALSE(ClientTls::make(settings_));
}

}  // namespace
}  // namespace signalbox::http
