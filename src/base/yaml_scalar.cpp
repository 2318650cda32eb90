#include "base/yaml_scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace signalbox::base {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

/// A decimal number taken apart, views into the text.
struct Decimal {
  bool valid = false;
  bool negative = false;
  bool has_point = false;
  std::string_view whole, fraction, exponent;  // exponent with its sign, without the e
};

Decimal split_decimal(std::string_view text) {
  Decimal out;
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) out.negative = text[at++] == '-';
  const std::size_t whole = at;
  at = skip_digits(text, at);
  out.whole = text.substr(whole, at - whole);
  if (at < text.size() && text[at] == '.') {
    out.has_point = true;
    const std::size_t fraction = ++at;
    at = skip_digits(text, at);
    out.fraction = text.substr(fraction, at - fraction);
  }
  if (out.whole.empty() && out.fraction.empty()) return out;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t exponent = ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t digits = at;
    at = skip_digits(text, at);
    if (at == digits) return out;
    out.exponent = text.substr(exponent, at - exponent);
  }
  out.valid = at == text.size();
  return out;
}

/// 16 or 8 for 0x1F and 0o17, 0 for anything else.
int radix_of(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return 0;
  const std::string_view digits = text.substr(2);
  const auto hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  if (text[1] == 'x' && std::all_of(digits.begin(), digits.end(), hex)) return 16;
  if (text[1] == 'o' && std::all_of(digits.begin(), digits.end(), octal)) return 8;
  return 0;
}

bool is_special_real(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return is_one_of(text, {".inf", ".Inf", ".INF"});
}

std::string decimal_to_json(const Decimal& number) {
  std::string_view whole = number.whole;
  while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
  std::string out = number.negative ? "-" : "";
  out += whole.empty() ? "0" : whole;
  if (!number.fraction.empty()) fmt::format_to(std::back_inserter(out), ".{}", number.fraction);
  if (!number.exponent.empty()) fmt::format_to(std::back_inserter(out), "e{}", number.exponent);
  return out;
}

}  // namespace

ScalarType scalar_type(std::string_view plain) {
  if (plain.empty()) return ScalarType::null;
  switch (plain[0]) {  // most texts are told by their first letter
    case '~':
    case 'n':
    case 'N':
      return is_one_of(plain, {"~", "null", "Null", "NULL"}) ? ScalarType::null : ScalarType::text;
    case 't':
    case 'T':
    case 'f':
    case 'F':
      return is_one_of(plain, {"true", "True", "TRUE", "false", "False", "FALSE"}) ? ScalarType::boolean
                                                                                   : ScalarType::text;
    default:
      break;
  }
  if (!is_digit(plain[0]) && plain[0] != '-' && plain[0] != '+' && plain[0] != '.') return ScalarType::text;
  if (radix_of(plain) != 0) return ScalarType::integer;
  if (is_special_real(plain)) return ScalarType::real;
  const Decimal number = split_decimal(plain);
  if (!number.valid) return ScalarType::text;
  return number.has_point || !number.exponent.empty() ? ScalarType::real : ScalarType::integer;
}

std::string json_string(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

std::string scalar_to_json(std::string_view plain) {
  switch (scalar_type(plain)) {
    case ScalarType::null:
      return "null";
    case ScalarType::boolean:
      return plain[0] == 't' || plain[0] == 'T' ? "true" : "false";
    case ScalarType::text:
      return json_string(plain);
    case ScalarType::integer:
    case ScalarType::real:
      break;
  }
  if (const int radix = radix_of(plain); radix != 0) {
    std::uint64_t value = 0;
    const auto [end, ec] = std::from_chars(plain.data() + 2, plain.data() + plain.size(), value, radix);
    return ec == std::errc{} ? fmt::format("{}", value) : json_string(plain);
  }
  return is_special_real(plain) ? json_string(plain) : decimal_to_json(split_decimal(plain));
}

}  // namespace signalbox::base
