#include "schema/number.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "event/characters.hpp"

namespace signalbox::schema {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kExponentMax = 1'000'000'000'000'000;

constexpr auto kPowersOfTen = [] {
  std::array<std::uint64_t, 20> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

std::uint64_t power_of_ten(std::int64_t exponent) { return kPowersOfTen[static_cast<std::size_t>(exponent)]; }

std::int64_t parse_exponent(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  for (const char c : text) value = std::min(value * 10 + (c - '0'), kExponentMax);
  return negative ? -value : value;
}

/// The significant digits of a number one after the other, then zeros.
class Digits {
 public:
  explicit Digits(const Number& number) : rest_(number.text), left_(number.digits) {
    rest_.remove_prefix(std::min(rest_.find_first_of("123456789"), rest_.size()));
  }
  unsigned next() {
    if (left_ == 0) return 0;
    --left_;
    if (rest_[0] == '.') rest_.remove_prefix(1);
    const auto digit = static_cast<unsigned>(rest_[0] - '0');
    rest_.remove_prefix(1);
    return digit;
  }

 private:
  std::string_view rest_;
  std::int64_t left_;
};

/// Of two numbers other than zero, without their signs.
int compare_magnitudes(const Number& a, const Number& b) {
  const auto places_a = a.digits + a.exponent, places_b = b.digits + b.exponent;
  if (places_a != places_b) return places_a < places_b ? -1 : 1;
  if (a.exact() && b.exact()) {
    const auto more = std::max(a.digits, b.digits);
    const auto x = a.mantissa * power_of_ten(more - a.digits), y = b.mantissa * power_of_ten(more - b.digits);
    return x < y ? -1 : static_cast<int>(x > y);
  }
  Digits x(a), y(b);
  for (auto left = std::max(a.digits, b.digits); left > 0; --left) {
    const auto digit_a = x.next(), digit_b = y.next();
    if (digit_a != digit_b) return digit_a < digit_b ? -1 : 1;
  }
  return 0;
}

std::uint64_t times(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
  return static_cast<std::uint64_t>(Wide{a} * b % modulus);
}

std::uint64_t power_of_ten_modulo(std::int64_t exponent, std::uint64_t modulus) {
  std::uint64_t result = 1 % modulus, base = 10 % modulus;
  for (; exponent > 0; exponent >>= 1, base = times(base, base, modulus))
    if (exponent & 1) result = times(result, base, modulus);
  return result;
}

std::uint64_t mantissa_modulo(const Number& number, std::uint64_t modulus) {
  if (number.exact()) return number.mantissa % modulus;
  Digits digits(number);
  Wide rest = 0;
  for (auto left = number.digits; left > 0; --left) rest = (rest * 10 + digits.next()) % modulus;
  return static_cast<std::uint64_t>(rest);
}

}  // namespace

Number parse_number(std::string_view text) {
  Number number;
  number.text = text;
  std::int64_t zeros = 0, fraction = 0, exponent = 0;
  bool in_fraction = false;
  std::size_t at = text.starts_with('-') ? 1 : 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (!event::is_digit(c)) {
      if (c != '.') {
        exponent = parse_exponent(text.substr(at + 1));
        break;
      }
      in_fraction = true;
      continue;
    }
    fraction += in_fraction;
    if (c == '0') {
      zeros += number.digits > 0;
      continue;
    }
    number.digits += zeros + 1;
    if (number.exact())
      number.mantissa = number.mantissa * power_of_ten(zeros + 1) + static_cast<std::uint64_t>(c - '0');
    zeros = 0;
  }
  if (number.digits == 0) return number;
  number.negative = text.starts_with('-');
  number.exponent = exponent + zeros - fraction;
  return number;
}

int compare(const Number& a, const Number& b) {
  if (a.zero() || b.zero()) {
    if (a.zero() && b.zero()) return 0;
    return a.zero() ? (b.negative ? 1 : -1) : (a.negative ? -1 : 1);
  }
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  return a.negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

bool is_multiple(const Number& value, const Number& divisor) {
  if (value.zero()) return true;
  // The mantissa has no zeros at its end, so dividing by a power of ten leaves a fraction.
  const auto shift = value.exponent - divisor.exponent;
  if (shift < 0) return false;
  const auto modulus = divisor.mantissa;
  return times(mantissa_modulo(value, modulus), power_of_ten_modulo(shift, modulus), modulus) == 0;
}

std::uint64_t hash_of(const Number& number) {
  constexpr std::uint64_t k = 0x9E3779B97F4A7C15;
  const auto mantissa = mantissa_modulo(number, std::numeric_limits<std::uint64_t>::max());
  auto h = (mantissa ^ static_cast<std::uint64_t>(number.exponent) << 40) * k;
  h ^= h >> 32;
  return (h + number.negative) * k;
}

std::uint32_t to_count(const Number& number) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (number.zero()) return 0;
  if (number.digits + number.exponent > 10) return static_cast<std::uint32_t>(most);
  return static_cast<std::uint32_t>(std::min(most, number.mantissa * power_of_ten(number.exponent)));
}

}  // namespace signalbox::schema
