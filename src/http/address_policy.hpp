#pragma once
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"

namespace signalbox::http {

/// What kind of network an address belongs to (IANA special-purpose registries).
enum class AddressClass : std::uint8_t {
  global,         ///< anything not below
  loopback,       ///< 127.0.0.0/8, ::1
  private_use,    ///< RFC 1918, unique local (fc00::/7), site-local
  shared,         ///< carrier-grade NAT, 100.64.0.0/10
  link_local,     ///< 169.254.0.0/16, fe80::/10
  metadata,       ///< where clouds serve credentials to their machines: 169.254.169.254, fd00:ec2::254 and others
  multicast,
  broadcast,      ///< 255.255.255.255
  unspecified,    ///< 0.0.0.0/8, ::
  documentation,  ///< TEST-NETs, benchmarking, 2001:db8::/32, discard-only
  reserved,       ///< 192.0.0.0/24, 240.0.0.0/4
};

/// Of the address itself; IPv4 inside an IPv6 address is embedded_ipv4()'s.
AddressClass classify(const boost::asio::ip::address& address);
std::string_view to_string(AddressClass kind);

/// The IPv4 address a packet to this IPv6 address would end at: IPv4-mapped and -compatible, NAT64, 6to4, Teredo,
/// ISATAP.
std::optional<boost::asio::ip::address_v4> embedded_ipv4(const boost::asio::ip::address_v6& address);

/// A block of addresses: "10.0.0.0/8", "fd00::/8", or one address.
class Cidr {
 public:
  /// Errors: invalid_argument, also when bits right of the prefix are set.
  static Result<Cidr> parse(std::string_view text);
  bool contains(const boost::asio::ip::address& address) const;
  unsigned prefix_bits() const { return bits_; }
  std::string to_string() const;

 private:
  Cidr(boost::asio::ip::address network, unsigned bits) : network_(network), bits_(bits) {}
  boost::asio::ip::address network_;
  unsigned bits_;
};

/// Which addresses may be connected to.  It judges the socket address given to connect(), never the text of a URL:
/// resolvers read 2130706433, 0x7f.1 and 0177.0.0.1 all as 127.0.0.1.
///
/// Among the `allow` and `deny` blocks that contain the address the longest prefix decides, `deny` when equal; when
/// none does, its class decides.  An IPv6 address that embeds an IPv4 address must pass as both.
class AddressPolicy {
 public:
  /// For URLs an operator wrote: private networks and loopback are fine; unspecified, multicast, broadcast,
  /// link-local and metadata addresses are refused.
  AddressPolicy();
  explicit AddressPolicy(std::vector<AddressClass> refused_classes);

  void allow(Cidr block) { allow_.push_back(block); }
  void deny(Cidr block) { deny_.push_back(block); }

  /// Why the address may not be connected to ("169.254.169.254 is a metadata address"); nullopt: it may.
  std::optional<std::string> refusal(const boost::asio::ip::address& address) const;

  /// Equal for policies that decide alike; for fingerprints.
  std::string to_string() const;

 private:
  std::optional<std::string> refusal_of_one(const boost::asio::ip::address& address) const;

  std::vector<AddressClass> refused_classes_;
  std::vector<Cidr> allow_, deny_;
};

}  // namespace signalbox::http
