#include "pipeline/template_variables.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii_text.hpp"
#include "base/nearest_name.hpp"
#include "base/units.hpp"
#include "event/base64.hpp"
#include "event/codec.hpp"
#include "pipeline/json_path_lookup.hpp"

namespace signalbox::pipeline {
namespace {

struct Predefined {
  std::string_view name;
  TemplateVariable::Kind kind;
};
constexpr Predefined kPredefined[] = {
    {"aws.events.rule-arn", TemplateVariable::Kind::rule_reference},
    {"aws.events.rule-name", TemplateVariable::Kind::rule_name},
    {"aws.events.event.ingestion-time", TemplateVariable::Kind::ingestion_time},
    {"aws.events.event", TemplateVariable::Kind::event_without_data},
    {"aws.events.event.json", TemplateVariable::Kind::path},  // `$`
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool starts_with_aws(std::string_view name) {
  return name.size() >= 3 && (name[0] | 0x20) == 'a' && (name[1] | 0x20) == 'w' && (name[2] | 0x20) == 's' &&
         (name.size() == 3 || name[3] == '.' || name[3] == '_' || name[3] == '-');
}

TemplateValue json(std::string_view bytes) { return {TemplateValue::Kind::json, bytes}; }
TemplateValue string(std::string_view bytes) { return {TemplateValue::Kind::string, bytes}; }

TemplateValue attribute_value(const Event& event, std::string_view name) {
  const auto found = event.find(name);
  if (!found) return {};
  return found->type == AttributeType::string ? string(found->value) : json(found->value);
}

}  // namespace

Status TemplateVariables::declare(std::string_view name, std::string_view path) {
  if (name.empty() || name.size() > kNameBytesMax ||
      !std::all_of(name.begin(), name.end(), is_name_character))
    return Error(Errc::invalid_argument,
                 "a variable's name is made of letters, digits, \"_\" and \"-\", at most 256");
  if (starts_with_aws(name))
    return Error(Errc::invalid_argument, "names that start with \"aws\" are reserved");
  if (declared_.size() == kPathsMax) return Error(Errc::too_large, "more than 100 paths");
  auto parsed = JsonPath::parse(path);
  if (!parsed) return parsed.error();
  declared_.emplace(name, std::move(*parsed));
  return ok();
}

Result<TemplateVariable> TemplateVariables::resolve(std::string_view placeholder) const {
  TemplateVariable variable;
  if (!placeholder.empty() && placeholder[0] == '$') {
    auto path = JsonPath::parse(placeholder);
    if (!path) return path.error();
    variable.path = std::move(*path);
    return variable;
  }
  if (const auto found = declared_.find(placeholder); found != declared_.end()) {
    variable.path = found->second;
    return variable;
  }
  std::vector<std::string_view> known;
  for (const auto& [name, path] : declared_) known.push_back(name);
  for (const auto& predefined : kPredefined) {
    variable.kind = predefined.kind;
    if (predefined.name == placeholder) return variable;
    known.push_back(predefined.name);
  }
  auto message = "no variable <" + std::string(placeholder) + "> under paths; ";
  const auto nearest = base::nearest_name(placeholder, known);
  message +=
      nearest.empty() ? "write \\< for the character itself" : "did you mean <" + std::string(nearest) + ">?";
  return Error(Errc::invalid_argument, std::move(message));
}

Result<std::size_t> TemplateVariables::slot(std::string_view placeholder) {
  if (const auto found = slots_.find(placeholder); found != slots_.end()) return found->second;
  auto variable = resolve(placeholder);
  if (!variable) return variable.error();
  if (used_.size() == kPathsMax + std::size(kPredefined))
    return Error(Errc::too_large, "more than 100 paths");
  used_.push_back(std::move(*variable));
  slots_.emplace(placeholder, used_.size() - 1);
  return used_.size() - 1;
}

TemplateValues::TemplateValues(const std::vector<TemplateVariable>& variables, const Event& event,
                               const TransformContext& context) {
  values_.reserve(variables.size());
  for (const auto& variable : variables) values_.push_back(evaluate(variable, event, context));
}

TemplateValue TemplateValues::evaluate(const TemplateVariable& variable, const Event& event,
                                       const TransformContext& context) {
  switch (variable.kind) {
    case TemplateVariable::Kind::path:
      return at_path(variable.path, event);
    case TemplateVariable::Kind::rule_reference:
      ((((rule_ = context.tenant) += '/') += context.channel) += '/') += context.rule;
      return string(rule_);
    case TemplateVariable::Kind::rule_name:
      return string(context.rule);
    case TemplateVariable::Kind::ingestion_time:
      time_ = base::format_time(context.accepted_at);
      return string(time_);
    case TemplateVariable::Kind::event_without_data:
      without_data_ = event::to_json(EventBuilder::from(event).data(DataKind::none, {}).build());
      return json(without_data_);
  }
  return {};
}

TemplateValue TemplateValues::at_path(const JsonPath& path, const Event& event) {
  switch (path.root()) {
    case JsonPath::Root::attribute:
      return attribute_value(event, path.attribute());
    case JsonPath::Root::data:
      return in_data(path, event);
    case JsonPath::Root::event:
      if (whole_.empty()) whole_ = event::to_json(event);
      return json(whole_);
    case JsonPath::Root::data_base64:
      if (event.data_kind() != DataKind::binary) return {};
      if (base64_.empty()) event::append_base64(base64_, event.data());
      return string(base64_);
  }
  return {};
}

TemplateValue TemplateValues::in_data(const JsonPath& path, const Event& event) {
  if (event.data_kind() == DataKind::text && path.steps().empty()) return string(event.data());
  if (event.data_kind() != DataKind::json) return {};
  if (path.steps().empty()) return json(base::trim_white_space(event.data()));
  if (path.has_wildcard()) return list_in_data(path, event);
  const auto found = look_up(event.data(), path.steps());
  if (!found) status_ = found.error();
  return found && *found ? json(**found) : TemplateValue();
}

TemplateValue TemplateValues::list_in_data(const JsonPath& path, const Event& event) {
  const auto found = look_up_all(event.data(), path.steps());
  if (!found) {
    status_ = found.error();
    return {};
  }
  auto& list = lists_.emplace_front("[");
  const char* separator = "";
  for (const auto value : *found) (list += std::exchange(separator, ",")) += value;
  return json(list += ']');
}

}  // namespace signalbox::pipeline
