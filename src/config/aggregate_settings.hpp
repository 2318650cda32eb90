#pragma once
#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// A rule's `aggregate:`.  Faults go to `out`.
Aggregate read_aggregate(const ConfigNode& node, Diagnostics& out);

}  // namespace signalbox::config
