#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace signalbox::event {

// What readers of JSON texts do with the bytes of strings, eight at a time.

template <class Word>
Word load_word(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// The first '"', '\\' or control character from `p` on, or `end`.
inline const char* find_special(const char* p, const char* end) {
  constexpr std::uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
  for (; end - p >= 8; p += 8) {
    const auto word = load_word<std::uint64_t>(p);
    const auto quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
    const auto found =
        (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((word - ones * 0x20) & ~word)) & high;
    if (found) return p + (std::countr_zero(found) >> 3);
  }
  while (p != end && *p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20) ++p;
  return p;
}

/// Spreads well enough for names; who uses it compares what collides.
inline std::uint32_t hash_of_name(std::string_view name) {
  constexpr std::uint64_t k = 0x9E3779B97F4A7C15;
  std::uint64_t h = name.size() * k;
  const char* p = name.data();
  std::size_t left = name.size();
  const auto mix = [&h](std::uint64_t word) { h = std::rotl((h ^ word) * k, 29); };
  for (; left > 8; left -= 8, p += 8) mix(load_word<std::uint64_t>(p));
  if (left >= 4) {
    mix(std::uint64_t{load_word<std::uint32_t>(p)} << 32 | load_word<std::uint32_t>(p + left - 4));
  } else if (left > 0) {
    const auto byte = [p](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(p[i])}; };
    mix(byte(0) << 16 | byte(left / 2) << 8 | byte(left - 1));
  }
  return static_cast<std::uint32_t>(h ^ h >> 32);
}

}  // namespace signalbox::event
