#pragma once
#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// Reads the value under `store:`.
Store read_store(const ConfigNode& node, Diagnostics& out);

/// Reads the value under `delivery:`.
Delivery read_delivery(const ConfigNode& node, Diagnostics& out);

}  // namespace signalbox::config
