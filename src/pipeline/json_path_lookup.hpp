#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/json_path.hpp"
#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// The value that `steps` lead to in `json`, as it stands there; nullopt when there is none.
///
/// `json` has been validated when the event was decoded, so this only looks for where values end, several
/// times faster than validating again.  It stays within bounds whatever the bytes are. Errors: corrupt when
/// it stumbles over what is no JSON.
/// REQUIRES: no step is JsonPath::Each.
Result<std::optional<std::string_view>> look_up(std::string_view json, std::span<const JsonPath::Step> steps);

/// All values that `steps` lead to, in the order of the text.  Otherwise as look_up().
Result<std::vector<std::string_view>> look_up_all(std::string_view json,
                                                  std::span<const JsonPath::Step> steps);

}  // namespace signalbox::pipeline
