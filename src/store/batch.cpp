#include "store/batch.hpp"

#include <cassert>
#include <limits>

namespace signalbox::store {

void Batch::start(Kind kind, Family family, std::string_view key, std::size_t value_size) {
  assert(open_value_ == 0 && "end_put() first");
  assert(value_size <= std::numeric_limits<std::uint32_t>::max());
  char header[kHeader];
  const auto key_length = static_cast<std::uint32_t>(key.size());
  const auto value_length = static_cast<std::uint32_t>(value_size);
  header[0] = static_cast<char>(kind);
  header[1] = static_cast<char>(family);
  std::memcpy(header + 2, &key_length, sizeof key_length);
  std::memcpy(header + 6, &value_length, sizeof value_length);
  bytes_.append(header, kHeader);
  bytes_.append(key);
}

void Batch::put(Family family, std::string_view key, std::string_view value) {
  start(Kind::put, family, key, value.size());
  bytes_.append(value);
}

void Batch::erase(Family family, std::string_view key) { start(Kind::erase, family, key, 0); }

void Batch::erase_range(Family family, std::string_view from, std::string_view to) {
  start(Kind::erase_range, family, from, to.size());
  bytes_.append(to);
}

std::string& Batch::begin_put(Family family, std::string_view key) {
  const std::size_t at = bytes_.size();
  start(Kind::put, family, key, 0);
  open_length_ = at + 6;
  open_value_ = bytes_.size();
  return bytes_;
}

void Batch::end_put() {
  assert(open_value_ != 0);
  const std::size_t size = bytes_.size() - open_value_;
  assert(size <= std::numeric_limits<std::uint32_t>::max());
  const auto length = static_cast<std::uint32_t>(size);
  std::memcpy(bytes_.data() + open_length_, &length, sizeof length);
  open_value_ = 0;
}

void Batch::clear() {
  bytes_.clear();
  open_value_ = 0;
}

bool Batch::is_whole(std::string_view bytes) {
  while (!bytes.empty()) {
    if (bytes.size() < kHeader) return false;
    std::uint32_t key = 0, value = 0;
    std::memcpy(&key, bytes.data() + 2, sizeof key);
    std::memcpy(&value, bytes.data() + 6, sizeof value);
    const auto size = std::uint64_t{kHeader} + key + value;
    const auto kind = static_cast<std::uint8_t>(bytes[0]), family = static_cast<std::uint8_t>(bytes[1]);
    if (bytes.size() < size || kind > static_cast<std::uint8_t>(Kind::erase_range) || family >= kFamilies) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

Batch::Change Batch::change_at(std::string_view bytes, std::size_t& at) {
  std::uint32_t key = 0, value = 0;
  const char* header = bytes.data() + at;
  std::memcpy(&key, header + 2, sizeof key);
  std::memcpy(&value, header + 6, sizeof value);
  const Change change{static_cast<Kind>(header[0]), static_cast<Family>(header[1]),
                      std::string_view(header + kHeader, key), std::string_view(header + kHeader + key, value)};
  at += kHeader + key + value;
  return change;
}

}  // namespace signalbox::store
