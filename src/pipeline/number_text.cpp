#include "pipeline/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "event/characters.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kAlwaysExactDigits = 15;  // std::numeric_limits<double>::digits10
constexpr std::int64_t kExponentMax =
    1'000'000;  // beyond every double; keeps the arithmetic from overflowing

using event::is_digit;

/// A decimal number as digits without zeros at either end, times ten to the power of `exponent`.
struct Decimal {
  std::string_view digits;  ///< may contain the point; empty: zero
  std::size_t count = 0;    ///< digits without the point
  std::int64_t exponent = 0;

  char digit(std::size_t& at) const {
    if (digits[at] == '.') ++at;
    return digits[at++];
  }
};

std::int64_t parse_exponent(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  for (char c : text) value = value < kExponentMax ? value * 10 + (c - '0') : value;
  return negative ? -value : value;
}

Decimal to_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  Decimal decimal;
  const auto e = text.find_first_of("eE");
  if (e != std::string_view::npos) decimal.exponent = parse_exponent(text.substr(e + 1));
  auto digits = text.substr(0, e);
  const auto point = digits.find('.');
  if (point != std::string_view::npos)
    decimal.exponent -= static_cast<std::int64_t>(digits.size() - point - 1);
  while (!digits.empty() && !(digits.front() >= '1' && digits.front() <= '9')) digits.remove_prefix(1);
  while (!digits.empty() && !(digits.back() >= '1' && digits.back() <= '9')) {
    if (is_digit(digits.back())) ++decimal.exponent;
    digits.remove_suffix(1);
  }
  decimal.digits = digits;
  for (char c : digits) decimal.count += is_digit(c) ? 1u : 0u;
  return decimal;
}

bool equal(const Decimal& a, const Decimal& b) {
  if (a.count != b.count || (a.count != 0 && a.exponent != b.exponent)) return false;
  for (std::size_t i = 0, at_a = 0, at_b = 0; i < a.count; ++i)
    if (a.digit(at_a) != b.digit(at_b)) return false;
  return true;
}

/// The shortest decimal that reads back as `value`, of at least two digits: 4.9e-324, not 5e-324.
std::string_view print(double value, std::array<char, 32>& buffer) {
  auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
  const bool one_digit = buffer[1] == 'e';
  if (one_digit && value < std::numeric_limits<double>::min())
    end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific, 1)
              .ptr;
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

std::optional<double> short_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (text.size() - (negative ? 1u : 0u) > kAlwaysExactDigits) return std::nullopt;
  std::int64_t value = 0;
  for (char c : text.substr(negative ? 1 : 0)) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return static_cast<double>(negative ? -value : value);
}

/// The value of most numbers that have a point: at most 15 digits and no exponent.  Their digits and the
/// power of ten are doubles exactly, so that one division gives the nearest double.
std::optional<double> short_decimal(std::string_view text) {
  constexpr std::array<double, kAlwaysExactDigits + 1> kPowers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.size() > kAlwaysExactDigits + 1) return std::nullopt;
  std::int64_t value = 0;
  std::size_t decimals = 0;
  bool point = false;
  for (char c : text) {
    if (is_digit(c)) {
      value = value * 10 + (c - '0');
      decimals += point ? 1 : 0;
    } else if (c == '.' && !point) {
      point = true;
    } else {
      return std::nullopt;
    }
  }
  if (decimals > kAlwaysExactDigits || value >= std::int64_t{1} << 53) return std::nullopt;
  const double magnitude = static_cast<double>(value) / kPowers[decimals];
  return negative ? -magnitude : magnitude;
}

}  // namespace

std::optional<double> comparable_number(std::string_view text) {
  if (auto integer = short_integer(text)) return integer;
  if (auto decimal = short_decimal(text)) return decimal;
  const auto decimal = to_decimal(text);
  if (decimal.count == 0) return 0.0;
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    // libstdc++ reports subnormal results of some texts as out of range; strtod() does not.
    value = std::strtod(std::string(text).c_str(), nullptr);
  }
  if (!std::isfinite(value) || value == 0) return std::nullopt;
  const double magnitude = std::fabs(value);
  if (decimal.count <= kAlwaysExactDigits && magnitude >= std::numeric_limits<double>::min()) return value;
  std::array<char, 32> buffer;
  if (!equal(decimal, to_decimal(print(magnitude, buffer)))) return std::nullopt;
  return value;
}

}  // namespace signalbox::pipeline
