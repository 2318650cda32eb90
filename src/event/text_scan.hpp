#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/words.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace signalbox::event {

// What readers of JSON texts do with the bytes of strings, eight or sixteen at a time.

using base::load_word;

/// The first '"', '\\' or control character from `p` on, or `end`.
inline const char* find_special(const char* p, const char* end) {
#if defined(__SSE2__)
  const auto quotes = _mm_set1_epi8('"'), slashes = _mm_set1_epi8('\\'), controls = _mm_set1_epi8(0x1F);
  for (; end - p >= 16; p += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const auto quoted = _mm_or_si128(_mm_cmpeq_epi8(bytes, quotes), _mm_cmpeq_epi8(bytes, slashes));
    const auto special = _mm_or_si128(quoted, _mm_cmpeq_epi8(_mm_min_epu8(bytes, controls), bytes));
    if (const auto found = static_cast<unsigned>(_mm_movemask_epi8(special))) return p + std::countr_zero(found);
  }
#endif
  for (; end - p >= 8; p += 8) {
    const auto word = load_word<std::uint64_t>(p);
    const auto found =
        base::bytes_that_are('"', word) | base::bytes_that_are('\\', word) | base::bytes_below(0x20, word);
    if (found) return p + (std::countr_zero(found) >> 3);
  }
  while (p != end && *p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20) ++p;
  return p;
}

/// Whether a name has a '.': quicker than std::string_view's own search for what is as short as names are.
inline bool has_dot(std::string_view name) {
  const auto dot_in = [](std::uint64_t word) { return base::bytes_that_are('.', word) != 0; };
  const char* p = name.data();
  const auto size = name.size();
  if (size < 4) return (size > 0 && p[0] == '.') || (size > 1 && p[1] == '.') || (size > 2 && p[2] == '.');
  if (size < 8)
    return dot_in(std::uint64_t{load_word<std::uint32_t>(p)} << 32 | load_word<std::uint32_t>(p + size - 4));
  for (std::size_t at = 0; at + 8 <= size; at += 8)
    if (dot_in(load_word<std::uint64_t>(p + at))) return true;
  return dot_in(load_word<std::uint64_t>(p + size - 8));
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
