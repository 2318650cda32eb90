#pragma once
#include <optional>
#include <string>

#include "broker/plan.hpp"
#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::daemon {

/// A rule's `aggregate` as the broker knows it; nullopt when it gathers nothing.
std::optional<broker::Aggregate> make_aggregate_plan(const std::optional<config::Aggregate>& aggregate, Diagnostics& out);

/// Reports each rule that gathers batches for a target that takes none.  `tenant` is what was made of it; a target that
/// was at fault itself is nullptr there.
void check_batches(const config::Tenant& tenant, const broker::TenantPlan& plan, Diagnostics& out);

}  // namespace signalbox::daemon
