#include <algorithm>
#include <charconv>

#include "event/base64.hpp"
#include "event/characters.hpp"
#include "event/codec_modes.hpp"
#include "event/event_draft.hpp"

namespace signalbox::event {
namespace {

constexpr std::string_view kStructured = "application/cloudevents+json";
constexpr std::string_view kBatch = "application/cloudevents-batch+json";

/// An event's members, read one after the other.
class MemberReader {
 public:
  MemberReader(const Limits& limits, FaultList& faults) : draft_(Naming::members, limits, faults) {}

  void read(const JsonValue& name, const JsonValue& value) {
    // Names may hold an unpaired surrogate; it is no lower-case letter then.
    const auto text = name.escaped ? unescape(name, UnpairedSurrogates::keep) : name.content();
    if (*text == "data")
      data_ = value;
    else if (*text == "data_base64")
      base64_ = value;
    else
      read_attribute(*text, value);
  }

  /// `names`: of all members of the event's text.
  std::optional<Event> finish(JsonNames names) {
    names_ = names;
    if (base64_ && base64_->type == JsonType::null) base64_.reset();  // unset (JSON format section 2.2)
    if (data_ && base64_)
      draft_.refuse_data("/data_base64", "data and data_base64 exclude each other");
    else if (base64_)
      read_base64();
    else if (data_)
      read_data();
    return draft_.finish();
  }

 private:
  std::optional<std::string_view> unescape(const JsonValue& string, UnpairedSurrogates surrogates) {
    if (!string.escaped) return string.content();
    std::string text;
    text.reserve(string.content().size());
    if (!append_unescaped(text, string.content(), surrogates)) return std::nullopt;
    return draft_.keep(std::move(text));
  }

  void read_attribute(std::string_view name, const JsonValue& value) {
    switch (value.type) {
      case JsonType::string:
        if (const auto text = unescape(value, UnpairedSurrogates::refuse))
          return draft_.add({name, AttributeType::string, *text});
        return draft_.refuse(name, "holds an unpaired surrogate");
      case JsonType::boolean:
        return draft_.add({name, AttributeType::boolean, value.raw});
      case JsonType::number:
        return read_integer(name, value.raw);
      case JsonType::null:  // unset (section 2.2)
        if (const auto fault = name_fault(name); !fault.empty()) draft_.refuse(name, std::string(fault));
        return;
      case JsonType::object:
      case JsonType::array:
        return draft_.refuse(name, "must be a string, a boolean or a whole number");
    }
  }

  void read_integer(std::string_view name, std::string_view digits) {
    if (digits.find_first_of(".eE") != std::string_view::npos)
      return draft_.refuse(name, "is not a whole number without fraction and exponent");
    draft_.add({name, AttributeType::integer, digits == "-0" ? "0" : digits});
  }

  void read_base64() {
    if (base64_->type != JsonType::string) return draft_.refuse_data("/data_base64", "must be a string");
    const auto text = unescape(*base64_, UnpairedSurrogates::refuse);
    const auto size = text ? base64_decoded_size(*text) : std::nullopt;
    if (!size) return draft_.refuse_data("/data_base64", "is not Base64 (RFC 4648 section 4)");
    draft_.set_base64(*text, *size);
  }

  /// JSON format section 3.1.2.
  void read_data() {
    if (!draft_.has_datacontenttype()) return draft_.set_data(DataKind::json, data_->raw, names_);
    const auto& media_type = draft_.media_type();
    if (!media_type) return;  // at fault, and noted
    if (media_type->is_json()) return draft_.set_data(DataKind::json, data_->raw, names_);
    if (data_->type == JsonType::null) return;  // several SDKs write no data so
    if (data_->type != JsonType::string)
      return draft_.refuse_data("/data", "must be a string, since datacontenttype is not JSON");
    const auto text = unescape(*data_, UnpairedSurrogates::refuse);
    if (!text) return draft_.refuse_data("/data", "holds an unpaired surrogate");
    if (!charset_allows(*media_type, *text))
      return draft_.refuse_data("/data",
                                "has characters that the charset of datacontenttype may not have; use "
                                "data_base64");
    draft_.set_data(DataKind::text, *text);
  }

  EventDraft draft_;
  JsonNames names_ = JsonNames::any;  // of the event's text
  std::optional<JsonValue> data_, base64_;
};

Encoded json_message(std::string_view content_type, std::string body) {
  Encoded encoded;
  encoded.headers.emplace_back("content-type", content_type);
  encoded.body = std::move(body);
  return encoded;
}

std::size_t json_size_of(const Event& event) {
  constexpr std::size_t punctuation = 64;  // quotes, colons, commas: about 6 for each attribute
  return event.record().size() + event.data().size() / 2 + punctuation;
}

}  // namespace

std::string describe(const JsonFault& fault) {
  return "at byte " + std::to_string(fault.offset) + ": " + fault.message;
}

std::optional<Event> read_json_event(JsonCursor& cursor, const Limits& limits, FaultList& faults) {
  if (const auto type = cursor.next_type(); type && type != JsonType::object) {
    faults.add("", "an event must be a JSON object");
    cursor.read_value();
    return std::nullopt;
  }
  MemberReader reader(limits, faults);
  if (!cursor.enter_object()) return std::nullopt;
  while (const auto name = cursor.next_member())
    if (const auto value = cursor.read_value()) reader.read(*name, *value);
  if (cursor.failed()) return std::nullopt;
  return reader.finish(cursor.names());
}

DecodeResult decode_structured(std::string_view body, const Limits& limits) {
  FaultList faults;
  if (auto fault = validate_json_encoding(body)) {
    faults.add("", describe(*fault));
    return faults.take();
  }
  JsonCursor cursor(body, limits.json_depth);
  auto event = read_json_event(cursor, limits, faults);
  if (!cursor.expect_end()) {
    auto fault = cursor.fault();
    faults.add(fault.pointer, describe(fault));
  }
  if (faults.count() != 0) return faults.take();
  Decoded decoded;
  decoded.events.push_back(std::move(*event));
  return decoded;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  const char* run = text.data();
  const char* const end = run + text.size();
  for (const char* p = run; p != end; ++p) {
    const auto byte = static_cast<unsigned char>(*p);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(run, p);
    run = p + 1;
    out += '\\';
    switch (byte) {
      case '"':
      case '\\':
        out += *p;
        break;
      case '\b':
        out += 'b';
        break;
      case '\f':
        out += 'f';
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        (((out += "u00") += digits[byte >> 4]) += digits[byte & 15]);
    }
  }
  out.append(run, end);
  out += '"';
}

void append_json(std::string& out, const Event& event) {
  char separator = '{';
  for (const auto attribute : event.attributes()) {
    out += separator;
    separator = ',';
    append_json_string(out, attribute.name);
    out += ':';
    if (attribute.type == AttributeType::string)
      append_json_string(out, attribute.value);
    else
      out += attribute.value;
  }
  switch (event.data_kind()) {
    case DataKind::none:
      break;
    case DataKind::json:
      (out += ",\"data\":") += event.data();
      break;
    case DataKind::text:
      out += ",\"data\":";
      append_json_string(out, event.data());
      break;
    case DataKind::binary:
      out += ",\"data_base64\":\"";
      append_base64(out, event.data());
      out += '"';
      break;
  }
  out += '}';
}

std::string to_json(const Event& event) {
  std::string json;
  json.reserve(json_size_of(event));
  append_json(json, event);
  return json;
}

Encoded encode_structured(const Event& event) { return json_message(kStructured, to_json(event)); }

Encoded encode_batch(std::span<const Event* const> events) {
  std::size_t size = 2;
  for (const auto* event : events) size += json_size_of(*event);
  std::string body;
  body.reserve(size);
  body += '[';
  for (const auto* event : events) {
    if (body.size() > 1) body += ',';
    append_json(body, *event);
  }
  body += ']';
  return json_message(kBatch, std::move(body));
}

}  // namespace signalbox::event
