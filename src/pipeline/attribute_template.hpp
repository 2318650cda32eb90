#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/template.hpp"
#include "pipeline/template_variables.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// An event's data, seen.
struct DataView {
  DataKind kind = DataKind::none;
  std::string_view bytes;
};

/// One member of a transform's `set:`, compiled: a context attribute's new value.
struct AttributeTemplate {
  std::string name;
  Template text;
  AttributeType literal_type = AttributeType::string;
  bool keeps_type = false;  ///< nothing but one place in the event: the value's own type

  /// Sets the attribute, or removes it when the value comes out empty.  `data` is what the event will have.
  /// Errors: invalid_argument when it would not be a CloudEvent then, too_large.
  Status apply(EventBuilder& builder, DataView data, const TemplateValues& values) const;
};

/// Why data of that kind cannot go by that media type; "" when it can, and when `media_type` is none at all.
std::string_view media_type_fault(std::string_view media_type, DataView data);

/// Reads `set:`.
std::vector<AttributeTemplate> read_set(const ConfigNode& node, TemplateVariables& variables,
                                        Diagnostics& out);
/// Reads `remove:`, a list of attributes' names.
std::vector<std::string> read_remove(const ConfigNode& node, Diagnostics& out);

/// A scalar's text; nullptr (and a fault) for anything else.
const std::string* scalar_text(const ConfigNode& node, Diagnostics& out, std::string_view expected);

}  // namespace signalbox::pipeline
