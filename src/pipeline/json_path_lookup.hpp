#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "pipeline/json_path.hpp"
#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// The value that `steps` lead to in `json`, as it stands there; nullopt when there is none.
///
/// `json` has been validated when the event was decoded, so this only looks for where values end, several
/// times faster than validating again.  It stays within bounds whatever the bytes are. Errors: corrupt when
/// it stumbles over what is no JSON.
Result<std::optional<std::string_view>> look_up(std::string_view json, std::span<const JsonPath::Step> steps);

}  // namespace signalbox::pipeline
