#include "store/segment_contents.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace signalbox::store {
namespace {

constexpr std::size_t kLongest = 255;

void append_short(std::string& out, std::string_view text) {
  assert(text.size() <= kLongest);
  out.push_back(static_cast<char>(text.size()));
  out.append(text);
}

std::optional<std::string_view> read_short(std::string_view bytes, std::size_t& at) {
  if (at >= bytes.size()) return std::nullopt;
  const auto size = static_cast<std::uint8_t>(bytes[at]);
  if (bytes.size() - at - 1 < size) return std::nullopt;
  const auto text = bytes.substr(at + 1, size);
  at += 1 + std::size_t{size};
  return text;
}

}  // namespace

void SegmentContents::add(std::string_view key, std::size_t size_bytes) {
  const auto stream = stream_of(key);
  if (latest_ == streams_.end() || latest_->first != stream) latest_ = streams_.try_emplace(std::string(stream)).first;
  auto& part = latest_->second;
  if (part.last_key < key) part.last_key = key;
  part.bytes += size_bytes;
}

void SegmentContents::clear() {
  streams_.clear();
  latest_ = streams_.end();
}

std::string SegmentContents::encode() const {
  std::string out;
  for (const auto& [stream, part] : streams_) {
    append_short(out, stream);
    append_short(out, part.last_key);
    char bytes[sizeof part.bytes];
    std::memcpy(bytes, &part.bytes, sizeof bytes);
    out.append(bytes, sizeof bytes);
  }
  return out;
}

bool SegmentContents::add_encoded(std::string_view bytes) {
  std::size_t at = 0;
  while (const auto part = read_stream_part(bytes, at)) add(part->last_key, part->bytes);
  return at == bytes.size();
}

std::optional<StreamPart> read_stream_part(std::string_view bytes, std::size_t& at) {
  auto next = at;
  const auto stream = read_short(bytes, next);
  if (!stream) return std::nullopt;
  const auto last_key = read_short(bytes, next);
  StreamPart part;
  if (!last_key || bytes.size() - next < sizeof part.bytes) return std::nullopt;
  part.stream = *stream;
  part.last_key = *last_key;
  std::memcpy(&part.bytes, bytes.data() + next, sizeof part.bytes);
  at = next + sizeof part.bytes;
  return part;
}

}  // namespace signalbox::store
