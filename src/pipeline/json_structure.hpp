#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signalbox::pipeline {

/// Where the structure of 64 bytes of a JSON text is: one bit a byte, the lowest bit is the first byte.
struct JsonBlock {
  std::uint64_t quotes = 0;  ///< `"` that begin or end a string
  std::uint64_t opens = 0;   ///< `{` and `[` outside strings
  std::uint64_t closes = 0;  ///< `}` and `]` outside strings
  std::uint32_t open_count = 0, close_count = 0;
};

constexpr std::size_t kJsonBlockBytes = 64;

/// Finds the structure of a JSON text block by block, with the widest instructions that the processor has.
///
/// The text is valid JSON; of anything else it finds something, without reading outside the text.
/// Thread-safety: none.
class JsonStructure {
 public:
  explicit JsonStructure(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  /// Fills up to `max` blocks from where the last call ended; how many, 0 at the end of the text.  Bytes
  /// after the end count as spaces.
  std::size_t next(JsonBlock* blocks, std::size_t max);

  /// What is carried from block to block.
  struct Carry {
    std::uint64_t in_string = 0;  ///< all ones: the next byte is inside a string
    bool escaped = false;         ///< the next byte is escaped
    bool backslashes = false;     ///< there was one somewhere
  };
  /// Whether what was read so far has a backslash anywhere.
  bool backslashes() const { return carry_.backslashes; }

 private:
  const char* at_;
  const char* end_;
  Carry carry_;
};

}  // namespace signalbox::pipeline
