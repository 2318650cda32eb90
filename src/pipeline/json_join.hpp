#pragma once
#include <span>
#include <string>
#include <string_view>

#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// `object` with `value` at the place that `names` lead to, from member to member; objects that are not there
/// yet are made, a value that is there is replaced.  Everything else stays as it was written, numbers to the
/// last digit.
///
/// Both texts are one valid JSON value each; that the result nests no deeper than is wanted is for the caller
/// to check. REQUIRES: at least one name, each valid UTF-8. Errors: invalid_argument where something that is
/// no object is in the way; null counts as nothing.
Result<std::string> join_json(std::string_view object, std::span<const std::string> names,
                              std::string_view value);

}  // namespace signalbox::pipeline
