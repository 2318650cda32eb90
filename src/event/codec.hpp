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
  std::size_t event_bytes = 1 << 20;  ///< of one event's record
  std::size_t batch_events = 1000;
  unsigned json_depth = 64;
  std::size_t attributes = 100;
  bool operator==(const Limits&) const = default;
};

/// One thing wrong with what came in.
struct Fault {
  std::optional<std::size_t> index;  ///< of the event in a batch
  std::string where;  ///< the header ("ce-id"), attribute ("id") or JSON Pointer ("/data/x"); may be ""
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

/// Decodes the CloudEvents in one HTTP request (HTTP binding 1.0.2: binary, structured and batch mode; JSON
/// format 1.0.2).  Each event is valid by CloudEvents 1.0.2 when it comes back.  The data's bytes are kept as
/// they came.
///
/// A record's attributes come in one order whatever the sender's: specversion, id, source, type, then those
/// of datacontenttype, dataschema, subject and time that are there, then the extensions as sent.
///
/// What kind of data an event has:
///   binary mode      json when Content-Type is `*/json` or `*/*+json` (it is then checked as strictly as an
///                    envelope: UTF-8, depth, no member twice), text when it is `text/*`, `application/xml`
///                    or
///                    `*/*+xml` and the body is UTF-8, binary otherwise, none for an empty body;
///   JSON formats     `data`: json when datacontenttype is absent or JSON (null is JSON data too), else text,
///   and then
///                    it must be a string (null: none); `data_base64`: binary, whatever its datacontenttype.
/// JSON data may hold escapes of unpaired surrogates ("\ud800"); attributes and text never do.
///
/// Faults are listed all, up to 100; a fault of JSON syntax is the last, as nothing behind it can be read.
/// Thread-safe.
std::variant<Decoded, DecodeFailure> decode(std::span<const base::HeaderField> headers, std::string_view body,
                                            const Limits& limits);

/// One event in the JSON format.  Errors: invalid_argument, with every fault in one line ("id is missing;
/// type must not be empty").  Thread-safe.
Result<Event> decode_json_event(std::string_view json, const Limits& limits);

/// One HTTP message's headers and body.
struct Encoded {
  std::vector<std::pair<std::string, std::string>> headers;  ///< Content-Type and, in binary mode, ce-*
  std::string body;
};

// The encoders take events that came from decode() or passed validate() (event/validate.hpp): header values
// are encoded, but names and datacontenttype go out as they are.
//
// decode(encode_x(event)) == event, with these exceptions:
// - the JSON formats drop white space around a JSON body that came in binary mode;
// - binary mode carries no types (a boolean or integer comes back as a string), names the application/json
// that
//   the JSON format implies when datacontenttype is absent (JSON format section 3.1.2), and leaves the kind
//   of data to Content-Type and body: a `data_base64` of text comes back as text, empty data as none, and a
//   `data_base64` that is no JSON although its datacontenttype says so is refused.

Encoded encode_binary(const Event& event);
Encoded encode_structured(const Event& event);
Encoded encode_batch(std::span<const Event* const> events);

/// Appends the same headers as encode_binary() as lines of a message's head, "ce-id: 1\r\n", Content-Type
/// last. Allocates nothing but the growth of `head`.
void append_binary_headers(std::string& head, const Event& event);

/// The event in the JSON format (section 3), compact, data's JSON as the sender wrote it.
std::string to_json(const Event& event);
/// Appends it to `out`.
void append_json(std::string& out, const Event& event);

/// Appends `text` as a JSON string with its quotes.  `text` is valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace signalbox::event
