#include "event/uri.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::event {
namespace {

TEST(Uri, what_has_a_scheme_and_follows_the_grammar_is_both) {
  for (const char* text : {"https://github.com/cloudevents", "mailto:cncf-wg-serverless@lists.cncf.io",
                           "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", "http://u:p@h:80/p;x=1?q=a/b?c#f",
                           "http://[::1]:8080/", "http://[v1.a:b]/", "file:///etc/hosts",
                           "a+b-c.d:", "http://h", "http://h:", "x:%41%ff", "http://example.com?q",
                           "ldap://[2001:db8::7]/c=GB?one?two", "tag:a,2026:'()*!$&;=", "dns:a@b:c"}) {
    EXPECT_TRUE(is_uri(text)) << text;
    EXPECT_TRUE(is_uri_reference(text)) << text;
  }
}

TEST(Uri, relative_references_are_no_uris) {
  for (const char* text :
       {"", "/sensors/tn-1234567/alerts", "cloudevents/spec/pull/123", "1-555-123-4567", "//host/path", "?q",
        "#f", "../up", "./a:b", "a/b:c", "com.example.service", "a?b:c", "//[::1]", "%41"}) {
    EXPECT_FALSE(is_uri(text)) << text;
    EXPECT_TRUE(is_uri_reference(text)) << text;
  }
}

TEST(Uri, what_breaks_the_grammar_is_neither) {
  for (const std::string text : {"a b",
                                 "http://a b/",
                                 "/a\"b",
                                 "/<x>",
                                 "/{x}",
                                 "/a|b",
                                 "/a\\b",
                                 "/a^b",
                                 "/a`b",
                                 "/%",
                                 "/%4",
                                 "/%zz",
                                 "/a#b#c",
                                 "/ü",
                                 "/\n",
                                 "1a:b",
                                 ":",
                                 ":a",
                                 "a_b:c",
                                 "http://h:80a/",
                                 "http://[::1",
                                 "http://[::1]x/",
                                 "http://[:::1]/",
                                 "http://[1.2.3.4]/",
                                 "http://[v.a]/",
                                 "http://[v1.]/",
                                 "http://a@b@c/",
                                 "http://a:b:c/",
                                 "/[x]",
                                 "?a[",
                                 "#]",
                                 "http://h%/"}) {
    EXPECT_FALSE(is_uri(text)) << text;
    EXPECT_FALSE(is_uri_reference(text)) << text;
  }
  EXPECT_FALSE(is_uri_reference(std::string("/a\0b", 4)));
  EXPECT_FALSE(is_uri(std::string("http://[::1\0]/", 14)));
}

}  // namespace
}  // namespace signalbox::event
