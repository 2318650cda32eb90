#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/attribute_template.hpp"
#include "pipeline/raw_template.hpp"
#include "pipeline/template.hpp"
#include "pipeline/template_variables.hpp"
#include "pipeline/transform_step.hpp"

namespace signalbox::pipeline {

/// What a mapping under `transform:` says, compiled.
struct Mapping {
  std::vector<TemplateVariable> variables;
  std::optional<std::string> constant;  ///< JSON
  std::optional<Template> data;
  std::vector<std::string> remove;
  std::vector<AttributeTemplate> set;
  std::optional<RawTemplate> raw;

  /// The kind of the data that it makes; nullopt when the data stays what it is.
  std::optional<DataKind> new_data_kind() const;
};

/// The step that does it: makes exactly one deliverable, all of whose values are taken from the event as it
/// comes.
std::unique_ptr<const PureStep> make_mapping_step(Mapping mapping);

}  // namespace signalbox::pipeline
