#include "event/uri.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "event/characters.hpp"

namespace signalbox::event {
namespace {

enum : std::uint8_t { kReserved = 1, kColon = 2, kAt = 4, kSlash = 8, kQuestion = 16 };
constexpr std::uint8_t kRegName = kReserved, kUserInfo = kReserved | kColon,
                       kPath = kReserved | kColon | kAt | kSlash, kQuery = kPath | kQuestion;

/// Which parts may hold a character as it is: unreserved and sub-delims everywhere, the others by part.
constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 128; ++c)
    if (is_alpha(static_cast<char>(c)) || is_digit(static_cast<char>(c))) classes[c] = kReserved;
  for (char c : std::string_view("-._~!$&'()*+,;=")) classes[static_cast<unsigned char>(c)] = kReserved;
  classes[':'] = kColon;
  classes['@'] = kAt;
  classes['/'] = kSlash;
  classes['?'] = kQuestion;
  return classes;
}
constexpr auto kClasses = make_classes();

bool holds_only(std::string_view text, std::uint8_t part) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kClasses[static_cast<unsigned char>(text[i])] & part) continue;
    if (text[i] != '%' || text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
      return false;
    i += 2;
  }
  return true;
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

/// What stands between the brackets.
bool is_ip_literal(std::string_view text) {
  if (!text.empty() && to_lower(text.front()) == 'v') {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
    const auto version = text.substr(1, dot - 1);
    return std::all_of(version.begin(), version.end(), [](char c) { return hex_value(c) >= 0; }) &&
           text.find('%') == std::string_view::npos && holds_only(text.substr(dot + 1), kUserInfo);
  }
  in6_addr address;
  return text.find('\0') == std::string_view::npos &&
         inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_port(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

bool is_authority(std::string_view text) {
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    if (!holds_only(text.substr(0, at), kUserInfo)) return false;
    text.remove_prefix(at + 1);
  }
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || !is_ip_literal(text.substr(1, close - 1))) return false;
    const auto rest = text.substr(close + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const auto colon = text.find(':');
  if (!holds_only(text.substr(0, colon), kRegName)) return false;
  return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

/// hier-part or relative-part with query and fragment.
bool is_rest(std::string_view text) {
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    if (!holds_only(text.substr(hash + 1), kQuery)) return false;
    text = text.substr(0, hash);
  }
  if (const auto question = text.find('?'); question != std::string_view::npos) {
    if (!holds_only(text.substr(question + 1), kQuery)) return false;
    text = text.substr(0, question);
  }
  if (text.starts_with("//")) {
    const auto slash = std::min(text.find('/', 2), text.size());
    if (!is_authority(text.substr(2, slash - 2))) return false;
    text.remove_prefix(slash);
  }
  return holds_only(text, kPath);
}

}  // namespace

bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && is_scheme(text.substr(0, colon)) &&
         is_rest(text.substr(colon + 1));
}

bool is_uri_reference(std::string_view text) {
  // Without a scheme the first segment holds no colon (RFC 3986 section 4.2).
  const auto first = text.find_first_of(":/?#");
  if (first != std::string_view::npos && text[first] == ':') return is_uri(text);
  return is_rest(text);
}

}  // namespace signalbox::event
