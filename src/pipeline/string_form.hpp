#pragma once
#include <string_view>
#include <vector>

#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {

/// Finds all leaves that are written `text`: as a string, and as a number or a boolean where it is one.
std::vector<Probe> string_form_probes(std::string_view text);

}  // namespace signalbox::pipeline
