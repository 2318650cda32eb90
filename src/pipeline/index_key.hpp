#pragma once
#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pipeline/ip_address.hpp"
#include "pipeline/short_text.hpp"

namespace signalbox::pipeline {

/// Under what an index keeps a value, a piece of a text or a network: 64 bits, different ones nearly always.
using IndexKey = std::uint64_t;

/// Longer beginnings and ends of texts are kept by this many bytes: what is found is asked.
constexpr std::size_t kAffixBytesMax = 32;
/// Pieces from the middle of texts likewise.
constexpr std::size_t kInfixBytesMax = 8;

/// What stands at one end of a text, or somewhere in it; at most kAffixBytesMax bytes.
inline IndexKey text_index_key(std::string_view text) { return hash_text(text, 0); }

/// An address without the bits that come after the first `bits`.
inline IndexKey network_index_key(const IpAddress& address, unsigned bits) {
  IpAddress masked = address;
  for (unsigned i = 0; i < address.size; ++i) {
    const auto kept = std::clamp(static_cast<int>(bits) - static_cast<int>(i) * 8, 0, 8);
    masked.bytes[i] = static_cast<std::uint8_t>(masked.bytes[i] & (0xFF00 >> kept));
  }
  return XXH3_64bits_withSeed(masked.bytes.data(), masked.size, bits);
}

}  // namespace signalbox::pipeline
