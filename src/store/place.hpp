#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace signalbox::store {

/// Where the value of a key stands that is kept in the log: a table holds this instead of it.
struct Place {
  std::uint32_t segment = 0;
  std::uint32_t offset = 0;    ///< of its first byte in the segment's file
  std::uint32_t size = 0;      ///< in bytes
  std::uint32_t checksum = 0;  ///< checksum_of() the value
  bool operator==(const Place&) const = default;
};

/// u8 0 | segment | offset | size | checksum, each u32 little-endian.
using PlaceBytes = std::array<char, 1 + 4 * sizeof(std::uint32_t)>;

PlaceBytes encode(const Place& place);

/// nullopt when it is no place but the value itself, as formats before 3 have it: none of those begins with a zero.
std::optional<Place> read_place(std::string_view bytes);

/// The lower half of the XXH3 of a value.
std::uint32_t checksum_of(std::string_view value);

}  // namespace signalbox::store
