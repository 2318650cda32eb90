#pragma once
#include <memory>
#include <vector>

#include "broker/plan.hpp"
#include "config/settings.hpp"
#include "registry/schema_registry.hpp"
#include "schema/event_schemas.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::daemon {

/// What a channel says of its schemas; those that stand in the configuration are compiled.  One that does not compile is a
/// fault.
std::vector<schema::SchemaUse> make_schema_uses(const std::vector<config::EventSchema>& all, Diagnostics& out);

/// The schemas of a channel, those with a name as they are now; nullptr when it has none.
/// Errors: not_found (one with a name), and as of schema::Schema::compile().
Result<std::shared_ptr<const schema::EventSchemas>> make_event_schemas(const std::vector<schema::SchemaUse>& uses,
                                                                       const registry::TenantSchemas& registered);

/// Gives all channels of the plan their schemas.  Errors: as of make_event_schemas().
Status resolve_schemas(broker::Plan& plan, const registry::Snapshot& registered);

/// What a configuration says of the registry's schemas.
registry::Declarations make_declarations(const config::Settings& settings);

/// Finds what is wrong with the schemas that a tenant declares, as far as can be told without its registry.
void check_registry_schemas(const config::Tenant& tenant, Diagnostics& out);

/// Warns of schemas of the registry that channels name and the configuration does not declare: whether they are there
/// shows when the daemon starts.
void warn_of_undeclared(const config::Settings& settings, Diagnostics& out);

}  // namespace signalbox::daemon
