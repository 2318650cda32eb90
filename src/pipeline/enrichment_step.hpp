#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/template.hpp"
#include "pipeline/template_variables.hpp"
#include "pipeline/transform_step.hpp"
#include "pipeline/url_tail.hpp"

namespace signalbox::pipeline {

/// The attribute of an event that goes on without the answer it should have: why.
inline constexpr std::string_view kEnrichmentErrorAttribute = "enrichmenterror";

/// What stands under a step's `enrich:`, compiled.
struct Enrichment {
  /// What becomes of the answer.
  enum class Use : std::uint8_t {
    join,           ///< JSON: becomes a part of the data
    replace_data,   ///< becomes the data, by its media type
    replace_event,  ///< is the event, or several, or none
  };

  EnrichmentPolicy policy;
  std::string identity;
  EnrichmentRequest::Method method = EnrichmentRequest::Method::post;
  std::vector<TemplateVariable> variables;
  std::optional<PathTemplate> path;
  QueryTemplate query;
  std::optional<Template> body;  ///< nullopt: the event
  std::optional<Template> key;   ///< of the cache; nullopt: the whole request
  Use use = Use::replace_data;
  std::vector<std::string> join_at;  ///< names below `data`
};

/// The step that does it.
std::unique_ptr<const EnrichmentStep> make_enrichment_step(Enrichment enrichment);

}  // namespace signalbox::pipeline
