#include "jq/frame.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

namespace signalbox::jq {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kKeptBytes = 1024 * 1024;  // a larger buffer is given back when it is empty

void append_number(std::string& to, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to.push_back(static_cast<char>((number >> (8 * i)) & 0xff));
}

}  // namespace

void append_u32(std::string& to, std::uint32_t number) { append_number(to, number, sizeof number); }
void append_u64(std::string& to, std::uint64_t number) { append_number(to, number, sizeof number); }

void append_frame_head(std::string& to, std::uint8_t kind, std::size_t payload_bytes) {
  assert(payload_bytes <= std::numeric_limits<std::uint32_t>::max());
  append_u32(to, static_cast<std::uint32_t>(payload_bytes));
  to.push_back(static_cast<char>(kind));
}

std::uint64_t PayloadReader::number(std::size_t count) {
  const auto taken = bytes(count);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < taken.size(); ++i)
    number |= std::uint64_t{static_cast<unsigned char>(taken[i])} << (8 * i);
  return number;
}

std::uint32_t PayloadReader::u32() { return static_cast<std::uint32_t>(number(sizeof(std::uint32_t))); }
std::uint64_t PayloadReader::u64() { return number(sizeof(std::uint64_t)); }

std::string_view PayloadReader::bytes(std::size_t count) {
  if (!sound_ || count > rest_.size()) {
    sound_ = false;
    rest_ = {};
    return {};
  }
  const auto taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

/// How many bytes the frame at the front has in all; the head's, while that has not come.
std::size_t FrameReader::wanted() const {
  if (end_ - begin_ < kFrameHeadBytes) return kFrameHeadBytes;
  PayloadReader head(std::string_view(buffer_.data() + begin_, sizeof(std::uint32_t)));
  return kFrameHeadBytes + head.u32();
}

std::span<char> FrameReader::room() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.size() > kKeptBytes) std::vector<char>().swap(buffer_);
  } else if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const auto needed = std::min(wanted(), kFrameHeadBytes + payload_max_);
  buffer_.resize(std::max({buffer_.size(), needed, end_ + 1, kReadBytes}));
  return std::span(buffer_).subspan(end_);
}

void FrameReader::filled(std::size_t bytes) {
  assert(bytes <= buffer_.size() - end_);
  end_ += bytes;
}

std::optional<Frame> FrameReader::next() {
  if (faulty_ || end_ - begin_ < kFrameHeadBytes) return std::nullopt;
  const auto all = wanted();
  faulty_ = all - kFrameHeadBytes > payload_max_;
  if (faulty_ || end_ - begin_ < all) return std::nullopt;
  const char* frame = buffer_.data() + begin_;
  begin_ += all;
  return Frame{.kind = static_cast<std::uint8_t>(frame[kFrameHeadBytes - 1]),
               .payload = std::string_view(frame + kFrameHeadBytes, all - kFrameHeadBytes)};
}

}  // namespace signalbox::jq
