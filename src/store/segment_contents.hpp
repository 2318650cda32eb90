#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace signalbox::store {

/// What the first eight bytes of a key in the log name: one channel, whose keys are written in ascending order.
inline std::string_view stream_of(std::string_view key) { return key.substr(0, 8); }

/// The values of one stream in one segment.
struct StreamPart {
  std::string_view stream;
  std::string_view last_key;  ///< the greatest of the keys
  std::uint64_t bytes = 0;    ///< of the values
};

/// Which streams have values in a segment, as it is written.  Thread-safety: none.
class SegmentContents {
 public:
  void add(std::string_view key, std::size_t size_bytes);
  bool empty() const { return streams_.empty(); }
  void clear();

  /// For each stream: u8 length, stream, u8 length, last key, u64 bytes.
  std::string encode() const;
  /// Adds what encode() said.  False when the bytes are not of that form.
  bool add_encoded(std::string_view bytes);

 private:
  struct Part {
    std::string last_key;
    std::uint64_t bytes = 0;
  };
  std::unordered_map<std::string, Part> streams_;
  std::unordered_map<std::string, Part>::iterator latest_ = streams_.end();
};

/// Reads the part of SegmentContents::encode() that begins at `at`, which then is where the next begins; nullopt when
/// nothing is left, or what is left is not of that form.
std::optional<StreamPart> read_stream_part(std::string_view bytes, std::size_t& at);

}  // namespace signalbox::store
