#include "daemon/enrichment_check.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "base/config_path.hpp"
#include "base/nearest_name.hpp"
#include "pipeline/transformer_reader.hpp"

namespace signalbox::daemon {
namespace {

void check(const ConfigNode& target, const config::Tenant& tenant, const broker::TenantPlan& plan,
           Diagnostics& out) {
  const auto found = tenant.targets.find(target.text());
  if (found == tenant.targets.end()) {
    std::vector<std::string_view> known;
    for (const auto& entry : tenant.targets) known.push_back(entry.first);
    const auto nearest = base::nearest_name(target.text(), known);
    out.add({target.place(), target.path(), "the tenant has no target " + base::in_quotes(target.text()),
             nearest.empty() ? "" : "did you mean \"" + std::string(nearest) + "\"?"});
    return;
  }
  const auto made = plan.targets.find(target.text());
  const bool is_known = made != plan.targets.end() && made->second;  // otherwise a fault that has been told
  if (is_known && !made->second->can_enrich())
    out.add({target.place(), target.path(),
             "the target " + base::in_quotes(target.text()) + " is of the kind " + found->second.kind +
                 ", which takes events and does not answer",
             "an HTTP target can be asked"});
}

}  // namespace

void check_enrichments(const config::Tenant& tenant, const broker::TenantPlan& plan, Diagnostics& out) {
  for (const auto& [channel_name, channel] : tenant.channels)
    for (const auto& [rule_name, rule] : channel.rules) {
      if (!rule.transform) continue;
      for (const auto* target : pipeline::enrichment_targets(*rule.transform))
        if (!target->text().empty()) check(*target, tenant, plan, out);
    }
}

}  // namespace signalbox::daemon
