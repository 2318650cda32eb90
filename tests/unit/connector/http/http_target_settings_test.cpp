#include "connector/http/http_target_settings.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "unit/connector/http/config_nodes.hpp"
#include "connector/http/http_target_factory.hpp"
#include "support/temp_dir.hpp"

namespace signalbox::connector::http {
namespace {

using namespace std::chrono_literals;
using test::block;
using test::list;
using test::text;

constexpr const char* kUrl = "https://crm.example/events";

class HttpTargetSettingsTest : public testing::Test {
 protected:
  HttpTargetSettings read(const ConfigNode& node) { return read_http_target(node, {}, out_); }
  std::string faults() const {
    std::string all;
    for (const auto& fault : out_.faults())
      if (!fault.warning) all += fault.message + "\n";
    return all;
  }
  std::string secret_file(const std::string& content) {
    const auto name = dir_.file("secret" + std::to_string(++files_));
    std::ofstream(name) << content;
    return name;
  }

  Diagnostics out_;
  test::TempDir dir_;
  int files_ = 0;
};

TEST_F(HttpTargetSettingsTest, url_alone_gives_the_defaults) {
  const auto settings = read(block({{"url", text(kUrl)}}));
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(settings.url.host, "crm.example");
  EXPECT_EQ(settings.timeout, 10s);
  EXPECT_EQ(settings.connect_timeout, 5s);
  EXPECT_EQ(settings.concurrency, 64u);
  EXPECT_EQ(settings.rate.per_second, 0);
  EXPECT_EQ(settings.mode, DeliveryMode::binary);
  EXPECT_EQ(settings.user_agent.find("Signalbox/"), 0u);
}

TEST_F(HttpTargetSettingsTest, all_keys_are_read) {
  const auto node = block({{"url", text(kUrl)},
                           {"timeout", text("30s")},
                           {"connect_timeout", text("2s")},
                           {"concurrency", text("8")},
                           {"rate", text("500/s")},
                           {"mode", text("batch")},
                           {"batch", block({{"max_events", text("20")}, {"max_bytes", text("64KiB")}})},
                           {"headers", block({{"X-Team", text("shop")}})},
                           {"user_agent", text("shop/1")},
                           {"auth", block({{"bearer", block({{"token_file", text(secret_file("t0ken\n"))}})}})},
                           {"sign", block({{"secret_file", text(secret_file("whsec_" + std::string(32, 'A')))}})},
                           {"tls", block({{"server_name", text("other")}, {"verify", text("false")}})},
                           {"addresses", block({{"allow", list({"169.254.7.0/24"})}, {"deny", list({"10.0.0.0/8"})}})},
                           {"statuses", block({{"retry", list({"4xx"})}, {"reject", list({"404", "5xx"})}})}});
  const auto settings = read(node);
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(settings.timeout, 30s);
  EXPECT_EQ(settings.connect_timeout, 2s);
  EXPECT_EQ(settings.concurrency, 8u);
  EXPECT_EQ(settings.rate.per_second, 500);
  EXPECT_EQ(settings.mode, DeliveryMode::batch);
  EXPECT_EQ(settings.batch_events, 20u);
  EXPECT_EQ(settings.batch_bytes.value, 64u << 10);
  ASSERT_EQ(settings.headers.size(), 1u);
  EXPECT_EQ(settings.headers[0].second, "shop");
  EXPECT_EQ(settings.user_agent, "shop/1");
  ASSERT_TRUE(settings.credential);
  EXPECT_EQ(settings.credential->value.reveal(), "Bearer t0ken");
  EXPECT_TRUE(settings.signing_secret);
  EXPECT_EQ(settings.tls.server_name, "other");
  EXPECT_FALSE(settings.tls.verify);
  EXPECT_FALSE(settings.addresses.refusal(boost::asio::ip::make_address("169.254.7.1")));
  EXPECT_TRUE(settings.addresses.refusal(boost::asio::ip::make_address("10.0.0.1")));
  EXPECT_EQ(settings.statuses[400], Outcome::Kind::failed);
  EXPECT_EQ(settings.statuses[404], Outcome::Kind::rejected);
  EXPECT_EQ(settings.statuses[500], Outcome::Kind::rejected);
}

TEST_F(HttpTargetSettingsTest, basic_and_header_credentials_make_a_header) {
  const auto basic = read(block({{"url", text(kUrl)},
                                 {"auth", block({{"basic", block({{"user", text("Aladdin")},
                                                                  {"password_file", text(secret_file("open sesame"))}})}})}}));
  ASSERT_TRUE(basic.credential);
  EXPECT_EQ(basic.credential->value.reveal(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617's example
  const auto header = read(block({{"url", text(kUrl)},
                                  {"auth", block({{"header", block({{"name", text("X-Api-Key")},
                                                                    {"value_file", text(secret_file("k3y"))}})}})}}));
  ASSERT_TRUE(header.credential);
  EXPECT_EQ(header.credential->header, "X-Api-Key");
  EXPECT_EQ(header.credential->value.reveal(), "k3y");
  EXPECT_EQ(faults(), "");
}

struct Bad {
  const char* key;
  ConfigNode node;
  const char* message;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.key << " " << bad.message; }

class BadSetting : public HttpTargetSettingsTest, public testing::WithParamInterface<Bad> {};

TEST_P(BadSetting, is_a_fault_that_says_what_is_expected) {
  const bool is_url = std::string_view(GetParam().key) == "url";
  read(is_url ? block({{"url", GetParam().node}}) : block({{"url", text(kUrl)}, {GetParam().key, GetParam().node}}));
  EXPECT_NE(faults().find(GetParam().message), std::string::npos) << faults();
}

ConfigNode header(const char* name, const char* value = "x") { return block({{name, text(value)}}); }

INSTANTIATE_TEST_SUITE_P(
    all, BadSetting,
    testing::Values(
        Bad{"url", text("ftp://a/"), "http or https"}, Bad{"url", text("http://u:p@a/"), "user name or password"},
        Bad{"timeout", text("10ms"), "100ms"}, Bad{"timeout", text("16m"), "15m"},
        Bad{"concurrency", text("0"), "from 1 to 10000"}, Bad{"mode", text("xml"), "binary"},
        Bad{"batch", block({{"max_events", text("5")}}), "no effect"}, Bad{"colour", text("red"), "unknown"},
        Bad{"headers", header("Host"), "set by Signalbox"}, Bad{"headers", header("ce-id"), "transform"},
        Bad{"headers", header("Connection"), "belongs to the connection"},
        Bad{"headers", header("transfer-encoding"), "belongs to the connection"},
        Bad{"headers", header("Content-Type"), "event's data"}, Bad{"headers", header("Authorization"), "auth"},
        Bad{"headers", header("X Y"), "not the name of a header"},
        Bad{"headers", header("X-Y", "a\r\nEvil: yes"), "visible ASCII"},
        Bad{"user_agent", text("a\nb"), "visible ASCII"}, Bad{"auth", block({}), "exactly one"},
        Bad{"auth", block({{"bearer", block({})}}), "token_file"},
        Bad{"auth", block({{"bearer", block({{"token", text("inline")}})}}), "never written into the configuration"},
        Bad{"sign", block({}), "secret_file"},
        Bad{"addresses", block({{"deny", list({"10.0.0.0/99"})}}), "prefix length"},
        Bad{"statuses", block({{"retry", list({"200"})}}), "300 to 599"},
        Bad{"statuses", block({{"retry", list({"404"})}, {"reject", list({"404"})}}), "under retry, too"}));

TEST_F(HttpTargetSettingsTest, url_is_required) {
  read(block({}));
  EXPECT_NE(faults(), "");
}

TEST_F(HttpTargetSettingsTest, batch_has_no_reply) {
  EXPECT_EQ(read(block({{"url", text(kUrl)}, {"reply_to", text("answers")}})).reply_to, "answers");
  EXPECT_EQ(faults(), "");
  read(block({{"url", text(kUrl)}, {"mode", text("batch")}, {"reply_to", text("answers")}}));
  EXPECT_NE(faults().find("a batch has one answer for all its events"), std::string::npos) << faults();
}

TEST_F(HttpTargetSettingsTest, tls_without_https_is_a_fault) {
  read(block({{"url", text("http://a/")}, {"tls", block({{"verify", text("false")}})}}));
  EXPECT_NE(faults().find("https"), std::string::npos);
}

TEST_F(HttpTargetSettingsTest, secrets_with_line_breaks_are_refused_and_not_shown) {
  read(block({{"url", text(kUrl)},
              {"auth", block({{"bearer", block({{"token_file", text(secret_file("t0ken\r\nEvil: yes"))}})}})},
              {"sign", block({{"secret_file", text(secret_file("s1gn"))}})}}));
  EXPECT_NE(faults().find("no header can carry"), std::string::npos) << faults();
  EXPECT_NE(faults().find("whsec_"), std::string::npos) << faults();
  EXPECT_EQ(faults().find("t0ken"), std::string::npos);
  EXPECT_EQ(faults().find("s1gn"), std::string::npos);
}

TEST_F(HttpTargetSettingsTest, plan_tells_its_limits_and_no_secret) {
  const HttpTargetFactory factory;
  auto node = [&](const char* token) {
    return block({{"url", text("https://crm.example/events?code=s3cret")},
                  {"timeout", text("3s")},
                  {"concurrency", text("7")},
                  {"rate", text("10/s")},
                  {"auth", block({{"bearer", block({{"token_file", text(secret_file(token))}})}})}});
  };
  const auto one = factory.read(node("t0ken"), out_), same = factory.read(node("t0ken"), out_),
             other = factory.read(node("t1ken"), out_);
  ASSERT_TRUE(one && same && other) << faults();
  EXPECT_EQ(one->limits().timeout, 3s);
  EXPECT_EQ(one->limits().concurrency, 7u);
  EXPECT_EQ(one->limits().rate.per_second, 10);
  EXPECT_EQ(one->describe(), "POST https://crm.example/events?...");
  EXPECT_EQ(one->fingerprint(), same->fingerprint());
  EXPECT_NE(one->fingerprint(), other->fingerprint());
  EXPECT_EQ(one->fingerprint().find("t0ken"), std::string::npos);
}

TEST_F(HttpTargetSettingsTest, takes_batches_unless_its_mode_or_its_answers_allow_none) {
  const HttpTargetFactory factory;
  const auto batches = [&](const char* key, const char* value) {
    const auto plan = factory.read(block({{"url", text(kUrl)}, {key, text(value)}}), out_);
    return plan && plan->limits().batches;
  };
  EXPECT_TRUE(batches("mode", "binary"));
  EXPECT_TRUE(batches("mode", "batch"));
  EXPECT_FALSE(batches("mode", "raw"));
  EXPECT_FALSE(batches("reply_to", "orders"));
  EXPECT_EQ(faults(), "");
}

TEST_F(HttpTargetSettingsTest, factory_gives_nothing_when_there_is_a_fault) {
  const HttpTargetFactory factory;
  EXPECT_FALSE(factory.read(block({{"url", text("nonsense")}}), out_));
  EXPECT_FALSE(factory.read(block({{"url", text(kUrl)}, {"tls", block({{"ca_file", text(dir_.file("absent"))}})}}), out_));
  EXPECT_NE(faults().find("absent"), std::string::npos) << faults();
}

}  // namespace
}  // namespace signalbox::connector::http
