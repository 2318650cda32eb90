#include "store/log_checkpoint.hpp"

#include <cstring>

namespace signalbox::store {
namespace {

template <class Number>
void append_number(std::string& out, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof bytes);
}

/// False when there are too few bytes left.
template <class Number>
bool take_number(std::string_view& bytes, Number& number) {
  if (bytes.size() < sizeof number) return false;
  std::memcpy(&number, bytes.data(), sizeof number);
  bytes.remove_prefix(sizeof number);
  return true;
}

}  // namespace

std::string encode(const LogCheckpoint& checkpoint) {
  std::string out;
  append_number(out, checkpoint.end.group);
  append_number(out, checkpoint.end.at.segment);
  append_number(out, checkpoint.end.at.offset);
  return out + checkpoint.contents;
}

std::optional<LogCheckpoint> read_log_checkpoint(std::string_view bytes) {
  LogCheckpoint checkpoint;
  auto& [group, at] = checkpoint.end;
  if (!take_number(bytes, group) || !take_number(bytes, at.segment) || !take_number(bytes, at.offset)) return std::nullopt;
  checkpoint.contents = bytes;
  return checkpoint;
}

std::string encode(const SealedSegment& segment) {
  std::string out;
  append_number(out, segment.size_bytes);
  return out + segment.contents;
}

std::optional<SealedSegment> read_sealed_segment(std::string_view bytes) {
  SealedSegment segment;
  if (!take_number(bytes, segment.size_bytes)) return std::nullopt;
  segment.contents = bytes;
  return segment;
}

std::string sealed_key(std::uint32_t segment) {
  std::string key(kSealedKeys);
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(segment >> shift));
  return key;
}

std::uint32_t parse_sealed_key(std::string_view key) {
  if (!key.starts_with(kSealedKeys) || key.size() != kSealedKeys.size() + sizeof(std::uint32_t)) return 0;
  std::uint32_t segment = 0;
  for (const char byte : key.substr(kSealedKeys.size())) segment = segment << 8 | static_cast<std::uint8_t>(byte);
  return segment;
}

}  // namespace signalbox::store
