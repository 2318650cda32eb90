#include "pipeline/transformer.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "event/json_scan.hpp"
#include "event/media_type.hpp"
#include "event/validate.hpp"
#include "pipeline/template.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kAttributesMax = 100;
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

/// An attribute's new value: canonical string form and type.
struct TypedText {
  std::string text;
  AttributeType type = AttributeType::string;
};

AttributeType type_of_json(std::string_view json) {
  if (json == "true" || json == "false") return AttributeType::boolean;
  std::int32_t number = 0;  // CloudEvents Integers have 32 bits
  const auto [end, fault] = std::from_chars(json.data(), json.data() + json.size(), number);
  const bool fits =
      fault == std::errc() && end == json.data() + json.size() && std::to_string(number) == json;
  return fits ? AttributeType::integer : AttributeType::string;
}

/// One member of `set:`.
struct AttributeTemplate {
  std::string name;
  Template text;
  AttributeType literal_type = AttributeType::string;
  bool keeps_type = false;  ///< a plain scalar that is one placeholder: the value's own type
};

/// What a transform does, compiled.
struct Plan {
  std::vector<TemplateVariable> variables;
  std::optional<std::string> constant;  ///< JSON
  std::optional<Template> data;
  std::vector<std::string> remove;
  std::vector<AttributeTemplate> set;
};

class CompiledTransformer final : public Transformer {
 public:
  explicit CompiledTransformer(Plan plan) : plan_(std::move(plan)) {}

  Result<Event> apply(const Event& event, const TransformContext& context) const override {
    const TemplateValues values(plan_.variables, event, context);
    if (!values.status()) return values.status().error();
    auto builder = EventBuilder::from(event);
    auto kind = event.data_kind();
    if (plan_.constant || plan_.data) {
      auto data = plan_.constant ? Result<std::string>(*plan_.constant) : plan_.data->render(values);
      if (!data) return data.error();
      kind = plan_.data && plan_.data->format() == Template::Format::text ? DataKind::text : DataKind::json;
      builder.data(kind, *data);
      builder.set("datacontenttype", kind == DataKind::text ? "text/plain" : "application/json");
      builder.remove("dataschema");  // it described the data that was
    }
    for (const auto& name : plan_.remove) builder.remove(name);
    for (const auto& attribute : plan_.set)
      if (auto status = set(builder, attribute, kind, values); !status) return status.error();
    if (builder.attribute_count() > kAttributesMax) return Error(Errc::too_large, "more than 100 attributes");
    return builder.build();
  }

 private:
  static Status set(EventBuilder& builder, const AttributeTemplate& attribute, DataKind kind,
                    const TemplateValues& values) {
    auto value = evaluate(attribute, values);
    if (!value) return value.error();
    const auto wrong = [&](std::string_view what) {
      return Error(Errc::invalid_argument, "attribute \"" + attribute.name + "\": " + std::string(what));
    };
    if (value->text.empty()) {
      if (is_required(attribute.name)) return wrong("the result is empty, and every event needs it");
      builder.remove(attribute.name);
      return ok();
    }
    const Attribute result{attribute.name, value->type, value->text};
    if (const auto fault = attribute_fault(result); !fault.empty()) return wrong(fault);
    if (attribute.name == "datacontenttype" && kind != DataKind::none &&
        event::parse_media_type(value->text)->is_json() != (kind == DataKind::json))
      return wrong(kind == DataKind::json ? "the data is JSON and needs a JSON media type"
                                          : "the data is not JSON, which the media type says");
    builder.set(attribute.name, value->text, value->type);
    return ok();
  }

  static Result<TypedText> evaluate(const AttributeTemplate& attribute, const TemplateValues& values) {
    TypedText value;
    value.type = attribute.literal_type;
    if (attribute.keeps_type) {
      const auto& found = values[*attribute.text.lone_slot()];
      if (found.kind == TemplateValue::Kind::json && found.bytes == "null") return value;
      if (found.kind == TemplateValue::Kind::json) value.type = type_of_json(found.bytes);
    }
    auto text = attribute.text.render(values);
    if (!text) return text.error();
    value.text = std::move(*text);
    return value;
  }

  Plan plan_;
};

void report(Diagnostics& out, const ConfigNode& node, std::string message, std::string hint = {}) {
  out.add({node.place(), node.path(), std::move(message), std::move(hint)});
}

/// A scalar's text; nullopt (and a fault) for anything else.
std::optional<std::string_view> scalar_text(const ConfigNode& node, Diagnostics& out,
                                            std::string_view expected) {
  if (node.kind() == ConfigNode::Kind::scalar) return node.text();
  report(out, node, "expected " + std::string(expected) + ", got " + node.describe());
  return std::nullopt;
}

/// The node when it is a mapping, else a fault.
const std::vector<ConfigNode::Member>& members_of(const ConfigNode& node, Diagnostics& out) {
  if (node.kind() != ConfigNode::Kind::mapping && node.kind() != ConfigNode::Kind::null)
    report(out, node, "expected a mapping, got " + node.describe());
  return node.members();
}

void read_paths(const ConfigNode& node, TemplateVariables& variables, Diagnostics& out) {
  for (const auto& member : members_of(node, out)) {
    const auto path = scalar_text(member.value, out, "a path such as $.data.total");
    if (!path) continue;
    if (auto status = variables.declare(member.key, *path); !status)
      report(out, member.value, status.error().message);
  }
}

std::string read_constant(const ConfigNode& node, Diagnostics& out) {
  auto json = node.to_json();
  if (json.size() > Template::kResultBytesMax) report(out, node, "the constant is larger than 1 MiB");
  if (const auto fault = event::validate_json(json, Template::kDepthMax)) report(out, node, fault->message);
  return json;
}

std::optional<Template> read_template(const ConfigNode& node, std::optional<Template::Format> wanted,
                                      TemplateVariables& variables, Diagnostics& out) {
  if (node.kind() == ConfigNode::Kind::null ||
      (node.kind() == ConfigNode::Kind::scalar && node.text().empty())) {
    report(out, node, "the template is empty");
    return std::nullopt;
  }
  const bool is_text = node.kind() == ConfigNode::Kind::scalar;
  if (!is_text && wanted == Template::Format::text) {
    report(out, node, "a text template is a text, got " + node.describe());
    return std::nullopt;
  }
  const auto text = is_text ? node.text() : Template::text_of(node);
  const auto format = !is_text ? Template::Format::json : wanted.value_or(Template::format_of(text));
  auto parsed = Template::parse(text, format, variables);
  if (parsed) return std::move(*parsed);
  const bool guessed = is_text && !wanted && format == Template::Format::json;
  report(out, node, parsed.error().message,
         guessed ? "for plain text that begins so, say \"format: text\"" : "");
  return std::nullopt;
}

void read_set(const ConfigNode& node, TemplateVariables& variables,
              std::vector<AttributeTemplate>& attributes, Diagnostics& out) {
  for (const auto& member : members_of(node, out)) {
    if (const auto fault = settable_fault(member.key); !fault.empty()) {
      report(out, member.value, std::string(fault));
      continue;
    }
    const auto text = scalar_text(member.value, out, "a text, number or boolean");
    if (!text) continue;
    auto parsed = Template::parse(*text, Template::Format::text, variables);
    if (!parsed) {
      report(out, member.value, parsed.error().message);
      continue;
    }
    AttributeTemplate attribute{member.key, std::move(*parsed)};
    const bool plain = !member.value.quoted();
    attribute.keeps_type = plain && attribute.text.lone_slot();
    if (plain) attribute.literal_type = type_of_json(*text);
    if (text->empty()) {
      report(out, member.value, "an attribute cannot be empty", "to take it away, use remove");
    } else if (attribute.text.is_literal()) {
      const auto fault = attribute_fault({member.key, attribute.literal_type, *text});
      if (!fault.empty()) report(out, member.value, fault);
    }
    attributes.push_back(std::move(attribute));
  }
}

void read_remove(const ConfigNode& node, std::vector<std::string>& names, Diagnostics& out) {
  if (node.kind() != ConfigNode::Kind::sequence) {
    report(out, node, "expected a list of attributes, got " + node.describe());
    return;
  }
  for (const auto& item : node.items()) {
    const auto name = scalar_text(item, out, "the name of an attribute");
    if (!name) continue;
    if (is_required(*name)) {
      report(out, item, "every event needs " + std::string(*name));
    } else if (const auto fault = settable_fault(*name); !fault.empty()) {
      report(out, item, std::string(fault));
    } else if (*name == "datacontenttype") {
      report(out, item, "datacontenttype says what the data is and cannot be removed");
    } else {
      names.emplace_back(*name);
    }
  }
}

}  // namespace

std::shared_ptr<const Transformer> read_transformer(const ConfigNode& node, Diagnostics& out) {
  Diagnostics faults;
  Plan plan;
  TemplateVariables variables;
  ConfigReader read(node, faults);
  std::optional<Template::Format> format;
  constexpr std::pair<std::string_view, std::optional<Template::Format>> kFormats[] = {
      {"json", Template::Format::json}, {"text", Template::Format::text}};
  if (read.take("jq")) read.fault("jq", "jq is not built into this Signalbox", "use paths and template");
  const auto* constant = read.take("constant");
  const auto* paths = read.take("paths");
  const auto* text = read.take("template");
  const auto* set = read.take("set");
  const auto* remove = read.take("remove");
  read.choice<std::optional<Template::Format>>("format", format, kFormats);

  if (constant && text) read.fault("constant", "give either constant or template, not both");
  if (format && !text) read.fault("format", "format belongs to template");
  if (!constant && !text && !set && !remove && !read.has("jq") &&
      (node.kind() == ConfigNode::Kind::mapping || node.kind() == ConfigNode::Kind::null))
    report(faults, node, "a transform needs one of constant, template, set, remove");
  if (paths) read_paths(*paths, variables, faults);
  if (paths && !text && !set) read.fault("paths", "paths are for template or set, and there is neither");
  if (constant) plan.constant = read_constant(*constant, faults);
  if (text) plan.data = read_template(*text, format, variables, faults);
  if (remove) read_remove(*remove, plan.remove, faults);
  if (set) read_set(*set, variables, plan.set, faults);
  read.done();

  for (const auto& fault : faults.faults()) out.add(fault);
  if (!faults.clean()) return nullptr;
  plan.variables = variables.used();
  return std::make_shared<CompiledTransformer>(std::move(plan));
}

}  // namespace signalbox::pipeline
