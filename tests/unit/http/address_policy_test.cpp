#include "http/address_policy.hpp"

#include <gtest/gtest.h>

namespace signalbox::http {
namespace {

using boost::asio::ip::make_address;

struct AddressCase {
  const char* address;
  AddressClass kind;
};

class Classified : public testing::TestWithParam<AddressCase> {};

TEST_P(Classified, by_the_registries) {
  EXPECT_EQ(classify(make_address(GetParam().address)), GetParam().kind) << GetParam().address;
}

using enum AddressClass;
INSTANTIATE_TEST_SUITE_P(
    all, Classified,
    testing::Values(AddressCase{"8.8.8.8", global}, AddressCase{"127.0.0.1", loopback}, AddressCase{"127.255.255.255", loopback},
                    AddressCase{"128.0.0.0", global}, AddressCase{"10.1.2.3", private_use}, AddressCase{"172.15.255.255", global},
                    AddressCase{"172.16.0.1", private_use}, AddressCase{"172.31.255.255", private_use}, AddressCase{"172.32.0.0", global},
                    AddressCase{"192.168.1.1", private_use}, AddressCase{"100.64.0.1", shared}, AddressCase{"100.128.0.0", global},
                    AddressCase{"169.254.1.1", link_local}, AddressCase{"169.254.169.254", metadata},
                    AddressCase{"100.100.100.200", metadata}, AddressCase{"0.0.0.0", unspecified}, AddressCase{"0.1.2.3", unspecified},
                    AddressCase{"224.0.0.1", multicast}, AddressCase{"239.255.255.255", multicast}, AddressCase{"240.0.0.1", reserved},
                    AddressCase{"255.255.255.255", broadcast}, AddressCase{"192.0.2.1", documentation}, AddressCase{"::1", loopback},
                    AddressCase{"::", unspecified}, AddressCase{"fe80::1", link_local}, AddressCase{"febf::1", link_local},
                    AddressCase{"fec0::1", private_use}, AddressCase{"fc00::1", private_use}, AddressCase{"fdff::1", private_use},
                    AddressCase{"fd00:ec2::254", metadata}, AddressCase{"ff02::1", multicast}, AddressCase{"2001:db8::1", documentation},
                    AddressCase{"2606:4700::1", global}));

struct Verdict {
  const char* address;
  bool allowed;
};

class DefaultPolicy : public testing::TestWithParam<Verdict> {};

TEST_P(DefaultPolicy, decides_also_by_the_ipv4_address_inside) {
  const auto refusal = AddressPolicy().refusal(make_address(GetParam().address));
  EXPECT_EQ(!refusal, GetParam().allowed) << GetParam().address << " " << refusal.value_or("allowed");
}

INSTANTIATE_TEST_SUITE_P(all, DefaultPolicy,
                         testing::Values(Verdict{"127.0.0.1", true}, Verdict{"10.0.0.1", true}, Verdict{"::1", true},
                                         Verdict{"fd12::1", true}, Verdict{"169.254.169.254", false},
                                         Verdict{"169.254.0.5", false}, Verdict{"0.0.0.0", false},
                                         Verdict{"224.0.0.1", false}, Verdict{"255.255.255.255", false},
                                         Verdict{"::", false}, Verdict{"fe80::1", false}, Verdict{"ff02::1", false},
                                         Verdict{"fd00:ec2::254", false},
                                         Verdict{"::ffff:169.254.169.254", false},        // IPv4-mapped
                                         Verdict{"::ffff:10.0.0.1", true},
                                         Verdict{"::169.254.169.254", false},             // IPv4-compatible
                                         Verdict{"::ffff:0:169.254.169.254", false},      // SIIT
                                         Verdict{"64:ff9b::169.254.169.254", false},      // NAT64
                                         Verdict{"64:ff9b:1::169.254.169.254", false},    // NAT64, local
                                         Verdict{"2002:a9fe:a9fe::1", false},             // 6to4
                                         Verdict{"2002:808:808::1", true},
                                         Verdict{"2001:0:4136:e378:8000:63bf:5601:5601", false},  // Teredo
                                         Verdict{"fd00::5efe:169.254.169.254", false},    // ISATAP
                                         Verdict{"::ffff:0.0.0.0", false}, Verdict{"2606:4700::1", true}));

Cidr cidr(const char* text) { return *Cidr::parse(text); }

TEST(AddressPolicy, longest_prefix_decides_and_deny_wins_a_tie) {
  AddressPolicy policy;
  policy.deny(cidr("0.0.0.0/0"));
  policy.allow(cidr("10.0.0.0/8"));
  policy.deny(cidr("10.1.0.0/16"));
  policy.allow(cidr("192.168.1.1"));
  policy.deny(cidr("192.168.1.1/32"));
  EXPECT_FALSE(policy.refusal(make_address("10.2.0.1")));
  EXPECT_TRUE(policy.refusal(make_address("10.1.0.1")));
  EXPECT_TRUE(policy.refusal(make_address("8.8.8.8")));
  EXPECT_TRUE(policy.refusal(make_address("192.168.1.1")));
  EXPECT_TRUE(policy.refusal(make_address("::ffff:10.1.0.1")));
  EXPECT_FALSE(policy.refusal(make_address("2606:4700::1")));
}

TEST(AddressPolicy, allow_widens_what_the_class_refuses) {
  AddressPolicy policy;
  policy.allow(cidr("169.254.7.0/24"));
  EXPECT_FALSE(policy.refusal(make_address("169.254.7.1")));
  EXPECT_TRUE(policy.refusal(make_address("169.254.8.1")));
}

TEST(AddressPolicy, refusal_names_address_and_reason) {
  EXPECT_EQ(AddressPolicy().refusal(make_address("169.254.169.254")),
            "169.254.169.254, which is a metadata address");
}

class BadCidr : public testing::TestWithParam<const char*> {};
TEST_P(BadCidr, is_refused) { EXPECT_FALSE(Cidr::parse(GetParam())); }
INSTANTIATE_TEST_SUITE_P(all, BadCidr,
                         testing::Values("", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.1/8", "10.0/8", "fe80::1/10",
                                         "fe80::/129", "fe80::%eth0/10", "example.com", "10.0.0.0/8x"));

TEST(Cidr, of_all_addresses_contains_one_family) {
  EXPECT_TRUE(cidr("0.0.0.0/0").contains(make_address("255.1.2.3")));
  EXPECT_FALSE(cidr("0.0.0.0/0").contains(make_address("::1")));
  EXPECT_TRUE(cidr("::/0").contains(make_address("ff00::1")));
}

}  // namespace
}  // namespace signalbox::http
