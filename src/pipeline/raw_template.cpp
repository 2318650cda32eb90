#include "pipeline/raw_template.hpp"

#include <algorithm>
#include <optional>

#include "base/header_field.hpp"
#include "base/outgoing_header.hpp"
#include "event/media_type.hpp"
#include "pipeline/attribute_template.hpp"
#include "pipeline/report_fault.hpp"

namespace signalbox::pipeline {
namespace {

/// The media type of an event's data, said or implied.
std::string media_type_of(const Event& event) {
  if (const auto said = event.value("datacontenttype"); !said.empty()) return std::string(said);
  switch (event.data_kind()) {
    case DataKind::none:
      return {};
    case DataKind::json:
      return "application/json";
    case DataKind::text:
      return "text/plain";
    case DataKind::binary:
      return "application/octet-stream";
  }
  return {};
}

std::optional<Template> read_header(const ConfigNode::Member& member, TemplateVariables& variables,
                                    Diagnostics& out) {
  const auto& [name, place, value] = member;
  if (base::equals_ignoring_case(name, "content-type")) {
    report(out, value, "the media type is given by \"content_type\"");
    return std::nullopt;
  }
  if (const auto why = base::outgoing_header_fault(name); !why.empty()) {
    report(out, value, std::string(why));
    return std::nullopt;
  }
  const auto* text = scalar_text(value, out, "a text with placeholders");
  if (!text) return std::nullopt;
  auto parsed = Template::parse(*text, Template::Format::text, variables);
  if (!parsed) {
    report(out, value, parsed.error().message);
    return std::nullopt;
  }
  if (text->empty() || (parsed->is_literal() && !base::is_field_value(*text)))
    report(out, value, "expected visible ASCII characters");
  return std::move(*parsed);
}

}  // namespace

Result<RawBody> RawTemplate::render(const Event& event, const TemplateValues& values) const {
  RawBody body;
  body.content_type = content_type.empty() ? media_type_of(event) : content_type;
  for (const auto& [name, value] : headers) {
    auto text = value.render(values);
    if (!text) return text.error();
    if (text->empty()) continue;
    if (!base::is_field_value(*text))
      return Error(Errc::invalid_argument,
                   "header \"" + name + "\": the value is no visible ASCII, or longer than 4 KiB");
    body.headers.emplace_back(name, std::move(*text));
  }
  body.bytes = event.data();
  return body;
}

RawTemplate read_raw(const ConfigNode& node, TemplateVariables& variables, Diagnostics& out) {
  RawTemplate raw;
  ConfigReader read(node, out);
  read("content_type", raw.content_type);
  if (read.has("content_type") && !event::parse_media_type(raw.content_type))
    read.fault("content_type", "expected a media type such as text/csv");
  const auto* headers = read.take("headers");
  read.done();
  if (!headers) return raw;
  if (headers->kind() != ConfigNode::Kind::mapping)
    report(out, *headers, "expected a mapping, got " + headers->describe());
  if (headers->members().size() > RawTemplate::kHeadersMax)
    report(out, *headers, "at most 50 headers can be added");
  for (const auto& member : headers->members()) {
    const auto is_twice = [&](const auto& other) {
      return base::equals_ignoring_case(other.first, member.key);
    };
    if (std::any_of(raw.headers.begin(), raw.headers.end(), is_twice))
      report(out, member.value, "the header is given twice");
    if (auto value = read_header(member, variables, out))
      raw.headers.emplace_back(member.key, std::move(*value));
  }
  return raw;
}

}  // namespace signalbox::pipeline
