#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// An IPv4 or IPv6 address.  An IPv4-mapped IPv6 address is its IPv4 address.
struct IpAddress {
  std::uint8_t size = 0;  ///< 4 or 16
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const IpAddress&) const = default;
};

/// Reads a literal: four decimal numbers (leading zeros do not make them octal; at most 15 characters), or
/// hexadecimal groups with at most one `::`.  No zone, no dotted tail, no brackets; nullopt for all else.
std::optional<IpAddress> parse_ip_address(std::string_view text);

/// The addresses of one network, both ends included.
struct IpRange {
  IpAddress first, last;
  bool contains(const IpAddress& address) const {
    return address.size == first.size && first <= address && address <= last;
  }
};

/// Reads `address/bits`, bits 0 to 31 or 0 to 127; the host's bits may be set.
/// Errors: invalid_argument, the message says what is wrong with it.
Result<IpRange> parse_cidr(std::string_view text);

}  // namespace signalbox::pipeline
