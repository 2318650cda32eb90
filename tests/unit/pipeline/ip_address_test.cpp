#include "pipeline/ip_address.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

TEST(IpAddress, spellings_of_one_address_are_equal) {
  const char* rows[][2] = {
      {"10.0.0.1", "010.000.0.01"}, {"::1", "0:0:0:0:0:0:0:1"},    {"2001:DB8::", "2001:0db8:0000:0:0:0:0:0"},
      {"::ffff:a00:1", "10.0.0.1"}, {"1::", "0001:0:0:0:0:0:0:0"}, {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"fe80::00001", "fe80::1"}};
  for (const auto& row : rows) {
    ASSERT_TRUE(parse_ip_address(row[0])) << row[0];
    EXPECT_EQ(parse_ip_address(row[0]), parse_ip_address(row[1])) << row[0];
  }
}

TEST(IpAddress, what_is_no_literal_is_refused) {
  for (const char* text : {"",
                           "1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "1..2.3",
                           ".1.2.3",
                           "1.2.3.",
                           "1.2.3.4 ",
                           "0000000001.2.3.4",
                           "host",
                           ":",
                           ":::",
                           "1:",
                           ":1",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "1::2::3",
                           "g::1",
                           "12345::",
                           "::ffff:10.0.0.1",
                           "[::1]",
                           "::1%0",
                           "1:2:3:4:5:6:7:8:"})
    EXPECT_FALSE(parse_ip_address(text)) << text;
}

TEST(IpAddress, a_network_holds_what_its_bits_leave_open) {
  const struct {
    const char *network, *address;
    bool inside;
  } rows[] = {{"10.0.0.0/8", "10.255.255.255", true},
              {"10.0.0.7/8", "10.0.0.1", true},
              {"10.0.0.0/8", "11.0.0.0", false},
              {"10.0.0.0/8", "9.255.255.255", false},
              {"1.2.3.4/0", "255.0.0.1", true},
              {"10.0.1.0/31", "10.0.1.1", true},
              {"10.0.1.0/31", "10.0.1.2", false},
              {"::/0", "ffff::", true},
              {"::/0", "10.0.0.1", false},
              {"2001:db8::9/107", "2001:db8::1f", true},
              {"2001:db8::9/107", "2001:db9::", false},
              {"fe80::1/127", "fe80::", true}};
  for (const auto& row : rows) {
    const auto range = parse_cidr(row.network);
    ASSERT_TRUE(range) << row.network;
    EXPECT_EQ(range->contains(*parse_ip_address(row.address)), row.inside)
        << row.network << " " << row.address;
  }
}

TEST(IpAddress, a_malformed_network_is_refused) {
  for (const char* text :
       {"10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/32", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0.0/8/8", "::/128",
        "10.0.0.300/8", "10.0.0.0/99999999999", "10.0.0.0/ 8", ""})
    EXPECT_FALSE(parse_cidr(text)) << text;
}

}  // namespace
}  // namespace signalbox::pipeline
