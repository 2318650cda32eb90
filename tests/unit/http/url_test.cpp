#include "http/url.hpp"

#include <gtest/gtest.h>

namespace signalbox::http {
namespace {

struct Good {
  const char* text;
  Url::Scheme scheme;
  const char* host;
  unsigned port;
  const char* target;
  const char* authority;
};

class GoodUrl : public testing::TestWithParam<Good> {};

TEST_P(GoodUrl, is_taken_apart) {
  const auto url = parse_url(GetParam().text);
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->scheme, GetParam().scheme);
  EXPECT_EQ(url->host, GetParam().host);
  EXPECT_EQ(url->port, GetParam().port);
  EXPECT_EQ(url->target, GetParam().target);
  EXPECT_EQ(url->authority(), GetParam().authority);
}

constexpr auto http = Url::Scheme::http;
constexpr auto https = Url::Scheme::https;
INSTANTIATE_TEST_SUITE_P(all, GoodUrl,
                         testing::Values(Good{"https://crm.example/events", https, "crm.example", 443, "/events", "crm.example"},
                                         Good{"http://CRM.Example", http, "crm.example", 80, "/", "crm.example"},
                                         Good{"http://a:8080/x?y=%20z", http, "a", 8080, "/x?y=%20z", "a:8080"},
                                         Good{"https://a:443/", https, "a", 443, "/", "a"},
                                         Good{"http://a?b=c", http, "a", 80, "/?b=c", "a"},
                                         Good{"http://[::1]:81/", http, "::1", 81, "/", "[::1]:81"},
                                         Good{"http://2130706433/", http, "2130706433", 80, "/", "2130706433"}));

class BadUrl : public testing::TestWithParam<const char*> {};

TEST_P(BadUrl, is_refused_without_repeating_it) {
  const auto url = parse_url(GetParam());
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().code, Errc::invalid_argument);
  EXPECT_EQ(url.error().message.find("s3cret"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(all, BadUrl,
                         testing::Values("", "crm.example/s3cret", "ftp://s3cret.example/", "http:///s3cret",
                                         "http://user:s3cret@crm.example/", "https://crm.example/#s3cret",
                                         "http://a:0/", "http://a:65536/", "http://a b/", "http://ex%61mple/",
                                         "http://m\xc3\xbcnchen.example/", "http://[fe80::1%25eth0]/",
                                         "http://a/\r\nX: s3cret", "http://a/b c"));

TEST(Url, describes_itself_without_the_query) {
  const auto url = parse_url("https://crm.example:8443/hook?token=s3cret");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->describe(), "https://crm.example:8443/hook?...");
}

}  // namespace
}  // namespace signalbox::http
