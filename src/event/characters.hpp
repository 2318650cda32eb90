#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::event {

/// Whether `text` is valid UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);

/// The byte at which `text` stops being valid UTF-8; nullopt when it is valid to its end.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// A byte offset and what is wrong there.
struct BadCharacter {
  std::size_t at;
  const char* what;  ///< a static string, for a person
};

/// The first character that a CloudEvents String may not hold (CloudEvents 1.0.2 section 3.1): U+0000 to
/// U+001F, U+007F to U+009F, noncharacters, and whatever is not UTF-8 (unpaired surrogates among it).
std::optional<BadCharacter> find_forbidden_character(std::string_view text);

/// Appends the UTF-8 form of `code_point` (below 0x110000).  A surrogate is written in the same pattern,
/// which is not UTF-8: only for comparing.
void append_code_point(std::string& out, std::uint32_t code_point);

/// ASCII classes, without a locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_alpha(char c) { return is_lower(c) || is_upper(c); }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c; }
/// 0 to 15, or -1 when `c` is no hexadecimal digit.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/// Whether `c` goes on with a character that earlier bytes of UTF-8 began.
constexpr bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Text from outside made safe to name in a fault: printable ASCII kept, the rest '?', cut at 64 bytes.
std::string shown(std::string_view text);

}  // namespace signalbox::event
