#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace signalbox::config {

/// Reads a channel's `schemas`, if there are any: their texts as they stand.  Whoever compiles them finds
/// what is wrong in them.
void read_schemas(ConfigReader& read, std::vector<EventSchema>& schemas, Diagnostics& out);

/// Reads a tenant's `schemas`, if there are any, in the same way.
void read_registry_schemas(ConfigReader& read, std::map<std::string, RegistrySchema, std::less<>>& schemas,
                           Diagnostics& out);

/// Reads a channel's `discover`: true, false or a mapping.
Discovery read_discovery(ConfigReader& read, Diagnostics& out);

}  // namespace signalbox::config
