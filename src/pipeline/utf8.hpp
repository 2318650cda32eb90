#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::pipeline {

/// Bytes of the character that begins with `lead`; 1 for a byte that begins none.
constexpr std::size_t utf8_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// One character and the bytes it took.
struct Utf8Character {
  std::uint32_t code_point;
  std::size_t size;
};

/// The character at the beginning of `text`, which is not empty; a byte that begins none stands for itself.
Utf8Character first_character(std::string_view text);

/// `text` with every byte that is not part of valid UTF-8 replaced by '?': for messages that quote what came
/// in.
std::string to_valid_utf8(std::string_view text);

/// Compares as sequences of UTF-16 units (where U+10000 comes before U+E000): negative, 0 or positive.
int compare_utf16(std::string_view a, std::string_view b);

}  // namespace signalbox::pipeline
