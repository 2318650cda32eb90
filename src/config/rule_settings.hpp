#pragma once
#include <map>
#include <string>

#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// Reads a rule; `targets` are its tenant's.  Filters and transforms are taken as they stand: whoever
/// compiles them reports what is wrong inside.
Rule read_rule(const ConfigNode& node, const std::map<std::string, Target, std::less<>>& targets,
               Diagnostics& out);

}  // namespace signalbox::config
