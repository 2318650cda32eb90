#pragma once
#include <cstdio>
#include <cstdlib>
#include <variant>
#include <vector>

#include "event/codec.hpp"
#include "event/media_type.hpp"
#include "event/validate.hpp"

namespace signalbox::event {

/// Ends the process, for a fuzzer to notice, unless `condition` holds.
inline void must(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

/// More room than decoding took: an encoded event may have grown by the Content-Type that was implied.
inline Limits roomy(Limits limits) {
  limits.event_bytes += 64;
  limits.attributes += 1;
  return limits;
}

inline std::variant<Decoded, DecodeFailure> decode_again(const Encoded& encoded, const Limits& limits) {
  std::vector<base::HeaderField> fields;
  for (const auto& [name, value] : encoded.headers) fields.push_back({name, value});
  return decode(fields, encoded.body, roomy(limits));
}

/// Data that says it is JSON but is not can only come as `data_base64`, and binary mode then refuses it.
inline bool survives_binary_mode(const Event& event) {
  const auto media_type = parse_media_type(event.value("datacontenttype"));
  return event.data_kind() != DataKind::binary || !media_type || !media_type->is_json();
}

inline void check_binary_mode(const Event& event, const Limits& limits) {
  const auto again = decode_again(encode_binary(event), limits);
  must(std::holds_alternative<Decoded>(again), "what binary mode sent is taken");
  const auto& copy = std::get<Decoded>(again).events.at(0);
  must(copy.data() == event.data(), "binary mode keeps the data");
  for (const auto attribute : event.attributes())
    must(copy.find(attribute.name) && copy.value(attribute.name) == attribute.value,
         "binary mode keeps the attributes");
}

/// What must hold of whatever decode() gave.
inline void check_result(const std::variant<Decoded, DecodeFailure>& result, const Limits& limits) {
  if (const auto* failure = std::get_if<DecodeFailure>(&result)) {
    must(!failure->faults.empty() && failure->faults.size() <= 100, "a failure has 1 to 100 faults");
    return;
  }
  const auto& decoded = std::get<Decoded>(result);
  must(decoded.batch || decoded.events.size() == 1, "one event unless it is a batch");
  std::vector<const Event*> pointers;
  for (const auto& event : decoded.events) {
    pointers.push_back(&event);
    must(validate(event, limits).empty(), "what was decoded is valid");
    const auto again = decode_again(encode_structured(event), limits);
    must(std::holds_alternative<Decoded>(again), "what structured mode sent is taken");
    const auto& copy = std::get<Decoded>(again).events.at(0);
    must(to_json(copy) == to_json(event) || event.data_kind() == DataKind::json,
         "structured mode keeps the event");
    must(event.data().find(copy.data()) != std::string_view::npos, "structured mode keeps the data");
    if (survives_binary_mode(event)) check_binary_mode(event, limits);
  }
  if (decoded.batch) {
    const auto again = decode_again(encode_batch(pointers), limits);
    must(std::holds_alternative<Decoded>(again) && std::get<Decoded>(again).events == decoded.events,
         "batch mode keeps the events");
  }
}

}  // namespace signalbox::event
