#include "daemon/plan.hpp"

#include "base/nearest_name.hpp"
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

std::shared_ptr<const schema::Schema> compile_schema(const config::EventSchema& settings, Diagnostics& out) {
  schema::CompileOptions options;
  options.draft =
      settings.draft == config::EventSchema::Draft::v7 ? schema::Draft::v7 : schema::Draft::v2020_12;
  options.format = settings.checks_format ? schema::FormatUse::check : schema::FormatUse::annotate;
  options.resolve = [&settings](std::string_view uri) -> std::optional<std::string> {
    const auto found = settings.references.find(uri);
    return found == settings.references.end() ? std::nullopt : std::optional(found->second);
  };
  auto compiled = schema::Schema::compile(settings.text, options);
  if (compiled) return std::move(*compiled);
  out.add(Fault{settings.place, settings.path, "the schema: " + compiled.error().message, ""});
  return nullptr;
}

std::shared_ptr<const schema::EventSchemas> schemas_plan(const std::vector<config::EventSchema>& all, Diagnostics& out) {
  std::vector<schema::EventSchema> schemas;
  for (const auto& settings : all) {
    auto compiled = settings.text.empty() ? nullptr : compile_schema(settings, out);
    if (!compiled) continue;
    const auto on_invalid = settings.on_invalid == config::EventSchema::OnInvalid::tag ? schema::OnInvalid::tag
                                                                                       : schema::OnInvalid::reject;
    schemas.push_back({settings.type, settings.dataschema, std::move(compiled), on_invalid});
  }
  return schemas.empty() ? nullptr : std::make_shared<const schema::EventSchemas>(std::move(schemas));
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
  return plan;
}

broker::Plan make_plan(const config::Settings& settings, const TargetRegistry& targets, Diagnostics& out) {
  broker::Plan plan;
  for (const auto& [name, tenant] : settings.tenants) {
    broker::TenantPlan tenant_plan;
    tenant_plan.limits = {tenant.limits.events_per_second, tenant.limits.stored_bytes};
    for (const auto& [target_name, target] : tenant.targets)
      tenant_plan.targets.emplace(target_name, target_plan(target, targets, out));
    for (const auto& [channel_name, channel] : tenant.channels) {
      broker::ChannelPlan channel_plan;
      channel_plan.retain = channel.retain;
      channel_plan.deduplicate = channel.deduplicate;
      channel_plan.schemas = schemas_plan(channel.schemas, out);
      for (const auto& [rule_name, rule] : channel.rules)
        channel_plan.rules.push_back(make_rule_plan(rule_name, rule, out));
      tenant_plan.channels.emplace(channel_name, std::move(channel_plan));
    }
    plan.tenants.emplace(name, std::move(tenant_plan));
  }
  return plan;
}

}  // namespace signalbox::daemon
