#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/template.hpp"
#include "pipeline/template_variables.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::pipeline {

/// What `format:` says; nullopt: nothing, and the template's beginning tells.
using TemplateFormat = std::optional<Template::Format>;
inline constexpr std::array<std::pair<std::string_view, TemplateFormat>, 2> kTemplateFormats{
    {{"json", Template::Format::json}, {"text", Template::Format::text}}};

/// Reads `paths:`, the names for places in the event.  Faults go to `out`.
void read_paths(const ConfigNode& node, TemplateVariables& variables, Diagnostics& out);

/// Reads a template, text or a mapping; nullopt when it has a fault, which goes to `out`.
std::optional<Template> read_template(const ConfigNode& node, TemplateFormat wanted,
                                      TemplateVariables& variables, Diagnostics& out);

/// `text`, or what it is short for when it is a path (`$.data.id`): a placeholder.
std::string path_as_placeholder(std::string_view text);

}  // namespace signalbox::pipeline
