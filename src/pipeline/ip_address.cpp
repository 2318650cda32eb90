#include "pipeline/ip_address.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "event/characters.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kV4TextMax = 15;
constexpr std::size_t kV6TextMax = 256;  // groups may carry leading zeros

std::optional<IpAddress> parse_v4(std::string_view text) {
  if (text.size() > kV4TextMax) return std::nullopt;
  IpAddress address{4, {}};
  std::size_t octet = 0;
  unsigned value = 0;
  bool digits = false;
  for (char c : text) {
    if (c == '.') {
      if (!digits || value > 255 || octet == 3) return std::nullopt;
      address.bytes[octet++] = static_cast<std::uint8_t>(value);
      value = 0;
      digits = false;
    } else if (c >= '0' && c <= '9') {
      value = std::min(value * 10 + static_cast<unsigned>(c - '0'), 1000u);
      digits = true;
    } else {
      return std::nullopt;
    }
  }
  if (octet != 3 || !digits || value > 255) return std::nullopt;
  address.bytes[3] = static_cast<std::uint8_t>(value);
  return address;
}

/// An IPv4-mapped address (RFC 4291 section 2.5.5.2) is that IPv4 address.
IpAddress unmapped(const IpAddress& address) {
  const auto zeros =
      std::all_of(address.bytes.begin(), address.bytes.begin() + 10, [](auto b) { return b == 0; });
  if (!zeros || address.bytes[10] != 0xFF || address.bytes[11] != 0xFF) return address;
  IpAddress v4{4, {}};
  std::copy(address.bytes.begin() + 12, address.bytes.end(), v4.bytes.begin());
  return v4;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  if (text.size() < 2 || text.size() > kV6TextMax) return std::nullopt;
  std::array<std::uint16_t, 8> groups{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;  // the group before which `::` stands
  std::size_t at = 0;
  if (text.starts_with("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.size()) {
    unsigned value = 0;
    const auto begin = at;
    for (; at < text.size() && event::hex_value(text[at]) >= 0; ++at) {
      value = value << 4 | static_cast<unsigned>(event::hex_value(text[at]));
      if (value > 0xFFFF) return std::nullopt;
    }
    if (at == begin || count == groups.size()) return std::nullopt;
    groups[count++] = static_cast<std::uint16_t>(value);
    if (at == text.size()) break;
    if (text[at++] != ':' || at == text.size()) return std::nullopt;
    if (text[at] == ':') {
      if (gap) return std::nullopt;
      gap = count;
      ++at;
    }
  }
  if (gap ? count == groups.size() : count != groups.size()) return std::nullopt;
  if (gap) {
    const auto from = groups.begin() + static_cast<std::ptrdiff_t>(*gap);
    const auto to = groups.begin() + static_cast<std::ptrdiff_t>(count);
    std::move_backward(from, to, groups.end());
    std::fill(from, groups.end() - (to - from), std::uint16_t{0});
  }
  IpAddress address{16, {}};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xFF);
  }
  return unmapped(address);
}

Error refuse(std::string message) { return Error(Errc::invalid_argument, std::move(message)); }

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  if (text.empty() || (event::hex_value(text[0]) < 0 && text[0] != ':')) return std::nullopt;
  return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

Result<IpRange> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || text.find('/', slash + 1) != std::string_view::npos ||
      slash + 1 == text.size())
    return refuse("a network needs an address, one '/' and the number of its bits, as in \"10.0.0.0/8\"");
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return refuse("no IP address before the '/'");
  auto digits = text.substr(slash + 1);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  unsigned bits = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size())
    return refuse("the number of bits after the '/' is no number from 0");
  const unsigned all = address->size * 8u;
  if (bits >= all)
    return refuse("at most " + std::to_string(all - 1) +
                  " bits after the '/'; list a single address as a value");
  IpRange range{*address, *address};
  for (unsigned bit = bits; bit < all; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80u >> bit % 8);
    range.first.bytes[bit / 8] = static_cast<std::uint8_t>(range.first.bytes[bit / 8] & ~mask);
    range.last.bytes[bit / 8] = static_cast<std::uint8_t>(range.last.bytes[bit / 8] | mask);
  }
  return range;
}

}  // namespace signalbox::pipeline
