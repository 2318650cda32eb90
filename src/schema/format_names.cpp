// Names of hosts, mailboxes and resources.
#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "event/characters.hpp"
#include "event/uri.hpp"
#include "schema/format_checks.hpp"

namespace signalbox::schema {
namespace {

constexpr auto npos = std::string_view::npos;

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_alphanumeric(char c) { return event::is_alpha(c) || event::is_digit(c); }

bool is_label(std::string_view label, bool international) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [&](char c) {
    return is_alphanumeric(c) || c == '-' || (international && !is_ascii(c));
  });
}

bool is_domain(std::string_view text, bool international) {
  if (text.size() > 253) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot), international)) return false;
    if (dot == npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_atom(std::string_view text, bool international) {
  constexpr std::string_view kOther = "!#$%&'*+-/=?^_`{|}~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || kOther.find(c) != npos || (international && !is_ascii(c));
  });
}

bool is_quoted(std::string_view text, bool international) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && ++i == text.size()) return false;
    const bool printable = text[i] >= ' ' && text[i] <= '~';
    if (!printable && (!international || is_ascii(text[i]))) return false;
    if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) return false;
  }
  return true;
}

bool is_local_part(std::string_view text, bool international) {
  if (text.starts_with('"')) return is_quoted(text, international);
  for (;;) {
    const auto dot = text.find('.');
    if (!is_atom(text.substr(0, dot), international)) return false;
    if (dot == npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_mailbox(std::string_view text, bool international) {
  const auto at = text.rfind('@');
  if (at == npos || !is_local_part(text.substr(0, at), international)) return false;
  auto domain = text.substr(at + 1);
  if (!domain.starts_with('[') || !domain.ends_with(']')) return is_domain(domain, international);
  domain = domain.substr(1, domain.size() - 2);
  return domain.starts_with("IPv6:") ? is_ipv6(domain.substr(5)) : is_ipv4(domain);
}

bool is_address(int family, std::string_view text) {
  unsigned char address[sizeof(in6_addr)];
  return text.find('\0') == npos && inet_pton(family, std::string(text).c_str(), address) == 1;
}

/// An IRI as a URI: what is not ASCII is percent-encoded, whatever it is.
std::string to_uri(std::string_view iri) {
  std::string out;
  for (const char c : iri) {
    if (is_ascii(c))
      out += c;
    else
      out += "%80";
  }
  return out;
}

bool is_varname(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.back() == '.' || name.find("..") != npos) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (is_alphanumeric(name[i]) || name[i] == '_' || name[i] == '.') continue;
    if (name[i] != '%' || name.size() - i < 3 || event::hex_value(name[i + 1]) < 0 ||
        event::hex_value(name[i + 2]) < 0)
      return false;
    i += 2;
  }
  return true;
}

/// One variable of an expression: "name", "name*" or "name:3".
bool is_varspec(std::string_view spec) {
  if (spec.ends_with('*')) return is_varname(spec.substr(0, spec.size() - 1));
  const auto colon = spec.find(':');
  if (!is_varname(spec.substr(0, colon))) return false;
  if (colon == npos) return true;
  const auto length = spec.substr(colon + 1);
  return !length.empty() && length.size() <= 4 && length[0] != '0' &&
         std::all_of(length.begin(), length.end(), event::is_digit);
}

bool is_expression(std::string_view text) {
  constexpr std::string_view kOperators = "+#./;?&=,!@|";
  if (!text.empty() && kOperators.find(text[0]) != npos) text.remove_prefix(1);
  for (;;) {
    const auto comma = text.find(',');
    if (!is_varspec(text.substr(0, comma))) return false;
    if (comma == npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool is_template_literal(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' &&
        (text.size() - i < 3 || event::hex_value(text[i + 1]) < 0 || event::hex_value(text[i + 2]) < 0))
      return false;
    if (is_ascii(c) && (c <= ' ' || c == 0x7F || std::string_view("\"<>\\^`{|}").find(c) != npos))
      return false;
  }
  return true;
}

}  // namespace

bool is_hostname(std::string_view text) { return is_domain(text, false); }
bool is_email(std::string_view text) { return is_mailbox(text, false); }
bool is_idn_email(std::string_view text) { return is_mailbox(text, true); }
bool is_ipv4(std::string_view text) { return is_address(AF_INET, text); }
bool is_ipv6(std::string_view text) { return is_address(AF_INET6, text); }
bool is_iri(std::string_view text) { return event::is_uri(to_uri(text)); }
bool is_iri_reference(std::string_view text) { return event::is_uri_reference(to_uri(text)); }

bool is_uri_template(std::string_view text) {
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    if (!is_template_literal(text.substr(0, open))) return false;
    text.remove_prefix(open);
    if (text.empty()) break;
    const auto close = text.find('}');
    if (close == npos || !is_expression(text.substr(1, close - 1))) return false;
    text.remove_prefix(close + 1);
  }
  return true;
}

}  // namespace signalbox::schema
