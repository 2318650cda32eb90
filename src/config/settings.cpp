#include "config/settings.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

#include "base/nearest_name.hpp"
#include "config/listen.hpp"
#include "config/names.hpp"
#include "config/server_settings.hpp"
#include "config/store_settings.hpp"
#include "config/tenant_settings.hpp"

namespace signalbox::config {
namespace {

constexpr std::size_t kMostTenants = 100'000;

template <class Map>
std::string hint_for_name(std::string_view name, const Map& map) {
  std::vector<std::string_view> names;
  for (const auto& entry : map) names.push_back(entry.first);
  const auto nearest = base::nearest_name(name, names);
  return nearest.empty() ? std::string() : fmt::format("did you mean \"{}\"?", nearest);
}

void check_default_channel(const Settings& settings, const ConfigNode& root, Diagnostics& out) {
  if (!settings.server.default_channel) return;
  const auto& name = *settings.server.default_channel;
  const ConfigNode& node = *root.find("server")->find("default_channel");
  const auto tenant = settings.tenants.find(name.tenant);
  if (tenant == settings.tenants.end()) {
    out.add({node.place(), node.path(), fmt::format("there is no tenant \"{}\"", name.tenant),
             hint_for_name(name.tenant, settings.tenants)});
  } else if (!tenant->second.channels.contains(name.channel)) {
    out.add({node.place(), node.path(),
             fmt::format("tenant \"{}\" has no channel \"{}\"", name.tenant, name.channel),
             hint_for_name(name.channel, tenant->second.channels)});
  }
}

}  // namespace

Settings read_settings(const ConfigNode& root, Diagnostics& out) {
  Settings settings;
  ConfigReader read(root, out);
  if (const ConfigNode* server = read.take("server")) settings.server = read_server(*server, out);
  if (const ConfigNode* store = read.take("store")) settings.store = read_store(*store, out);
  if (const ConfigNode* delivery = read.take("delivery")) settings.delivery = read_delivery(*delivery, out);
  const Reach reach = is_loopback(settings.server.ingest.listen) ? Reach::this_machine : Reach::others;
  each_named(read, "tenants", kMostTenants, out, [&](const ConfigNode::Member& tenant) {
    settings.tenants.emplace(tenant.key, read_tenant(tenant.value, reach, out));
  });
  read.done();
  check_default_channel(settings, root, out);
  return settings;
}

Settings read_rules(const ConfigNode& root, Diagnostics& out) {
  Settings settings;
  ConfigReader read(root, out);
  if (const ConfigNode* server = read.take("server"))
    settings.server.limits = read_server_limits(*server, out);
  each_named(read, "tenants", kMostTenants, out, [&](const ConfigNode::Member& tenant) {
    settings.tenants.emplace(tenant.key, read_tenant_rules(tenant.value, out));
  });
  return settings;
}

}  // namespace signalbox::config
