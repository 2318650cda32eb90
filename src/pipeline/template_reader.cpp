#include "pipeline/template_reader.hpp"

#include "pipeline/attribute_template.hpp"
#include "pipeline/report_fault.hpp"

namespace signalbox::pipeline {

void read_paths(const ConfigNode& node, TemplateVariables& variables, Diagnostics& out) {
  if (node.kind() != ConfigNode::Kind::mapping && node.kind() != ConfigNode::Kind::null)
    report(out, node, "expected a mapping, got " + node.describe());
  for (const auto& member : node.members()) {
    const auto* path = scalar_text(member.value, out, "a path such as $.data.total");
    if (!path) continue;
    if (auto status = variables.declare(member.key, *path); !status)
      report(out, member.value, status.error().message);
  }
}

std::optional<Template> read_template(const ConfigNode& node, TemplateFormat wanted,
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

std::string path_as_placeholder(std::string_view text) {
  const bool is_path = text == "$" || text.starts_with("$.") || text.starts_with("$[");
  return is_path ? "<" + std::string(text) + ">" : std::string(text);
}

}  // namespace signalbox::pipeline
