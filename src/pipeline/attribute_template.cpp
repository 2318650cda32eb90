#include "pipeline/attribute_template.hpp"

#include <charconv>
#include <utility>

#include "event/media_type.hpp"
#include "event/validate.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kAttributeBytesMax = 8 << 10;

bool is_required(std::string_view name) {
  const auto core = event::core_attribute(name);
  return core && *core < event::kRequiredAttributes;
}

/// Why a transform may not set or remove an attribute of that name; "" when it may.
std::string_view settable_fault(std::string_view name) {
  if (name == "data" || name == "data_base64") return "data is no attribute: use template or constant";
  if (name == "specversion") return "specversion is always 1.0";
  return event::name_fault(name);
}

/// Why a value cannot be set, by CloudEvents 1.0.2; "" when it can.
std::string attribute_fault(const Attribute& attribute) {
  if (attribute.value.size() > kAttributeBytesMax) return "longer than 8 KiB";
  const auto core = event::core_attribute(attribute.name);
  if (core && attribute.type != AttributeType::string) return "must be a string";
  return event::value_fault(attribute, core);
}

AttributeType type_of_json(std::string_view json) {
  if (json == "true" || json == "false") return AttributeType::boolean;
  std::int32_t number = 0;  // CloudEvents Integers have 32 bits
  const auto [end, fault] = std::from_chars(json.data(), json.data() + json.size(), number);
  const bool fits =
      fault == std::errc() && end == json.data() + json.size() && std::to_string(number) == json;
  return fits ? AttributeType::integer : AttributeType::string;
}

/// An attribute's new value: canonical string form and type.
struct TypedText {
  std::string text;
  AttributeType type = AttributeType::string;
};

Result<TypedText> evaluate(const AttributeTemplate& attribute, const TemplateValues& values) {
  TypedText value;
  value.type = attribute.literal_type;
  if (attribute.keeps_type) {
    const auto& found = values[*attribute.text.lone_slot()];
    if (found.kind == TemplateValue::Kind::json && found.bytes == "null") return value;
    if (found.kind == TemplateValue::Kind::json) value.type = type_of_json(found.bytes);
  }
  // Core attributes are strings, whatever the value was.
  if (event::core_attribute(attribute.name)) value.type = AttributeType::string;
  auto text = attribute.text.render(values);
  if (!text) return text.error();
  value.text = std::move(*text);
  return value;
}

/// A value that is nothing but a path: `$.data.customer`.
bool is_path(std::string_view text) { return text.starts_with("$.") || text.starts_with("$["); }

Result<AttributeTemplate> parse(const ConfigNode::Member& member, TemplateVariables& variables) {
  const auto& text = member.value.text();
  if (is_path(text)) {
    auto slot = variables.slot(text);
    if (!slot) return slot.error();
    return AttributeTemplate{member.key, Template::placeholder(*slot), AttributeType::string, true};
  }
  auto parsed = Template::parse(text, Template::Format::text, variables);
  if (!parsed) return parsed.error();
  AttributeTemplate attribute{member.key, std::move(*parsed)};
  const bool plain = !member.value.quoted();
  attribute.keeps_type = plain && attribute.text.lone_slot();
  if (plain) attribute.literal_type = type_of_json(text);
  return attribute;
}

}  // namespace

Status AttributeTemplate::apply(EventBuilder& builder, DataView data, const TemplateValues& values) const {
  auto value = evaluate(*this, values);
  if (!value) return value.error();
  const auto wrong = [&](std::string_view what) {
    return Error(Errc::invalid_argument, "attribute \"" + name + "\": " + std::string(what));
  };
  if (value->text.empty()) {
    if (is_required(name)) return wrong("the result is empty, and every event needs it");
    if (name == "datacontenttype" && data.kind != DataKind::none)
      return wrong("the result is empty, and it says what the data is");
    builder.remove(name);
    return ok();
  }
  const Attribute result{name, value->type, value->text};
  if (const auto fault = attribute_fault(result); !fault.empty()) return wrong(fault);
  if (name == "datacontenttype")
    if (const auto fault = media_type_fault(value->text, data); !fault.empty()) return wrong(fault);
  builder.set(name, value->text, value->type);
  return ok();
}

std::string_view media_type_fault(std::string_view media_type, DataView data) {
  const auto parsed = event::parse_media_type(media_type);
  if (!parsed || data.kind == DataKind::none) return {};
  if (parsed->is_json() != (data.kind == DataKind::json))
    return data.kind == DataKind::json ? "the data is JSON and needs a JSON media type"
                                       : "the data is not JSON, which the media type says";
  if (data.kind == DataKind::text && !event::charset_allows(*parsed, data.bytes))
    return "the data is UTF-8, and the media type has another charset";
  return {};
}

const std::string* scalar_text(const ConfigNode& node, Diagnostics& out, std::string_view expected) {
  if (node.kind() == ConfigNode::Kind::scalar) return &node.text();
  out.add({node.place(), node.path(), "expected " + std::string(expected) + ", got " + node.describe(), {}});
  return nullptr;
}

std::vector<AttributeTemplate> read_set(const ConfigNode& node, TemplateVariables& variables,
                                        Diagnostics& out) {
  std::vector<AttributeTemplate> attributes;
  if (node.kind() != ConfigNode::Kind::mapping && node.kind() != ConfigNode::Kind::null)
    out.add({node.place(), node.path(), "expected a mapping, got " + node.describe(), {}});
  for (const auto& member : node.members()) {
    const auto report = [&](std::string message, std::string hint = {}) {
      out.add({member.value.place(), member.value.path(), std::move(message), std::move(hint)});
    };
    if (const auto fault = settable_fault(member.key); !fault.empty()) {
      report(std::string(fault));
      continue;
    }
    const auto* text = scalar_text(member.value, out, "a text, number or boolean");
    if (!text) continue;
    auto attribute = parse(member, variables);
    if (!attribute) {
      report(attribute.error().message);
      continue;
    }
    if (text->empty()) {
      report("an attribute cannot be empty", "to take it away, use remove");
    } else if (attribute->text.is_literal()) {
      const auto fault = attribute_fault({member.key, attribute->literal_type, *text});
      if (!fault.empty()) report(fault);
    }
    attributes.push_back(std::move(*attribute));
  }
  return attributes;
}

std::vector<std::string> read_remove(const ConfigNode& node, Diagnostics& out) {
  std::vector<std::string> names;
  if (node.kind() != ConfigNode::Kind::sequence)
    out.add({node.place(), node.path(), "expected a list of attributes, got " + node.describe(), {}});
  for (const auto& item : node.items()) {
    const auto report = [&](std::string message) {
      out.add({item.place(), item.path(), std::move(message), {}});
    };
    const auto* name = scalar_text(item, out, "the name of an attribute");
    if (!name) continue;
    if (is_required(*name)) {
      report("every event needs " + *name);
    } else if (const auto fault = settable_fault(*name); !fault.empty()) {
      report(std::string(fault));
    } else if (*name == "datacontenttype") {
      report("datacontenttype says what the data is and cannot be removed");
    } else {
      names.push_back(*name);
    }
  }
  return names;
}

}  // namespace signalbox::pipeline
