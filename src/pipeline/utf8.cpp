#include "pipeline/utf8.hpp"

#include <algorithm>

namespace signalbox::pipeline {
namespace {

/// Lead bytes in the order of UTF-16: those of U+10000 and up before U+E000.
int utf16_rank(char c) {
  const int value = static_cast<unsigned char>(c);
  if (value >= 0xF0) return value - 2;  // 0xEE to 0xF2
  return value >= 0xEE ? value + 0x10 : value;
}

}  // namespace

Utf8Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = utf8_length(text[0]);
  if (size == 1 || text.size() < size) return {lead, 1};
  std::uint32_t code_point = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i)
    code_point = code_point << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  return {code_point, size};
}

std::string to_valid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto [code_point, size] = first_character(text);
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    const std::uint32_t least = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000;
    const bool valid = size == 1 ? code_point < 0x80
                                 : std::all_of(text.begin() + 1,
                                               text.begin() + static_cast<std::ptrdiff_t>(size), continues) &&
                                       code_point >= least && code_point < 0x110000 &&
                                       (code_point < 0xD800 || code_point > 0xDFFF);
    if (!valid) size = 1;
    if (valid)
      out += text.substr(0, size);
    else
      out += '?';
    text.remove_prefix(size);
  }
  return out;
}

int compare_utf16(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return static_cast<int>(x != a.end()) - static_cast<int>(y != b.end());
  return utf16_rank(*x) - utf16_rank(*y);
}

}  // namespace signalbox::pipeline
