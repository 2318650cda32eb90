#pragma once
#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// Reads the value under `server:`.
Server read_server(const ConfigNode& node, Diagnostics& out);

/// Reads what is under `limits:` in it, and nothing else.
ServerLimits read_server_limits(const ConfigNode& node, Diagnostics& out);

}  // namespace signalbox::config
