#pragma once
#include <string_view>

#include "event/codec.hpp"
#include "event/json_scan.hpp"

namespace signalbox::event {

class FaultList;

/// What decode() may come back with.
using DecodeResult = std::variant<Decoded, DecodeFailure>;

/// The three content modes of the HTTP binding (sections 3.1 to 3.3); decode() chooses among them.
DecodeResult decode_binary(std::span<const base::HeaderField> headers, std::string_view body,
                           const Limits& limits);
DecodeResult decode_structured(std::string_view body, const Limits& limits);
DecodeResult decode_batch(std::string_view body, const Limits& limits);

/// Reads the event that comes next.  nullopt when it is none (its faults are in the list) or the cursor
/// failed (its fault is not).
std::optional<Event> read_json_event(JsonCursor& cursor, const Limits& limits, FaultList& faults);

/// "at byte 17: ..." for a person.
std::string describe(const JsonFault& fault);

}  // namespace signalbox::event
