#include "schema/uri_reference.hpp"

#include <gtest/gtest.h>

namespace signalbox::schema {
namespace {

TEST(UriReference, references_are_resolved_as_rfc_3986_has_them) {
  constexpr const char* base = "http://a/b/c/d;p?q";
  for (const auto& [reference, expected] :
       {std::pair{"g:h", "g:h"},      {"g", "http://a/b/c/g"},       {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},    {"/g", "http://a/g"},          {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"}, {"g?y", "http://a/b/c/g?y"},   {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},    {";x", "http://a/b/c/;x"},     {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},       {"./", "http://a/b/c/"},       {"..", "http://a/b/"},
        {"../", "http://a/b/"},       {"../g", "http://a/b/g"},      {"../..", "http://a/"},
        {"../../g", "http://a/g"},    {"../../../g", "http://a/g"},  {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},      {"g.", "http://a/b/c/g."},     {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},   {"g/./h", "http://a/b/c/g/h"}, {"g/../h", "http://a/b/c/h"}})
    EXPECT_EQ(resolve_uri(base, reference), expected) << reference;
}

TEST(UriReference, a_base_need_not_be_a_hierarchy) {
  EXPECT_EQ(resolve_uri("urn:a:b", "#x"), "urn:a:b");
  EXPECT_EQ(resolve_uri("urn:a:b", "urn:c:d#x"), "urn:c:d");
  EXPECT_EQ(resolve_uri("", "item.json"), "item.json");
  EXPECT_EQ(resolve_uri("", ""), "");
  EXPECT_EQ(resolve_uri("http://host", "a"), "http://host/a");
}

TEST(UriReference, the_fragment_is_what_follows_the_first_hash) {
  EXPECT_EQ(split_fragment("a#b#c").uri, "a");
  EXPECT_EQ(split_fragment("a#b#c").fragment, "b#c");
  EXPECT_EQ(split_fragment("a").fragment, "");
}

}  // namespace
}  // namespace signalbox::schema
