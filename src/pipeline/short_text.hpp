#pragma once
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/words.hpp"

namespace signalbox::pipeline {

// Names and values are mostly short: comparing and hashing them by a few words costs less than a call.

__extension__ using Product = unsigned __int128;

using base::load_word;

/// Whether two texts are the same.
inline bool equal_texts(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const auto size = a.size();
  const char *p = a.data(), *q = b.data();
  if (size > 16) return std::memcmp(p, q, size) == 0;
  if (size >= 8)
    return load_word<std::uint64_t>(p) == load_word<std::uint64_t>(q) &&
           load_word<std::uint64_t>(p + size - 8) == load_word<std::uint64_t>(q + size - 8);
  if (size >= 4)
    return load_word<std::uint32_t>(p) == load_word<std::uint32_t>(q) &&
           load_word<std::uint32_t>(p + size - 4) == load_word<std::uint32_t>(q + size - 4);
  for (std::size_t i = 0; i < size; ++i)
    if (p[i] != q[i]) return false;
  return true;
}

/// 64 bits of a text, of which the upper half is mixed best.  Not for keeping: only for tables in memory.
inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  const auto size = text.size();
  const char* p = text.data();
  if (size > 16) return XXH3_64bits_withSeed(p, size, seed);
  std::uint64_t a = 0, b = 0;
  if (size >= 8) {
    a = load_word<std::uint64_t>(p);
    b = load_word<std::uint64_t>(p + size - 8);
  } else if (size >= 4) {
    a = load_word<std::uint32_t>(p);
    b = load_word<std::uint32_t>(p + size - 4);
  } else if (size > 0) {
    const auto byte = [p](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(p[at])}; };
    a = byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1);
  }
  const auto product = static_cast<Product>(a ^ seed ^ 0x9E3779B97F4A7C15u) *
                       (b ^ size * 0xD6E8FEB86659FD93u ^ 0xA0761D6478BD642Fu);
  const auto folded = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  return (folded ^ seed) * 0xE7037ED1A0B428DBu;
}

}  // namespace signalbox::pipeline
