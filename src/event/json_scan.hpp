#pragma once
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "signalbox/event.hpp"

namespace signalbox::event {

/// What is wrong with a JSON text, and where.
struct JsonFault {
  std::size_t offset = 0;  ///< of the byte at which it shows
  std::string
      pointer;  ///< JSON Pointer (RFC 6901) of the value around it, "" for the whole; cut at about 256 bytes
  std::string message;
};

/// Checks that `text` is exactly one JSON value: RFC 8259 to the letter, valid UTF-8, no byte order mark,
/// nothing but white space around it, no member name twice in an object (compared unescaped), at most `depth`
/// arrays and objects within each other (a scalar has depth 0).
///
/// Numbers of any size pass.  So does an escape of an unpaired surrogate ("\ud800"), which RFC 8259
/// section 8.2 allows and of which no Unicode text can be made: who unescapes must be ready for it. Linear in
/// the size (n log n in the members of one object), no recursion.  Thread-safe.
std::optional<JsonFault> validate_json(std::string_view text, unsigned depth);

/// What check_json() found.
struct JsonCheck {
  std::optional<JsonFault> fault{};
  JsonNames names = JsonNames::any;  ///< of a text without fault
};
/// The same check, which also tells of the members' names.
JsonCheck check_json(std::string_view text, unsigned depth);

/// The same check of the encoding alone, with a fault that JSON readers understand: UTF-8, no byte order
/// mark.
std::optional<JsonFault> validate_json_encoding(std::string_view text);

enum class JsonType { object, array, string, number, boolean, null };

/// One value as it stands in the text.
struct JsonValue {
  JsonType type = JsonType::null;
  std::string_view raw;  ///< from its first byte to its last
  bool escaped = false;  ///< of a string: it has a backslash
  /// Of a string: what stands between the quotes, still escaped.
  std::string_view content() const { return raw.substr(1, raw.size() - 2); }
};

/// What becomes of an escape that names an unpaired surrogate.
enum class UnpairedSurrogates { refuse, keep };

/// Appends the content of a JSON string, unescaped.  `content` has passed a JsonCursor.
/// Returns false when it refused an unpaired surrogate; `out` then ends there.
bool append_unescaped(std::string& out, std::string_view content, UnpairedSurrogates surrogates);

/// Walks a JSON text once, checking all of it on the way as validate_json() does, the encoding excepted.
///
///     JsonCursor cursor(text, 64);
///     if (cursor.enter_object())
///       while (auto name = cursor.next_member())
///         if (auto value = cursor.read_value()) use(*name, *value);
///     if (cursor.expect_end()) ... all was well ...
///     else ... cursor.fault() ...
///
/// Objects and arrays entered by hand do not count for the depth.  After the first fault every call fails.
/// The text outlives the cursor and what it returned; it is valid UTF-8.  Thread-safety: none.
class JsonCursor {
 public:
  /// `text` is shorter than 4 GiB.
  JsonCursor(std::string_view text, unsigned depth);

  bool failed() const { return message_ != nullptr; }
  /// REQUIRES: failed().  `begin`: the offset of the value that the pointer starts from.
  JsonFault fault(std::size_t begin = 0) const;
  /// The fault's offset.
  std::size_t fault_offset() const { return fault_at_; }

  /// Of all names so far: plain while none had a '.'.  That none comes twice is known when an object is over.
  JsonNames names() const { return dotted_ ? JsonNames::any : JsonNames::plain; }

  /// The offset of the next value or delimiter; the text's size at its end.
  std::size_t offset();
  /// The type of the next value by its first byte; nullopt when none begins there (which is no fault yet).
  std::optional<JsonType> next_type();

  /// Steps into the object that comes next; false (and a fault) when something else does.
  bool enter_object();
  /// The name of the next member, its value next; nullopt at the object's end (which it steps out of) or a
  /// fault.
  std::optional<JsonValue> next_member();
  /// Steps into the array that comes next; false (and a fault) when something else does.
  bool enter_array();
  /// True when an element comes next; false at the array's end (which it steps out of) or a fault.
  bool next_element();
  /// Checks the value that comes next and steps over it.
  std::optional<JsonValue> read_value();
  /// True when nothing but white space is left.
  bool expect_end();

 private:
  // Both are made where they stay: copying what was just written in parts stalls the processor.
  struct Frame {
    Frame(std::size_t key, bool is_object) : first_key(static_cast<std::uint32_t>(key)), object(is_object) {}
    std::uint32_t first_key;
    bool object;
    bool fresh = true;  // no member or element yet
  };
  struct Key {
    Key(std::uint32_t h, std::uint32_t a, std::uint32_t s, std::uint32_t u)
        : hash(h), at(a), size(s), unescaped(u) {}
    std::uint32_t hash;
    std::uint32_t at;         // of the opening quote in the text
    std::uint32_t size;       // unescaped
    std::uint32_t unescaped;  // offset in unescaped_, or kAsWritten
  };
  /// Where to go on, and whether that is behind a value or before one.  No place: a fault.
  struct Step {
    const char* at = nullptr;
    bool value_done = false;
  };

  bool fail(const char* at, const char* message);
  const char* fault_at(const char* at, const char* message);
  // Each takes a place in the text and returns the one behind what its name says, or nullptr after a fault; where the
  // cursor stands is not touched: a place that lives in a register is what makes scanning quick.
  const char* behind_space(const char* p) const;
  const char* behind_string(const char* quote);
  const char* behind_escape(const char* slash);
  const char* behind_number(const char* begin);
  const char* behind_literal(const char* p, std::string_view word);
  const char* behind_scalar(const char* p);
  const char* behind_key(const char* p);
  const char* behind_close(const char* bracket);
  Step begin_value(const char* p, std::size_t base);
  Step after_value(const char* p);
  bool enter(JsonType type, const char* otherwise);
  bool next_in_frame();
  bool keys_differ(std::size_t first);
  std::string_view text_of(const Key& key) const;

  const char* begin_;
  const char* at_;
  const char* end_;
  unsigned depth_;
  bool escaped_ = false;  // the string scanned last
  bool dotted_ = false;   // some name has a '.'

  const char* message_ = nullptr;
  std::size_t fault_at_ = 0;
  boost::container::small_vector<Frame, 32> frames_;
  boost::container::small_vector<Key, 32> keys_;  // of all open objects, outermost first
  std::string unescaped_;                         // the keys that were escaped
};

}  // namespace signalbox::event
