#pragma once
#include <cstdint>
#include <cstring>

namespace signalbox::base {

// Text looked at eight bytes at a time.

inline constexpr std::uint64_t kEachByte = 0x0101010101010101;  // times a byte: eight of it
inline constexpr std::uint64_t kHighBits = 0x8080808080808080;

/// The bytes from `from` on, of which there are sizeof(Word) at least.
template <class Word>
Word load_word(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// Has the highest bit set of the first byte (in memory, little-endian) that is `byte`, and none before it.
constexpr std::uint64_t bytes_that_are(char byte, std::uint64_t word) {
  const auto zeros = word ^ (kEachByte * static_cast<unsigned char>(byte));
  return (zeros - kEachByte) & ~zeros & kHighBits;
}

/// The same of the first byte below `limit`, which is at most 0x80.
constexpr std::uint64_t bytes_below(unsigned char limit, std::uint64_t word) {
  return (word - kEachByte * limit) & ~word & kHighBits;
}

/// Whether all eight bytes are 0x20 to 0x7E.
constexpr bool all_printable(std::uint64_t word) {
  const auto above_tilde = (word + kEachByte) | word;  // 0x7F + 1 sets the highest bit
  return (bytes_below(' ', word) | (above_tilde & kHighBits)) == 0;
}

/// With 'A' to 'Z' in lower case.
constexpr std::uint64_t in_lower_case(std::uint64_t word) {
  const auto low_bits = word & ~kHighBits;
  const auto from_a = low_bits + kEachByte * (0x80 - 'A');
  const auto past_z = low_bits + kEachByte * (0x7F - 'Z');
  const auto capitals = (from_a ^ past_z) & ~word & kHighBits;
  return word | capitals >> 2;
}

}  // namespace signalbox::base
