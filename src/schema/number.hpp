#pragma once
#include <cstdint>
#include <string_view>

namespace signalbox::schema {

/// A JSON number by its exact decimal value, whatever its size: mantissa * 10^exponent, without zeros at the
/// end of the mantissa.
struct Number {
  static constexpr std::int64_t kExactDigits = 18;

  std::string_view text{};     ///< as written
  std::uint64_t mantissa = 0;  ///< when exact()
  std::int64_t digits = 0;     ///< of the mantissa; 0 for zero
  std::int64_t exponent = 0;   ///< held within about 10^15
  bool negative = false;       ///< never of zero

  bool zero() const { return digits == 0; }
  /// Few enough digits that the mantissa has them all.
  bool exact() const { return digits <= kExactDigits; }
  /// Whether it has no fraction: 1.0 and 1e2 are integers.
  bool integer() const { return digits == 0 || exponent >= 0; }
};

/// Of a text that is a JSON number; the result refers to it.
Number parse_number(std::string_view text);

/// Negative, 0 or positive.
int compare(const Number& a, const Number& b);

/// Whether value / divisor is an integer.  REQUIRES: `divisor` is positive and exact().
bool is_multiple(const Number& value, const Number& divisor);

/// Equal numbers have equal hashes.
std::uint64_t hash_of(const Number& number);

/// As a count, held within 32 bits; REQUIRES: an integer that is not negative.
std::uint32_t to_count(const Number& number);

}  // namespace signalbox::schema
