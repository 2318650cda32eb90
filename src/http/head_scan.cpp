#include "http/head_scan.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/ascii_text.hpp"
#include "base/words.hpp"

namespace signalbox::http {
namespace {

using base::equals_ignoring_case;

constexpr std::size_t kMethodLongest = 32;
constexpr std::size_t kPortDigits = 5;
constexpr std::size_t kLengthDigits = 19;  // any of them fits 64 bits

// What a byte may be part of.
enum : unsigned char { kToken = 1, kValue = 2, kPath = 4, kQuery = 8, kHost = 16, kHex = 32 };

constexpr auto kClasses = [] {
  std::array<unsigned char, 256> classes{};
  const auto mark = [&](std::string_view characters, unsigned bits) {
    for (char c : characters) {
      auto& cell = classes[static_cast<unsigned char>(c)];
      cell = static_cast<unsigned char>(cell | bits);
    }
  };
  for (unsigned c = 0; c < 256; ++c)
    if (c == '\t' || (c >= ' ' && c != 0x7f)) classes[c] = kValue;
  mark("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", kToken | kPath | kQuery | kHost);
  mark("0123456789ABCDEFabcdef", kHex);
  mark("!#$%&'*+-.^_`|~", kToken);
  mark("-._~!$&'()*+,;=:@/%", kPath | kQuery);
  mark("?[]{}|^`", kQuery);        // browsers and curl send these as they are
  mark("-._~!$&'()*+;=%", kHost);  // no comma: two Host fields joined by a proxy
  return classes;
}();

bool is(char c, unsigned bits) { return (kClasses[static_cast<unsigned char>(c)] & bits) != 0; }

bool all(std::string_view text, unsigned bits) {
  for (char c : text)
    if (!is(c, bits)) return false;
  return true;
}

std::size_t run_length(std::string_view text, unsigned bits) {
  std::size_t n = 0;
  while (n < text.size() && is(text[n], bits)) ++n;
  return n;
}

/// The same for a field's value, whose bytes are nearly all of one kind.
std::size_t value_length(std::string_view text) {
  std::size_t n = 0;
  for (; text.size() - n >= sizeof(std::uint64_t); n += sizeof(std::uint64_t)) {
    const auto word = base::load_word<std::uint64_t>(text.data() + n);
    if ((base::bytes_below(' ', word) | base::bytes_that_are(0x7f, word)) != 0) break;
  }
  return n + run_length(text.substr(n), kValue);
}

bool percents_are_whole(std::string_view text) {
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 3))
    if (text.size() - at < 3 || !is(text[at + 1], kHex) || !is(text[at + 2], kHex)) return false;
  return true;
}

bool all_digits(std::string_view text) {
  for (char c : text)
    if (c < '0' || c > '9') return false;
  return !text.empty();
}

/// host [":" port], RFC 3986 section 3.2.2, without user information and never empty.
bool is_valid_host(std::string_view text) {
  std::size_t host = 0;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == text.npos || close < 3) return false;
    for (char c : text.substr(1, close - 1))
      if (!is(c, kHex) && c != ':' && c != '.') return false;
    host = close + 1;
  } else {
    host = run_length(text, kHost);
    if (host == 0 || !percents_are_whole(text.substr(0, host))) return false;
  }
  auto port = text.substr(host);
  if (port.empty()) return true;
  if (port.front() != ':' || port.size() > kPortDigits + 1) return false;
  port.remove_prefix(1);
  unsigned number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  return port.empty() || (all_digits(port) && number <= 65535);
}

/// Calls `each` with every element of a comma-separated list.
template <class Each>
void for_each_element(std::string_view list, Each each) {
  for (;;) {
    const auto comma = list.find(',');
    each(base::trim_blanks(list.substr(0, comma)));
    if (comma == list.npos) return;
    list.remove_prefix(comma + 1);
  }
}

/// A transfer coding other than exactly "chunked": 501 when it is a proper one that we lack, else 400.
Fault transfer_coding_fault(std::string_view value) {
  bool proper = true;
  bool other = false;
  for_each_element(value, [&](std::string_view coding) {
    proper = proper && !coding.empty() && all(coding, kToken);
    other = other || !equals_ignoring_case(coding, "chunked");
  });
  if (proper && other) return Fault(501, "only the transfer coding chunked is supported");
  return Fault(400, "malformed Transfer-Encoding");
}

}  // namespace

HeadEnd::State HeadEnd::find(std::string_view bytes) {
  if (!bytes.empty() && !is(bytes.front(), kToken)) return State::malformed;
  while (seen_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + seen_, '\n', bytes.size() - seen_);
    if (!found) break;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (at == line_ || bytes[at - 1] != '\r') return State::malformed;
    const bool empty_line = at == line_ + 1;
    seen_ = line_ = at + 1;
    if (empty_line) return State::complete;
  }
  seen_ = bytes.size();
  return State::incomplete;
}

struct HeadScan::Seen {
  bool host = false;
  bool content_length = false;
  bool transfer_encoding = false;
  bool content_type = false;
  bool authorization = false;
  bool expect = false;
  bool says_close = false;
  bool says_keep_alive = false;
};

void HeadScan::clear() {
  auto headers = std::move(head_.headers);
  headers.clear();
  head_ = ScannedHead();
  head_.headers = std::move(headers);
}

std::optional<Fault> HeadScan::scan(std::string_view head) {
  assert(head.ends_with("\r\n\r\n"));
  clear();
  auto rest = head;
  if (auto fault = scan_request_line(rest)) return fault;
  Seen seen;
  while (rest != "\r\n") {
    if (head_.headers.size() == headers_max_) return Fault(431, "too many header fields");
    if (auto fault = scan_field(rest, seen)) return fault;
  }
  head_.keep_alive = !seen.says_close && (!head_.http_1_0 || seen.says_keep_alive);
  return check_framing(seen);
}

// method SP target SP version CRLF
std::optional<Fault> HeadScan::scan_request_line(std::string_view& rest) {
  const auto method = run_length(rest, kToken);
  if (method == 0 || method > kMethodLongest || rest[method] != ' ') return Fault(400, "malformed method");
  head_.method = rest.substr(0, method);
  rest.remove_prefix(method + 1);

  const auto target = rest.find_first_of(" \r\n");
  assert(target != rest.npos);
  if (target == 0 || rest[target] != ' ') return Fault(400, "malformed request line");
  head_.target = rest.substr(0, target);
  rest.remove_prefix(target + 1);

  const auto line = rest.find('\n');
  const auto version = rest.substr(0, line - 1);
  const bool is_version = version.size() == 8 && version.starts_with("HTTP/") &&
                          all_digits(version.substr(5, 1)) && version[6] == '.' &&
                          all_digits(version.substr(7));
  if (!is_version) return Fault(400, "malformed HTTP version");
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return Fault(505, "only HTTP/1.1 and HTTP/1.0 are supported");
  head_.http_1_0 = version == "HTTP/1.0";
  rest.remove_prefix(line + 1);

  if (head_.method == "CONNECT" || head_.method == "TRACE")
    return Fault(501, "CONNECT and TRACE are not supported");
  return scan_target();
}

// origin-form "/path?query", absolute-form "http://host/path?query", or "*" of OPTIONS (RFC 9112,
// section 3.2).
std::optional<Fault> HeadScan::scan_target() {
  auto rest = head_.target;
  if (rest == "*" && head_.method == "OPTIONS") {
    head_.path = rest;
    return std::nullopt;
  }
  if (!rest.starts_with('/')) {
    const auto scheme = rest.find("://");
    if (scheme == rest.npos || !(equals_ignoring_case(rest.substr(0, scheme), "http") ||
                                 equals_ignoring_case(rest.substr(0, scheme), "https")))
      return Fault(400, "malformed request target");
    rest.remove_prefix(scheme + 3);
    const auto host = rest.substr(0, rest.find_first_of("/?"));
    if (!is_valid_host(host)) return Fault(400, "malformed host in the request target");
    rest.remove_prefix(host.size());
  }
  const auto mark = rest.find('?');
  const auto path = rest.substr(0, mark);
  const auto query = mark == rest.npos ? std::string_view() : rest.substr(mark + 1);
  if (!all(path, kPath) || !all(query, kQuery))
    return Fault(400, "character not allowed in the request target");
  if (!percents_are_whole(path) || !percents_are_whole(query))
    return Fault(400, "malformed percent-encoding in the request target");
  head_.path = path.empty() ? std::string_view("/") : path;
  head_.query = query;
  return std::nullopt;
}

// name ":" OWS value OWS CRLF
std::optional<Fault> HeadScan::scan_field(std::string_view& rest, Seen& seen) {
  if (rest.front() == ' ' || rest.front() == '\t') return Fault(400, "folded header field");
  const auto name = run_length(rest, kToken);
  if (name == 0 || rest[name] != ':') return Fault(400, "malformed header field name");
  const auto value = value_length(rest.substr(name + 1));
  const auto line = name + 1 + value;
  if (rest.substr(line, 2) != "\r\n") return Fault(400, "control character in a header field");
  const auto& field = head_.headers.emplace_back(
      base::HeaderField{rest.substr(0, name), base::trim_blanks(rest.substr(name + 1, value))});
  rest.remove_prefix(line + 2);
  return note_field(field, seen);
}

std::optional<Fault> HeadScan::note_field(const base::HeaderField& field, Seen& seen) {
  const auto is_named = [&](std::string_view name) { return equals_ignoring_case(field.name, name); };
  const auto doubled = [](bool& before) { return std::exchange(before, true); };
  switch (field.name.size()) {
    case 4:
      if (!is_named("host")) break;
      if (doubled(seen.host)) return Fault(400, "more than one Host");
      if (!is_valid_host(field.value)) return Fault(400, "malformed Host");
      break;
    case 6:
      if (!is_named("expect")) break;
      if (doubled(seen.expect)) return Fault(400, "more than one Expect");
      if (!equals_ignoring_case(field.value, "100-continue"))
        return Fault(417, "only 100-continue can be expected");
      head_.expects_continue = true;
      break;
    case 10:
      if (!is_named("connection")) break;
      for_each_element(field.value, [&](std::string_view option) {
        if (equals_ignoring_case(option, "close")) seen.says_close = true;
        if (equals_ignoring_case(option, "keep-alive")) seen.says_keep_alive = true;
      });
      break;
    case 12:
      if (is_named("content-type") && doubled(seen.content_type))
        return Fault(400, "more than one Content-Type");
      break;
    case 13:
      if (is_named("authorization") && doubled(seen.authorization))
        return Fault(400, "more than one Authorization");
      break;
    case 14: {
      if (!is_named("content-length")) break;
      if (doubled(seen.content_length)) return Fault(400, "more than one Content-Length");
      if (!all_digits(field.value) || field.value.size() > kLengthDigits)
        return Fault(400, "malformed Content-Length");
      std::uint64_t length = 0;
      std::from_chars(field.value.data(), field.value.data() + field.value.size(), length);
      head_.content_length = length;
      break;
    }
    case 17:
      if (!is_named("transfer-encoding")) break;
      if (doubled(seen.transfer_encoding)) return Fault(400, "more than one Transfer-Encoding");
      if (!equals_ignoring_case(field.value, "chunked")) return transfer_coding_fault(field.value);
      head_.chunked = true;
      break;
    default:
      break;
  }
  return std::nullopt;
}

std::optional<Fault> HeadScan::check_framing(const Seen& seen) const {
  if (!seen.host && !head_.http_1_0) return Fault(400, "Host is missing");
  if (head_.chunked && seen.content_length)
    return Fault(400, "Content-Length together with Transfer-Encoding");
  if (head_.chunked && head_.http_1_0) return Fault(400, "Transfer-Encoding in HTTP/1.0");
  const bool needs_length = head_.method == "POST" || head_.method == "PUT" || head_.method == "PATCH";
  if (needs_length && lengthless_ == LengthlessBody::refused && !head_.chunked && !seen.content_length)
    return Fault(411, "a length is required");
  return std::nullopt;
}

}  // namespace signalbox::http
