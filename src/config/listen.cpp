#include "config/listen.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "base/config_path.hpp"

namespace signalbox::config {
namespace {

/// An address as IPv6, the old ones mapped (::ffff:127.0.0.1), and the port.
struct Endpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  Endpoint endpoint;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  if (digits.empty() || ec != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  std::string host(text.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (::inet_pton(AF_INET6, host.c_str(), endpoint.address.data()) != 1) return std::nullopt;
    return endpoint;
  }
  std::memcpy(endpoint.address.data(), kMapped.data(), kMapped.size());
  if (::inet_pton(AF_INET, host.c_str(), endpoint.address.data() + kMapped.size()) != 1) return std::nullopt;
  return endpoint;
}

}  // namespace

void read_listen(ConfigReader& read, std::string& value) {
  std::string text = value;
  read("listen", text);
  if (parse_endpoint(text)) {
    value = std::move(text);
    return;
  }
  read.fault("listen",
             fmt::format("expected an address and a port such as 127.0.0.1:8080 or \"[::1]:8080\", got {}",
                         base::in_quotes(text)),
             text.starts_with(':') ? "every address: 0.0.0.0" + text.substr(0, 6) : "");
}

bool is_loopback(std::string_view listen) {
  const auto endpoint = parse_endpoint(listen);
  if (!endpoint) return false;
  const auto& address = endpoint->address;
  if (std::memcmp(address.data(), kMapped.data(), kMapped.size()) == 0) return address[12] == 127;
  return std::memcmp(address.data(), in6addr_loopback.s6_addr, address.size()) == 0;
}

bool collide(std::string_view listen, std::string_view other) {
  const auto a = parse_endpoint(listen), b = parse_endpoint(other);
  return a && b && a->port != 0 && *a == *b;
}

}  // namespace signalbox::config
