#pragma once
#include "broker/plan.hpp"
#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::daemon {

/// Reports targets that name a channel which the tenant does not have, and rules that lead in a circle for
/// certain: every event that enters one would go round until its hops are used up.
void check_channel_routes(const config::Tenant& tenant, const broker::TenantPlan& plan, Diagnostics& out);

}  // namespace signalbox::daemon
