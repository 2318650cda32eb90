#pragma once
#include <vector>

#include "config/settings.hpp"

namespace signalbox::config {

/// Reads a channel's `schemas`, if there are any: their texts as they stand.  Whoever compiles them finds
/// what is wrong in them.
void read_schemas(ConfigReader& read, std::vector<EventSchema>& schemas, Diagnostics& out);

}  // namespace signalbox::config
