#include "pipeline/event_text.hpp"

#include <utility>

#include "event/validate.hpp"
#include "pipeline/template_variables.hpp"

namespace signalbox::pipeline {
namespace {

/// The template that `text` is short for.
Result<std::string> as_template(std::string_view text) {
  if (text.empty())
    return Error(Errc::invalid_argument, "expected a path such as $.data.customer, got an empty text");
  if (text.find('<') != std::string_view::npos) return std::string(text);
  if (text.front() == '$') return "<" + std::string(text) + ">";
  if (const auto fault = event::name_fault(text); !fault.empty())
    return Error(Errc::invalid_argument,
                 "expected an attribute or a path such as $.data.customer: " + std::string(fault));
  return "<$." + std::string(text) + ">";
}

}  // namespace

Result<EventText> EventText::parse(std::string_view text) {
  const auto written = as_template(text);
  if (!written) return written.error();
  TemplateVariables variables;
  auto parsed = Template::parse(*written, Template::Format::text, variables);
  if (!parsed) return parsed.error();
  for (const auto& variable : variables.used())
    if (variable.kind != TemplateVariable::Kind::path)
      return Error(Errc::invalid_argument, "only paths such as <$.data.customer> can stand here");
  EventText result(std::move(*parsed));
  result.variables_ = variables.used();
  const bool alone = result.template_.lone_slot().has_value() && result.variables_.size() == 1;
  if (alone && result.variables_[0].path.root() == JsonPath::Root::attribute)
    result.attribute_ = result.variables_[0].path.attribute();
  return result;
}

std::optional<std::string> EventText::of(const Event& event) const {
  std::string text;
  if (!attribute_.empty()) {
    text = event.value(attribute_);
  } else {
    const TemplateValues values(variables_, event, TransformContext());
    if (!values.status()) return std::nullopt;
    auto rendered = template_.render(values);
    if (!rendered) return std::nullopt;
    text = std::move(*rendered);
  }
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace signalbox::pipeline
