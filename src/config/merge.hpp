#pragma once
#include <vector>

#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// One tree of many, each a mapping or null.  Mappings under the same key are merged in turn; anything else
/// given twice is a fault that names both places, and the first stands.
ConfigNode merge(const std::vector<ConfigNode>& roots, Diagnostics& out);

}  // namespace signalbox::config
