#include "daemon/plan.hpp"

#include <algorithm>

#include "base/nearest_name.hpp"
#include "broker/dead_letter_target.hpp"
#include "daemon/aggregate_plan.hpp"
#include "daemon/channel_routes.hpp"
#include "daemon/enrichment_check.hpp"
#include "daemon/route_plan.hpp"
#include "daemon/schema_plan.hpp"
#include "pipeline/transformer_reader.hpp"

namespace signalbox::daemon {
namespace {

pipeline::FilterSpec spec_of(const config::Filter& filter) {
  pipeline::FilterSpec spec;
  using From = config::Filter::Kind;
  using To = pipeline::FilterSpec::Kind;
  switch (filter.kind) {
    case From::everything: spec.kind = To::everything; break;
    case From::pattern: spec.kind = To::pattern; break;
    case From::filters: spec.kind = To::filters; break;
    case From::sql: spec.kind = To::sql; break;
  }
  spec.text = filter.text;
  spec.eventbridge_compat = filter.eventbridge_compat;
  return spec;
}

delivery::RetryPolicy policy_of(const config::Retry& retry) {
  delivery::RetryPolicy policy;
  policy.attempts = retry.attempts;
  policy.initial = retry.initial;
  policy.factor = retry.factor;
  policy.max = retry.max;
  policy.jitter = retry.jitter == config::Retry::Jitter::full ? delivery::RetryPolicy::Jitter::full
                                                              : delivery::RetryPolicy::Jitter::none;
  policy.max_age = retry.max_age;
  return policy;
}

std::shared_ptr<const TargetPlan> target_plan(const config::Target& target, const TargetRegistry& registry,
                                              Diagnostics& out) {
  const auto factory = registry.find(target.kind);
  if (factory != registry.end()) return factory->second->read(target.node, out);
  std::vector<std::string_view> known;
  for (const auto& [kind, made] : registry) known.push_back(kind);
  const auto nearest = base::nearest_name(target.kind, known);
  out.add(Fault{target.kind_place, target.path, "no such kind of target: " + target.kind,
                nearest.empty() ? "" : "did you mean \"" + std::string(nearest) + "\"?"});
  return nullptr;
}

bool uses_dead_letter_target(const broker::ChannelPlan& channel) {
  return std::ranges::any_of(channel.rules, [](const auto& rule) {
    return std::ranges::find(rule.targets, broker::kDeadLetterTarget) != rule.targets.end();
  });
}

}  // namespace

broker::RulePlan make_rule_plan(const std::string& name, const config::Rule& rule, Diagnostics& out) {
  broker::RulePlan plan;
  plan.name = name;
  plan.description = rule.description;
  plan.enabled = rule.enabled;
  plan.filter_spec = spec_of(rule.filter);
  auto filter = pipeline::compile_filter(plan.filter_spec);
  if (filter) plan.filter = std::move(*filter);
  else out.add(Fault{rule.filter.place, rule.filter.path, filter.error().message, ""});
  if (rule.transform) plan.transformer = pipeline::read_transformer(*rule.transform, out);
  plan.targets = rule.to;
  plan.retry = policy_of(rule.retry);
  plan.order = rule.order == config::Rule::Order::key ? broker::Order::key : broker::Order::none;
  plan.aggregate = make_aggregate_plan(rule.aggregate, out);
  plan.route = make_route(rule.routing, out);
  return plan;
}

std::vector<broker::RulePlan> make_rule_plans(const config::Channel& channel, Diagnostics& out) {
  std::vector<broker::RulePlan> rules;
  for (const auto& [name, rule] : channel.rules)
    for (auto& plan : make_choices(make_rule_plan(name, rule, out), rule, out)) rules.push_back(std::move(plan));
  if (auto unrouted = make_unrouted_plan(channel.unrouted)) rules.push_back(std::move(*unrouted));
  return rules;
}

broker::Plan make_plan(const config::Settings& settings, const TargetRegistry& targets, Diagnostics& out) {
  broker::Plan plan;
  for (const auto& [name, tenant] : settings.tenants) {
    broker::TenantPlan tenant_plan;
    check_registry_schemas(tenant, out);
    tenant_plan.limits = {tenant.limits.events_per_second, tenant.limits.stored_bytes};
    for (const auto& [target_name, target] : tenant.targets)
      tenant_plan.targets.emplace(target_name, target_plan(target, targets, out));
    for (const auto& [channel_name, channel] : tenant.channels) {
      broker::ChannelPlan channel_plan;
      channel_plan.retain = channel.retain;
      channel_plan.deduplicate = channel.deduplicate;
      channel_plan.schema_uses = make_schema_uses(channel.schemas, out);
      channel_plan.discover = channel.discovery.on;
      channel_plan.rules = make_rule_plans(channel, out);
      if (uses_dead_letter_target(channel_plan))
        tenant_plan.targets.emplace(broker::kDeadLetterTarget, broker::make_dead_letter_target());
      tenant_plan.channels.emplace(channel_name, std::move(channel_plan));
    }
    check_channel_routes(tenant, tenant_plan, out);
    check_enrichments(tenant, tenant_plan, out);
    check_batches(tenant, tenant_plan, out);
    plan.tenants.emplace(name, std::move(tenant_plan));
  }
  return plan;
}

}  // namespace signalbox::daemon
