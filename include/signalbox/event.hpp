#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"

namespace signalbox {

/// Types of the CloudEvents type system that the JSON format tells apart (CloudEvents 1.0.2 section 2.1, JSON format
/// section 2.2).  URI, URI-reference, Timestamp and Binary travel as strings.
enum class AttributeType : std::uint8_t { string = 0, boolean = 1, integer = 2 };

/// What an event's data is, so that every mode can carry it unchanged.
enum class DataKind : std::uint8_t {
  none = 0,    ///< no data
  json = 1,    ///< the bytes are one JSON value, valid UTF-8, as the sender wrote it
  text = 2,    ///< valid UTF-8 that is no JSON (a JSON string in structured mode)
  binary = 3,  ///< any bytes (`data_base64` in structured mode)
};

/// What is known of the member names in JSON data.
enum class JsonNames : std::uint8_t {
  any,    ///< nothing
  plain,  ///< none has a '.' in it, and none comes twice in one object
};

/// One context attribute.  `value` is the canonical string form of CloudEvents 1.0.2 section 3.1 ("true", "-7").
/// The views live as long as the Event.
struct Attribute {
  std::string_view name;
  AttributeType type = AttributeType::string;
  std::string_view value;
};

/// One CloudEvents 1.0 event: a value, immutable, validated.
///
/// It owns one contiguous buffer, the record: the attributes and the data bytes in the very form in which the log
/// keeps them (docs/storage-format.md), so an event is parsed once and never re-serialised on its way.
///
///     u8 format (1) | u8 DataKind, 128 added when its names are plain | u16 attribute count
///     count times: u8 name length | u8 AttributeType | u32 value length      (the directory)
///     the names and values in the same order, name before value              (the text)
///     data bytes up to the end
///
/// Integers are little-endian.  The first four attributes are always specversion, id, source, type.
/// Thread-safety: const methods may run concurrently.
class Event {
 public:
  Event() = default;  ///< empty; only for containers, valid() is false

  /// Takes a record over after checking its structure (bounds, the four required attributes), not its semantics.
  /// Errors: corrupt.
  static Result<Event> from_record(std::string record);

  bool valid() const { return !record_.empty(); }
  const std::string& record() const { return record_; }

  std::size_t attribute_count() const { return count_; }
  class AttributeIterator;
  struct AttributeRange;
  /// All attributes in the order of the record: `for (auto attribute : event.attributes())`.
  AttributeRange attributes() const;
  /// `index` < attribute_count().
  Attribute attribute(std::size_t index) const;
  /// By name (lower case), specversion included; nullopt when absent.
  std::optional<Attribute> find(std::string_view name) const;
  /// The value, or "" when absent.
  std::string_view value(std::string_view name) const;

  std::string_view id() const { return attribute(1).value; }
  std::string_view source() const { return attribute(2).value; }
  std::string_view type() const { return attribute(3).value; }

  DataKind data_kind() const { return kind_; }
  /// Of JSON data: what was seen when the event was decoded.  `any` for all other data.
  JsonNames data_names() const { return names_; }
  /// The data's bytes as the sender sent them; empty when there is none.
  std::string_view data() const { return std::string_view(record_).substr(data_at_); }

  /// Whether attributes, their order and data are the same.
  bool operator==(const Event& other) const;

 private:
  std::string record_;
  std::uint32_t count_ = 0;
  std::uint32_t data_at_ = 0;
  DataKind kind_ = DataKind::none;     // as the record has it: here it takes no look at the record
  JsonNames names_ = JsonNames::any;
};

/// Walks an event's attributes in one pass.
class Event::AttributeIterator {
 public:
  AttributeIterator(const Event* event, std::size_t index);
  Attribute operator*() const;
  AttributeIterator& operator++();
  bool operator!=(const AttributeIterator& other) const { return index_ != other.index_; }

 private:
  const Event* event_;
  std::size_t index_, entry_, text_;
};

struct Event::AttributeRange {
  const Event* event;
  AttributeIterator begin() const { return AttributeIterator(event, 0); }
  AttributeIterator end() const { return AttributeIterator(event, event->attribute_count()); }
};

inline Event::AttributeRange Event::attributes() const { return AttributeRange{this}; }

/// Collects attributes and data and makes the record.  Does not judge them: that is event/validate's.
class EventBuilder {
 public:
  /// Replaces an earlier value of the same name.  The strings are copied.
  EventBuilder& set(std::string_view name, std::string_view value, AttributeType type = AttributeType::string);
  /// Starts with the attributes and data of `event`.
  static EventBuilder from(const Event& event);
  EventBuilder& remove(std::string_view name);
  /// `names`: `plain` only when it was checked.
  EventBuilder& data(DataKind kind, std::string_view bytes, JsonNames names = JsonNames::any);

  bool has(std::string_view name) const;
  std::size_t attribute_count() const { return entries_.size(); }

  /// REQUIRES: specversion, id, source and type are set; names under 256 bytes.
  Event build() const;

 private:
  // All names and values stand in one text, so that a builder costs a few allocations whatever the event has.
  struct Entry {
    std::size_t name_at, name_size, value_at, value_size;
    AttributeType type;
  };
  std::string_view name_of(const Entry& entry) const {
    return std::string_view(text_).substr(entry.name_at, entry.name_size);
  }
  std::string_view value_of(const Entry& entry) const {
    return std::string_view(text_).substr(entry.value_at, entry.value_size);
  }
  void append(std::string_view name, std::string_view value, AttributeType type);

  std::string text_;
  std::vector<Entry> entries_;
  DataKind kind_ = DataKind::none;
  JsonNames names_ = JsonNames::any;
  std::string data_;
};

}  // namespace signalbox
