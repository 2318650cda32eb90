#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/template.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// A short text made of what an event says, such as a key or the name of a target: "<$.data.region>-crm".
///
/// Immutable and thread-safe.
class EventText {
 public:
  /// `text` is a template whose placeholders are paths, one path alone (`$.data.customer.id`), or an
  /// attribute's name. Errors: invalid_argument, too_large.
  static Result<EventText> parse(std::string_view text);

  /// What is missing in the event counts as nothing, numbers are as they are written.  nullopt when there is
  /// no text: the result is empty, too large, or the data is no JSON.
  std::optional<std::string> of(const Event& event) const;

 private:
  explicit EventText(Template text) : template_(std::move(text)) {}

  std::string attribute_;  // when it is this attribute and nothing else
  Template template_;
  std::vector<TemplateVariable> variables_;
};

}  // namespace signalbox::pipeline
