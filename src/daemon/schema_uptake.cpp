#include "daemon/schema_uptake.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "daemon/schema_plan.hpp"

namespace signalbox::daemon {

namespace log = base::log;

void take_up_schemas(const broker::Topology& running, const registry::Snapshot& now,
                     std::string_view tenant) {
  for (const auto& [tenant_name, runs] : running.tenants) {
    if (!tenant.empty() && tenant != tenant_name) continue;
    for (const auto& [channel_name, channel] : runs->channels) {
      const auto plan = channel->plan();
      if (!plan || std::ranges::all_of(plan->schema_uses, [](const auto& use) { return use.name.empty(); }))
        continue;
      auto schemas = make_event_schemas(plan->schema_uses, now.of(tenant_name));
      if (schemas)
        channel->set_schemas(std::move(*schemas));
      else
        log::error("schemas.not_taken_up", "tenant={} channel={} error={}", tenant_name, channel_name,
                   log::quoted(schemas.error().message));
    }
  }
}

}  // namespace signalbox::daemon
