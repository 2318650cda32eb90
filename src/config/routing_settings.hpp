#pragma once
#include <map>
#include <string>

#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// Reads the keys of a rule that say how it shares events with the other rules of its channel.
Routing read_routing(ConfigReader& read, Diagnostics& out);

/// Reads a channel's `unrouted`; `targets` are its tenant's.
Unrouted read_unrouted(ConfigReader& read, const std::map<std::string, Target, std::less<>>& targets);

/// Reports rules whose order in their group is not clear.
void check_groups(const Channel& channel, Diagnostics& out);

}  // namespace signalbox::config
