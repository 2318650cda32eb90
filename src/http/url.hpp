#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "signalbox/error.hpp"

namespace signalbox::http {

/// Where requests go: an absolute http or https URL, taken apart.
struct Url {
  enum class Scheme : std::uint8_t { http, https };

  Scheme scheme = Scheme::http;
  std::string host;          ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 80;
  std::string target = "/";  ///< path and query as written, for the request line

  bool operator==(const Url&) const = default;

  /// For the Host header: the port only when it is not the scheme's own, IPv6 in brackets.
  std::string authority() const;
  /// For people: the query is left out, since it may hold a credential ("https://crm.example/hook?...").
  std::string describe() const;
};

/// Reads an absolute URL (RFC 3986).  User information and fragments are refused: neither is ever sent.
/// Errors: invalid_argument; the message never repeats the text, which may hold a credential.
Result<Url> parse_url(std::string_view text);

}  // namespace signalbox::http
