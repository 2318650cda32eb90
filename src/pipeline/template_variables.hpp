#pragma once
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/json_path.hpp"
#include "pipeline/template_value.hpp"
#include "pipeline/transform_context.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// What one `<name>` stands for.
struct TemplateVariable {
  enum class Kind : std::uint8_t {
    path,                ///< a place in the event
    rule_reference,      ///< aws.events.rule-arn: "tenant/channel/rule"
    rule_name,           ///< aws.events.rule-name
    ingestion_time,      ///< aws.events.event.ingestion-time: when the event was accepted
    event_without_data,  ///< aws.events.event: the event's JSON form without its data
  };
  Kind kind = Kind::path;
  JsonPath path;  ///< of Kind::path
};

/// The names that a transform's templates may use, and a number (slot) for each one they do use: what no
/// template mentions is never looked up.
class TemplateVariables {
 public:
  static constexpr std::size_t kPathsMax = 100;
  static constexpr std::size_t kNameBytesMax = 256;

  /// Declares a name of `paths:`.  Errors: invalid_argument for a name or path that is none, too_large beyond
  /// kPathsMax.
  Status declare(std::string_view name, std::string_view path);

  /// The slot of a placeholder's text: a declared or predefined name, or a path itself (`$.data.x`).
  /// Errors: invalid_argument for a name nobody declared.
  Result<std::size_t> slot(std::string_view placeholder);

  /// By slot.
  const std::vector<TemplateVariable>& used() const { return used_; }

 private:
  Result<TemplateVariable> resolve(std::string_view placeholder) const;

  std::map<std::string, JsonPath, std::less<>> declared_;
  std::map<std::string, std::size_t, std::less<>> slots_;
  std::vector<TemplateVariable> used_;
};

/// The values of variables in one event, by slot.  The event and context outlive it.
class TemplateValues {
 public:
  TemplateValues(const std::vector<TemplateVariable>& variables, const Event& event,
                 const TransformContext& context);
  TemplateValues(const TemplateValues&) = delete;
  TemplateValues& operator=(const TemplateValues&) = delete;

  /// corrupt when the event's data says it is JSON and is not.
  const Status& status() const { return status_; }
  const TemplateValue& operator[](std::size_t slot) const { return values_[slot]; }

 private:
  TemplateValue evaluate(const TemplateVariable& variable, const Event& event,
                         const TransformContext& context);
  TemplateValue at_path(const JsonPath& path, const Event& event);
  TemplateValue in_data(const JsonPath& path, const Event& event);
  TemplateValue list_in_data(const JsonPath& path, const Event& event);

  Status status_ = ok();
  std::vector<TemplateValue> values_;
  // What the values look into when it is not the event itself.
  std::string whole_, without_data_, base64_, rule_, time_;
  std::forward_list<std::string> lists_;
};

}  // namespace signalbox::pipeline
