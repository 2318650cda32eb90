#pragma once
#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// Who can reach ingest.
enum class Reach {
  this_machine,
  others,
};

/// Reads a tenant.  One without keys is open to all who reach ingest: a fault unless that is only this
/// machine, or the tenant says `open: true`.
Tenant read_tenant(const ConfigNode& node, Reach reach, Diagnostics& out);

/// Reads a tenant's targets and channels only: no secret, and nothing is said of the rest.
Tenant read_tenant_rules(const ConfigNode& node, Diagnostics& out);

}  // namespace signalbox::config
