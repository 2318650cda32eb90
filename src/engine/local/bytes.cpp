#include "engine/local/bytes.hpp"

#include <cstring>
#include <limits>

namespace signalbox::engine::local {

void Writer::u64(std::uint64_t number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out_.append(bytes, sizeof number);
}

void Writer::varint(std::uint64_t number) {
  char bytes[10];
  std::size_t size = 0;
  for (; number >= 0x80; number >>= 7) bytes[size++] = static_cast<char>(number | 0x80);
  bytes[size++] = static_cast<char>(number);
  out_.append(bytes, size);
}

void Writer::zigzag(std::int64_t number) {
  varint((static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63));
}

void Writer::text(std::string_view text) {
  varint(text.size());
  out_.append(text);
}

std::string_view Reader::take(std::size_t size) {
  if (size > bytes_.size()) {
    good_ = false;
    bytes_ = {};
    return {};
  }
  const auto taken = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return taken;
}

std::uint8_t Reader::u8() {
  const auto byte = take(1);
  return byte.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(byte[0]);
}

std::uint64_t Reader::u64() {
  std::uint64_t number = 0;
  const auto bytes = take(sizeof number);
  if (!bytes.empty()) std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

std::uint64_t Reader::varint() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = u8();
    number |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return good_ ? number : 0;
  }
  take(std::numeric_limits<std::size_t>::max());  // over-long
  return 0;
}

std::uint32_t Reader::varint32() {
  const auto number = varint();
  if (number > std::numeric_limits<std::uint32_t>::max()) take(std::numeric_limits<std::size_t>::max());
  return good_ ? static_cast<std::uint32_t>(number) : 0;
}

std::int64_t Reader::zigzag() {
  const auto folded = varint();
  return static_cast<std::int64_t>(folded >> 1) ^ -static_cast<std::int64_t>(folded & 1);
}

std::string_view Reader::text() {
  const auto size = varint();
  return take(size);
}

std::string_view Reader::rest() { return take(bytes_.size()); }

std::size_t Reader::count() {
  const auto number = varint();
  if (number <= bytes_.size()) return number;
  take(std::numeric_limits<std::size_t>::max());
  return 0;
}

}  // namespace signalbox::engine::local
