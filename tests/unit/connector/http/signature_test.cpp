#include "connector/http/signature.hpp"

#include <gtest/gtest.h>

namespace signalbox::connector::http {
namespace {

// What a receiver of Standard Webhooks accepts; also to be had with
//   printf 'msg_1.1795434140.<body>' | openssl dgst -sha256 -mac HMAC -macopt hexkey:<hex of the secret> -binary | base64
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kBody = R"({"id":"evt_1","type":"order.created","data":{"name":"Zoë €","n":1}})";
constexpr const char* kSignature = "v1,25c07pL7t+eoHuMH3WQ7rxuTymkrgIs0RRuBK/sDSLg=";

std::string sign(const char* secrets, std::string_view body = kBody) {
  const auto signer = Signer::make(Secret(secrets));
  if (!signer) return signer.error().message;
  std::string signature;
  signer->append_signature(signature, "msg_1", 1795434140, body);
  return signature;
}

TEST(Signer, signs_as_standard_webhooks_does) {
  EXPECT_EQ(sign(kSecret), kSignature);
  EXPECT_NE(sign(kSecret, "{}"), kSignature);
}

TEST(Signer, each_of_several_secrets_signs) {
  const auto other = "whsec_" + std::string(32, 'A');
  const auto both = sign((std::string(kSecret) + "\n" + other).c_str());
  EXPECT_EQ(both, std::string(kSignature) + " " + sign(other.c_str()));
}

TEST(Signer, one_signer_signs_again_and_again) {
  const auto signer = Signer::make(Secret(kSecret));
  ASSERT_TRUE(signer);
  for (int i = 0; i < 3; ++i) {
    std::string signature;
    signer->append_signature(signature, "msg_1", 1795434140, kBody);
    EXPECT_EQ(signature, kSignature);
  }
}

TEST(Signer, bad_secret_is_refused_and_not_shown) {
  for (const auto* secret : {"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64!",
                             "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"}) {
    const auto signer = Signer::make(Secret(secret));
    ASSERT_FALSE(signer) << secret;
    EXPECT_EQ(signer.error().message, "expected whsec_ and the Base64 of 24 to 64 bytes");
  }
}

TEST(WebhookId, is_stable_and_tells_events_apart) {
  EXPECT_EQ(webhook_id("/a", "1"), webhook_id("/a", "1"));
  EXPECT_NE(webhook_id("/a", "1"), webhook_id("/a", "2"));
  EXPECT_NE(webhook_id("/a1", "1"), webhook_id("/a", "11"));
  EXPECT_EQ(webhook_id("/a", "1").find("msg_"), 0u);
  EXPECT_EQ(webhook_id("/a", "1").find('.'), std::string::npos);
}

}  // namespace
}  // namespace signalbox::connector::http
