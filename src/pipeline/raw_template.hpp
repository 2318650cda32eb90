#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/template.hpp"
#include "pipeline/template_variables.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"
#include "signalbox/raw_body.hpp"

namespace signalbox::pipeline {

/// What stands under a transform's `raw:`, compiled: how the data goes out as a body of its own, without the
/// event.
struct RawTemplate {
  static constexpr std::size_t kHeadersMax = 50;

  std::string content_type;  ///< "": what the data is
  std::vector<std::pair<std::string, Template>> headers;

  /// The data of `event` as it is; a header whose value comes out empty is left out.
  /// Errors: invalid_argument for a value that no header can carry.
  Result<RawBody> render(const Event& event, const TemplateValues& values) const;
};

/// Reads `raw:`; faults go to `out`.
RawTemplate read_raw(const ConfigNode& node, TemplateVariables& variables, Diagnostics& out);

}  // namespace signalbox::pipeline
