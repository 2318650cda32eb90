#pragma once
#include <string_view>

#include "broker/broker.hpp"
#include "registry/registered_schema.hpp"

namespace signalbox::daemon {

/// Lets the running channels that name schemas of the registry check events with what is there now: those of
/// one tenant, or with "" of all.  Blocks while schemas are compiled.  Thread-safe, but the calls must be in
/// the order of the snapshots.
void take_up_schemas(const broker::Topology& running, const registry::Snapshot& now, std::string_view tenant);

}  // namespace signalbox::daemon
