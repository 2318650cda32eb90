#include "event/characters.hpp"
#include "event/codec_modes.hpp"
#include "event/event_draft.hpp"
#include "event/header_value.hpp"

namespace signalbox::event {
namespace {

constexpr std::string_view kPrefix = "ce-";
constexpr std::string_view kContentType = "content-type";
constexpr std::string_view kImpliedType = "application/json";

class HeaderReader {
 public:
  HeaderReader(const Limits& limits, FaultList& faults) : draft_(Naming::headers, limits, faults) {}

  void read(const base::HeaderField& header) {
    if (base::equals_ignoring_case(header.name, kContentType))
      return draft_.add({"datacontenttype", AttributeType::string, header.value});
    if (!base::equals_ignoring_case(header.name.substr(0, kPrefix.size()), kPrefix)) return;
    const auto name = in_lower_case(header.name.substr(kPrefix.size()));
    if (name == "datacontenttype")
      return draft_.refuse_data("ce-datacontenttype", "must not be there: Content-Type says it");
    if (!is_encoded_header_value(header.value))
      return draft_.add({name, AttributeType::string, header.value});
    auto value = decode_header_value(header.value);
    if (!value) return draft_.refuse(name, value.error().message);
    draft_.add({name, AttributeType::string, draft_.keep(std::move(*value))});
  }

  std::optional<Event> finish(std::string_view body, unsigned json_depth) {
    if (!body.empty()) read_body(body, json_depth);
    return draft_.finish();
  }

 private:
  std::string_view in_lower_case(std::string_view name) {
    std::size_t upper = 0;
    for (char c : name) upper += is_upper(c);
    if (upper == 0) return name;
    std::string folded(name);
    for (char& c : folded) c = to_lower(c);
    return draft_.keep(std::move(folded));
  }

  void read_body(std::string_view body, unsigned json_depth) {
    const auto& media_type = draft_.media_type();
    if (media_type && media_type->is_json()) {
      // The same strictness as in structured mode: what one mode takes, another can carry.
      const auto [fault, names] = check_json(body, json_depth);
      if (fault) {
        const auto place = fault->pointer.empty() ? "" : " (in " + fault->pointer + ")";
        return draft_.refuse_data("body",
                                  "not the JSON that Content-Type announces, " + describe(*fault) + place);
      }
      return draft_.set_data(DataKind::json, body, names);
    }
    const bool text =
        media_type && media_type->is_text() && charset_allows(*media_type, body) && is_utf8(body);
    draft_.set_data(text ? DataKind::text : DataKind::binary, body);
  }

  EventDraft draft_;
};

/// Visits the attributes that become ce- headers and returns what becomes the Content-Type, "" for none.
template <class Visit>
std::string_view visit_headers(const Event& event, Visit visit) {
  std::string_view type;
  for (const auto attribute : event.attributes()) {
    if (attribute.name == "datacontenttype")
      type = attribute.value;
    else
      visit(attribute);
  }
  return type.empty() && event.data_kind() == DataKind::json ? kImpliedType : type;
}

}  // namespace

DecodeResult decode_binary(std::span<const base::HeaderField> headers, std::string_view body,
                           const Limits& limits) {
  FaultList faults;
  if (body.size() > limits.event_bytes) {
    faults.add_too_large("body", "has " + std::to_string(body.size()) + " bytes, at most " +
                                     std::to_string(limits.event_bytes) + " are taken for an event");
    return faults.take();
  }
  HeaderReader reader(limits, faults);
  for (const auto& header : headers) reader.read(header);
  auto event = reader.finish(body, limits.json_depth);
  if (!event) return faults.take();
  Decoded decoded;
  decoded.events.push_back(std::move(*event));
  return decoded;
}

void append_binary_headers(std::string& head, const Event& event) {
  const auto type = visit_headers(event, [&head](const Attribute& attribute) {
    ((head += kPrefix) += attribute.name) += ": ";
    append_header_value(head, attribute.value);
    head += "\r\n";
  });
  if (type.empty()) return;
  (((head += kContentType) += ": ") += type) += "\r\n";
}

Encoded encode_binary(const Event& event) {
  Encoded encoded;
  encoded.headers.reserve(event.attribute_count() + 1);
  const auto type = visit_headers(event, [&encoded](const Attribute& attribute) {
    auto& [name, value] = encoded.headers.emplace_back(std::string(kPrefix), std::string());
    name += attribute.name;
    append_header_value(value, attribute.value);
  });
  if (!type.empty()) encoded.headers.emplace_back(kContentType, type);
  encoded.body = event.data();
  return encoded;
}

}  // namespace signalbox::event
