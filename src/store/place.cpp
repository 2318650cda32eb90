#include "store/place.hpp"

#include <xxhash.h>

#include <cstring>

namespace signalbox::store {

PlaceBytes encode(const Place& place) {
  const std::array<std::uint32_t, 4> numbers{place.segment, place.offset, place.size, place.checksum};
  PlaceBytes bytes{};
  std::memcpy(bytes.data() + 1, numbers.data(), sizeof numbers);
  return bytes;
}

std::optional<Place> read_place(std::string_view bytes) {
  std::array<std::uint32_t, 4> numbers{};
  if (bytes.size() != sizeof(PlaceBytes) || bytes.front() != 0) return std::nullopt;
  std::memcpy(numbers.data(), bytes.data() + 1, sizeof numbers);
  return Place{numbers[0], numbers[1], numbers[2], numbers[3]};
}

std::uint32_t checksum_of(std::string_view value) {
  return static_cast<std::uint32_t>(XXH3_64bits(value.data(), value.size()));
}

}  // namespace signalbox::store
