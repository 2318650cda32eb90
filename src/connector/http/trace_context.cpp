#include "connector/http/trace_context.hpp"

#include <algorithm>
#include <array>

namespace signalbox::connector::http {
namespace {

bool is_identifier(std::string_view text) {
  auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return std::all_of(text.begin(), text.end(), hex) && text.find_first_not_of('0') != std::string_view::npos;
}

void append_hex(std::string& out, std::uint64_t value) {
  std::array<char, 16> digits;
  for (std::size_t i = 0; i < digits.size(); ++i) digits[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
  out.append(digits.data(), digits.size());
}

}  // namespace

bool is_traceparent(std::string_view value) {
  if (value.size() != 55 || !value.starts_with("00-") || value[35] != '-' || value[52] != '-') return false;
  const auto flags = value.substr(53);
  return is_identifier(value.substr(3, 32)) && is_identifier(value.substr(36, 16)) &&
         flags.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void TraceStarter::append(std::string& out) {
  out += "00-";
  append_hex(out, random_());
  append_hex(out, random_() | 1);  // never all zero
  out += '-';
  append_hex(out, random_() | 1);
  out += "-01";
}

}  // namespace signalbox::connector::http
