#include "schema/format.hpp"

#include <gtest/gtest.h>

namespace signalbox::schema {
namespace {

TEST(Format, each_takes_its_own_and_nothing_else) {
  const struct {
    const char *format, *yes, *no;
  } rows[] = {
      {"date-time", "1998-12-31T15:59:60.123-08:00", "1998-12-31T22:59:60Z"},
      {"date-time", "1985-04-12t23:20:50z", "1985-04-12 23:20:50Z"},
      {"date", "2020-02-29", "2100-02-29"},
      {"time", "23:29:60+23:30", "24:00:00Z"},
      {"duration", "P1Y2M3DT4H5M6S", "P1Y2D"},
      {"duration", "P2W", "P1Y2W"},
      {"duration", "PT1H", "PT"},
      {"email", "\"joe bloggs\"@example.com", "joe bloggs@example.com"},
      {"email", "a@[IPv6:::1]", "a@[127.0.0.300]"},
      {"idn-email", "실례@실례.테스트", "2962"},
      {"hostname", "a--b.example", "-a.example"},
      {"ipv4", "127.0.0.1", "127.0.0.01"},
      {"ipv6", "::ffff:192.168.0.1", "::1%eth0"},
      {"uri", "urn:a:b", "/a"},
      {"uri-reference", "/a", "\\a"},
      {"iri", "http://ƒøø.ßår/?∂éœ", "/âππ"},
      {"iri-reference", "/âππ", "\\â"},
      {"uri-template", "/a/{term:1}/{+x*,y}", "/a/{term"},
      {"uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08aa98-11ea-b4aa73b441d16380"},
      {"json-pointer", "/a~1b/~0", "/~2"},
      {"relative-json-pointer", "0#", "01/a"},
      {"regex", "(?<=a+)b[]", "(a]"},
  };
  for (const auto& row : rows) {
    const auto* format = find_format(row.format);
    ASSERT_NE(format, nullptr) << row.format;
    EXPECT_TRUE(format->fits(row.yes)) << row.format << " " << row.yes;
    EXPECT_FALSE(format->fits(row.no)) << row.format << " " << row.no;
  }
}

TEST(Format, what_is_not_known_is_no_format) {
  EXPECT_EQ(find_format("idn-hostname"), nullptr);
  EXPECT_EQ(find_format(""), nullptr);
}

}  // namespace
}  // namespace signalbox::schema
