#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::jq {

/// What travels between the daemon and a worker: the length of the payload (4 bytes, little-endian), a kind
/// (1 byte), the payload.
struct Frame {
  std::uint8_t kind = 0;
  std::string_view payload;
};

constexpr std::size_t kFrameHeadBytes = 5;

/// Appends the head of a frame whose payload has `payload_bytes`; the payload is to follow.
void append_frame_head(std::string& to, std::uint8_t kind, std::size_t payload_bytes);
void append_u32(std::string& to, std::uint32_t number);
void append_u64(std::string& to, std::uint64_t number);

/// Reads little-endian numbers and counted texts off the front of a payload; once something is missing,
/// `sound()` is false and all that follows is empty.
class PayloadReader {
 public:
  explicit PayloadReader(std::string_view payload) : rest_(payload) {}
  std::uint32_t u32();
  std::uint64_t u64();
  std::string_view bytes(std::size_t count);
  /// All that is left.
  std::string_view rest() { return bytes(rest_.size()); }
  bool sound() const { return sound_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::uint64_t number(std::size_t bytes);

  std::string_view rest_;
  bool sound_ = true;
};

/// Cuts a stream of bytes into frames.
class FrameReader {
 public:
  /// A frame with a longer payload makes the stream faulty.
  explicit FrameReader(std::size_t payload_max) : payload_max_(payload_max) {}

  /// Where the next bytes go, never empty.  Ends the life of payloads given out.
  std::span<char> room();
  /// So many bytes have been written to the front of room().
  void filled(std::size_t bytes);
  /// The next whole frame; nullopt when there is none yet, or the stream is faulty.
  std::optional<Frame> next();
  /// A frame announced more than may come: nothing after it can be read.
  bool faulty() const { return faulty_; }

 private:
  std::size_t wanted() const;

  std::size_t payload_max_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // what has come and was not given out
  bool faulty_ = false;
};

}  // namespace signalbox::jq
