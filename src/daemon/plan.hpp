#pragma once
#include "broker/plan.hpp"
#include "config/settings.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::daemon {

/// Compiles what the configuration says: filters, transforms, targets.  Every fault goes to `out`, with its place; with
/// any (warnings aside) the plan is not fit for use.  Its channels have no schemas yet: see resolve_schemas().
broker::Plan make_plan(const config::Settings& settings, const TargetRegistry& targets, Diagnostics& out);

/// The same for one rule, whatever target it chooses.
broker::RulePlan make_rule_plan(const std::string& name, const config::Rule& rule, Diagnostics& out);

/// Of all rules of a channel, the built-in one for what no rule takes included.
std::vector<broker::RulePlan> make_rule_plans(const config::Channel& channel, Diagnostics& out);

}  // namespace signalbox::daemon
