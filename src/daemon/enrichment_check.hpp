#pragma once
#include "broker/plan.hpp"
#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::daemon {

/// A fault for each target that a transform of the tenant asks and that is not there, or does not answer
/// questions.
void check_enrichments(const config::Tenant& tenant, const broker::TenantPlan& plan, Diagnostics& out);

}  // namespace signalbox::daemon
