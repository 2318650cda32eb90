#pragma once
#include <optional>
#include <vector>

#include "broker/plan.hpp"
#include "config/settings.hpp"
#include "pipeline/route.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::daemon {

/// Compiles how a rule shares events with others; faults go to `out`.
pipeline::Route make_route(const config::Routing& routing, Diagnostics& out);

/// The rules that a rule which chooses its target runs as; the rule alone when it does not.
std::vector<broker::RulePlan> make_choices(broker::RulePlan plan, const config::Rule& rule, Diagnostics& out);

/// The built-in rule for what no rule takes; nullopt when that goes nowhere.
std::optional<broker::RulePlan> make_unrouted_plan(const config::Unrouted& unrouted);

}  // namespace signalbox::daemon
