#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/header_field.hpp"
#include "signalbox/event.hpp"

namespace signalbox::event {

/// Bounds on what is decoded (promise 6: bad input costs little).
struct Limits {
  std::size_t event_bytes = 1 << 20;    ///< of one event's record
  std::size_t batch_events = 1000;
  unsigned json_depth = 64;
  std::size_t attributes = 100;
  bool operator==(const Limits&) const = default;
};

/// One thing wrong with what came in.
struct Fault {
  std::optional<std::size_t> index;  ///< of the event in a batch
  std::string where;                 ///< the header ("ce-id"), attribute ("id") or JSON Pointer ("/data/x"); may be ""
  std::string message;
};

/// Why nothing was decoded.
struct DecodeFailure {
  enum class Kind { malformed, unsupported_media_type, too_large };
  Kind kind = Kind::malformed;
  std::vector<Fault> faults;  ///< at least one, at most 100
};

struct Decoded {
  std::vector<Event> events;  ///< may be empty only for an empty batch
  bool batch = false;
};

/// Decodes the CloudEvents in one HTTP request (HTTP binding 1.0.2: binary, structured and batch mode; JSON format
/// 1.0.2).  Each event is valid by CloudEvents 1.0.2 when it comes back.  The data's bytes are kept as they came.
std::variant<Decoded, DecodeFailure> decode(std::span<const base::HeaderField> headers, std::string_view body,
                                            const Limits& limits);

/// One HTTP message's headers and body.
struct Encoded {
  std::vector<std::pair<std::string, std::string>> headers;  ///< Content-Type and, in binary mode, ce-*
  std::string body;
};

Encoded encode_binary(const Event& event);
Encoded encode_structured(const Event& event);
Encoded encode_batch(std::span<const Event* const> events);

/// The event in the JSON format (section 3), compact, data's JSON as the sender wrote it.
std::string to_json(const Event& event);
/// Appends it to `out`.
void append_json(std::string& out, const Event& event);

/// Appends `text` as a JSON string with its quotes.  `text` is valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace signalbox::event
