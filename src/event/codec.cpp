#include "event/codec.hpp"

#include "event/codec_modes.hpp"
#include "event/media_type.hpp"

namespace signalbox::event {
namespace {

constexpr std::string_view kModes =
    "no CloudEvent: send ce- headers with the data as the body (binary mode), or a body of type "
    "application/cloudevents+json (structured) or application/cloudevents-batch+json (batch)";

DecodeFailure failure(DecodeFailure::Kind kind, std::string where, std::string_view message) {
  DecodeFailure failure{kind, {}};
  failure.faults.push_back({std::nullopt, std::move(where), std::string(message)});
  return failure;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return base::equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

bool has_attributes(std::span<const base::HeaderField> headers) {
  for (const auto& header : headers)
    if (starts_with_ignoring_case(header.name, "ce-")) return true;
  return false;
}

}  // namespace

DecodeResult decode(std::span<const base::HeaderField> headers, std::string_view body, const Limits& limits) {
  using Kind = DecodeFailure::Kind;
  const auto* header = base::find_header(headers, "content-type");
  if (!header || !starts_with_ignoring_case(header->value, "application/cloudevents")) {
    if (!has_attributes(headers)) return failure(Kind::malformed, "content-type", kModes);
    return decode_binary(headers, body, limits);
  }
  const auto others = headers.subspan(static_cast<std::size_t>(header - headers.data()) + 1);
  if (base::find_header(others, "content-type"))
    return failure(Kind::malformed, "content-type", "comes twice");
  const auto media_type = parse_media_type(header->value);
  if (!media_type) return failure(Kind::malformed, "content-type", "is not a media type (RFC 2046)");
  const bool batch = base::equals_ignoring_case(media_type->subtype, "cloudevents-batch+json");
  if (!batch && !base::equals_ignoring_case(media_type->subtype, "cloudevents+json"))
    return failure(
        Kind::unsupported_media_type, "content-type",
        "of the event formats only application/cloudevents+json and application/cloudevents-batch+json "
        "are taken");
  if (const auto charset = media_type->charset(); !charset.empty() && charset != "utf-8")
    return failure(Kind::unsupported_media_type, "content-type", "JSON is taken in UTF-8 only");
  return batch ? decode_batch(body, limits) : decode_structured(body, limits);
}

Result<Event> decode_json_event(std::string_view json, const Limits& limits) {
  auto outcome = decode_structured(json, limits);
  if (auto* decoded = std::get_if<Decoded>(&outcome)) return std::move(decoded->events.at(0));
  std::string message;
  for (const auto& fault : std::get<DecodeFailure>(outcome).faults) {
    if (!message.empty()) message += "; ";
    if (!fault.where.empty()) message += fault.where + " ";
    message += fault.message;
  }
  return Error(Errc::invalid_argument, std::move(message));
}

}  // namespace signalbox::event
