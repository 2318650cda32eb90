#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::schema {

enum class JsonKind : std::uint8_t { null, false_value, true_value, number, string, array, object };

/// One value, or the name of a member (whose value follows it).
struct TapeNode {
  std::uint32_t offset;  ///< of a string: of its content; else of the value's first byte in the text
  std::uint32_t
      size;  ///< bytes of a string's content or a number; elements of an array; members of an object
  std::uint32_t
      link;  ///< of an array or object: the index behind all it holds; of a name: event::hash_of_name()
  JsonKind kind;
  bool unescaped;      ///< of a string: it had escapes, so the content lies apart from the text
  bool plain_integer;  ///< of a number: neither fraction nor exponent
};

/// Where a node lies on its tape; the whole value is at 0.
using TapeIndex = std::uint32_t;

/// a == b, inlined for the length of names: the call of memcmp costs more than the work.
inline bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const auto differ = [&]<class Word>(Word, std::size_t at) {
    Word x, y;
    std::memcpy(&x, a.data() + at, sizeof x);
    std::memcpy(&y, b.data() + at, sizeof y);
    return static_cast<std::uint64_t>(x ^ y);
  };
  if (a.size() > 16) return a == b;
  if (a.size() >= 8) return (differ(std::uint64_t{}, 0) | differ(std::uint64_t{}, a.size() - 8)) == 0;
  if (a.size() >= 4) return (differ(std::uint32_t{}, 0) | differ(std::uint32_t{}, a.size() - 4)) == 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) return false;
  return true;
}

/// A JSON text made flat by one pass over it: a node a value, each container followed by what it holds, each
/// member's name followed by its value.
///
/// The text is neither copied nor changed, and outlives what is asked of the tape; numbers stay as written.
/// Names given twice are kept twice.  Strings with escapes are unescaped; an escape of an unpaired surrogate
/// becomes three bytes in the pattern of UTF-8.  Nothing else is known of the encoding: whether the text is
/// UTF-8 is for the caller to check.
///
/// A tape can be read again and again and keeps its memory.  Thread-safety: none.
class JsonTape {
 public:
  /// Reads exactly one JSON value with nothing but white space around it, strictly by RFC 8259; at most
  /// `depth_max` arrays and objects within each other.  False when it is none: see message().
  bool read(std::string_view text, unsigned depth_max);

  /// What was wrong: "at byte 7: ...".
  std::string message() const;

  std::size_t size() const { return count_; }
  const TapeNode& operator[](TapeIndex at) const { return nodes_[at]; }
  /// The content of a string or name, unescaped, or a number as written.
  std::string_view text_of(TapeIndex at) const {
    const auto& node = nodes_[at];
    return {(node.unescaped ? unescaped_.data() : text_) + node.offset, node.size};
  }
  /// The index behind a value and all it holds.
  TapeIndex next(TapeIndex at) const {
    const auto& node = nodes_[at];
    return node.kind >= JsonKind::array ? node.link : at + 1;
  }
  /// The value of the first member called `name`; 0 when there is none.  REQUIRES: an object at `object`.
  TapeIndex member(TapeIndex object, std::string_view name) const;

  /// JSON Pointer (RFC 6901) of a value, or of the value of the member whose name is at `at`; cut at about 1
  /// KiB.
  std::string pointer_to(TapeIndex at) const;
  /// The value as JSON text.
  std::string json_of(TapeIndex at) const;

  /// Gives back memory beyond what a text of ordinary size takes.
  void trim();

 private:
  class Reader;

  const char* text_ = nullptr;
  std::size_t text_size_ = 0;
  std::vector<TapeNode> nodes_;  // of which count_ are in use
  std::size_t count_ = 0;
  std::vector<std::uint32_t> open_;  // containers around what is read, outermost first
  std::string unescaped_;
  const char* message_ = nullptr;
  std::size_t fault_at_ = 0;
};

/// `text` with each byte that is not part of valid UTF-8 replaced by '?', for messages.
std::string to_printable(std::string_view text);

}  // namespace signalbox::schema
