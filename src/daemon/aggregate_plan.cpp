#include "daemon/aggregate_plan.hpp"

#include <memory>
#include <utility>

#include "base/config_path.hpp"

namespace signalbox::daemon {
namespace {

void check_rule(const config::Rule& rule, const broker::TenantPlan& plan, Diagnostics& out) {
  if (!rule.aggregate || rule.aggregate->form != config::Aggregate::Form::batch) return;
  auto names = rule.to;
  if (rule.choice && !rule.choice->otherwise.empty()) names.push_back(rule.choice->otherwise);
  for (const auto& name : names) {
    const auto target = plan.targets.find(name);
    if (target == plan.targets.end() || target->second == nullptr || target->second->limits().batches) continue;
    out.add(Fault{rule.place, base::child_path(rule.aggregate->path, "as"),
                  "target \"" + name + "\" takes no batches",
                  "an HTTP target does, unless it has reply_to or mode: raw"});
  }
}

}  // namespace

std::optional<broker::Aggregate> make_aggregate_plan(const std::optional<config::Aggregate>& aggregate, Diagnostics& out) {
  if (!aggregate) return std::nullopt;
  broker::Aggregate plan;
  plan.every = aggregate->every;
  plan.up_to = aggregate->up_to;
  plan.bytes = static_cast<std::size_t>(aggregate->bytes.value);
  plan.form = aggregate->form == config::Aggregate::Form::batch ? EventGroup::Form::batch : EventGroup::Form::event;
  if (aggregate->by.empty()) return plan;
  plan.by = aggregate->by;
  auto key = pipeline::EventText::parse(aggregate->by);
  if (key) plan.key = std::make_shared<const pipeline::EventText>(std::move(*key));
  else out.add(Fault{aggregate->by_place, base::child_path(aggregate->path, "by"), key.error().message, ""});
  return plan;
}

void check_batches(const config::Tenant& tenant, const broker::TenantPlan& plan, Diagnostics& out) {
  for (const auto& [channel_name, channel] : tenant.channels)
    for (const auto& [name, rule] : channel.rules) check_rule(rule, plan, out);
}

}  // namespace signalbox::daemon
