#include "event/validate.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/units.hpp"
#include "event/characters.hpp"
#include "event/fault_list.hpp"
#include "event/json_scan.hpp"
#include "event/uri.hpp"

namespace signalbox::event {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_canonical_integer(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  return ec == std::errc{} && end == text.data() + text.size() && std::to_string(value) == text;
}

/// The rules of one core attribute beyond its characters.
std::string_view core_fault(std::size_t core, std::string_view value) {
  if (value.empty()) return "must not be empty";
  switch (core) {
    case 0:
      return value == "1.0" ? "" : "must be \"1.0\": no other version of CloudEvents is taken";
    case 2:
      return is_uri_reference(value) ? "" : "is not a URI-reference (RFC 3986)";
    case 4:
      return parse_media_type(value) ? "" : "is not a media type (RFC 2046)";
    case 5:
      return is_uri(value) ? "" : "is not an absolute URI (RFC 3986)";
    case 7:
      return base::parse_time(value) ? "" : "is not an RFC 3339 time";
    default:
      return "";
  }
}

void check_data(const Event& event, const Limits& limits, FaultList& faults) {
  const auto type = event.value("datacontenttype");
  const auto media_type = parse_media_type(type);
  switch (event.data_kind()) {
    case DataKind::none:
      if (!event.data().empty()) faults.add("/data", "bytes without a kind");
      return;
    case DataKind::binary:
      return;
    case DataKind::json:
      if (media_type && !media_type->is_json())
        faults.add("/data", "JSON, but datacontenttype says otherwise");
      if (auto fault = validate_json(event.data(), limits.json_depth))
        faults.add("/data" + fault->pointer,
                   "at byte " + std::to_string(fault->offset) + ": " + fault->message);
      return;
    case DataKind::text:
      if (type.empty() || (media_type && media_type->is_json()))
        faults.add("/data", "text needs a datacontenttype that is not JSON");
      if (media_type && !charset_allows(*media_type, event.data()))
        faults.add("/data", "text that its charset does not allow");
      if (!is_utf8(event.data())) faults.add("/data", "text that is not valid UTF-8");
  }
}

}  // namespace

std::optional<std::size_t> core_attribute(std::string_view name) {
  const auto only = [name](std::size_t core) {
    return name == kCoreAttributes[core] ? std::optional(core) : std::nullopt;
  };
  switch (name.size()) {
    case 2:
      return only(1);
    case 4:
      return name[1] == 'y' ? only(3) : only(7);
    case 6:
      return only(2);
    case 7:
      return only(6);
    case 10:
      return only(5);
    case 11:
      return only(0);
    case 15:
      return only(4);
    default:
      return std::nullopt;
  }
}

std::string_view name_fault(std::string_view name) {
  constexpr std::size_t longest = 255;
  if (name.empty()) return "an attribute without a name";
  if (name.size() > longest) return "an attribute's name has at most 255 characters";
  if (!std::all_of(name.begin(), name.end(), [](char c) { return is_lower(c) || is_digit(c); }))
    return "an attribute's name has only lower-case letters and digits";
  return name == "data" ? "no attribute may be called data" : "";
}

std::string value_fault(const Attribute& attribute, std::optional<std::size_t> core) {
  if (auto bad = find_forbidden_character(attribute.value))
    return std::string(bad->what) + " at byte " + std::to_string(bad->at);
  switch (attribute.type) {
    case AttributeType::string:
      return core ? std::string(core_fault(*core, attribute.value)) : std::string();
    case AttributeType::boolean:
      if (core) return "must be a string";
      return attribute.value == "true" || attribute.value == "false" ? "" : "is neither true nor false";
    case AttributeType::integer:
      if (core) return "must be a string";
      return is_canonical_integer(attribute.value) ? ""
                                                   : "is not a whole number from -2147483648 to 2147483647";
  }
  return "has an unknown type";
}

bool charset_allows(const MediaType& media_type, std::string_view text) {
  if (media_type.parameters.empty()) return true;
  const auto charset = media_type.charset();
  if (charset.empty() || charset == "utf-8") return true;
  return is_ascii(text) && !charset.starts_with("utf-16") && !charset.starts_with("utf-32");
}

std::vector<Fault> validate(const Event& event, const Limits& limits) {
  FaultList faults;
  if (!event.valid()) faults.add("", "an empty event");
  if (event.record().size() > limits.event_bytes) faults.add_too_large("", "larger than an event may be");
  if (event.attribute_count() > limits.attributes) faults.add("", "has too many attributes");
  if (event.valid()) {
    for (const auto attribute : event.attributes()) {
      if (const auto fault = name_fault(attribute.name); !fault.empty())
        faults.add(shown(attribute.name), std::string(fault));
      else if (auto value = value_fault(attribute, core_attribute(attribute.name)); !value.empty())
        faults.add(std::string(attribute.name), std::move(value));
    }
    check_data(event, limits, faults);
  }
  return faults.count() == 0 ? std::vector<Fault>() : faults.take().faults;
}

}  // namespace signalbox::event
