#include "config/tenant_settings.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <utility>

#include "config/credential.hpp"
#include "config/names.hpp"
#include "config/routing_settings.hpp"
#include "config/rule_settings.hpp"
#include "config/schema_settings.hpp"

namespace signalbox::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostKeys = 1000;
constexpr std::size_t kMostTargets = 100'000;
constexpr std::size_t kMostChannels = 100'000;
constexpr std::size_t kMostRules = 100'000;
constexpr std::uint64_t kTiB = 1ULL << 40;

TenantLimits read_tenant_limits(const ConfigNode& node, Diagnostics& out) {
  TenantLimits limits;
  ConfigReader read(node, out);
  read("events_per_second", limits.events_per_second);
  read("stored_bytes", limits.stored_bytes, Bytes{1 << 20}, Bytes{1024 * kTiB});
  read.done();
  return limits;
}

Target read_target(const ConfigNode& node, Diagnostics& out) {
  Target target;
  if (node.kind() != ConfigNode::Kind::mapping || node.members().size() != 1) {
    out.add({node.place(), node.path(), "expected one kind of target with its settings",
             "such as { http: { url: https://crm.example/events } }"});
    return target;
  }
  const auto& member = node.members().front();
  target.kind = member.key;
  target.kind_place = member.key_place;
  target.path = member.value.path();
  target.node = member.value;
  return target;
}

Handshake read_handshake(const ConfigNode& node, Diagnostics& out) {
  Handshake handshake;
  ConfigReader read(node, out);
  read("allow", handshake.allow);
  read("origins", handshake.origins);
  read("rate", handshake.rate);
  read.done();
  return handshake;
}

void read_deduplicate(ConfigReader& read, Duration& value) {
  const ConfigNode* node = read.take("deduplicate");
  if (node == nullptr || (node->kind() == ConfigNode::Kind::scalar && node->text() == "none")) return;
  read("deduplicate", value, 1s, 24h);
}

void refuse_unbuilt(ConfigReader& read, std::string_view key) {
  if (!read.has(key)) return;
  read.take(key);
  read.fault(key, fmt::format("{} are not built in", key));
}

Channel read_channel(const ConfigNode& node, const Tenant& tenant, Diagnostics& out) {
  Channel channel;
  ConfigReader read(node, out);
  read("retain", channel.retain, 1min, 24h * 3660);
  read_deduplicate(read, channel.deduplicate);
  if (const ConfigNode* handshake = read.take("handshake"))
    channel.handshake = read_handshake(*handshake, out);
  read_schemas(read, channel.schemas, out);
  channel.discovery = read_discovery(read, out);
  channel.unrouted = read_unrouted(read, tenant.targets);
  refuse_unbuilt(read, "sources");
  each_named(read, "rules", kMostRules, out, [&](const ConfigNode::Member& rule) {
    Rule settings = read_rule(rule.value, tenant.targets, out);
    settings.place = rule.key_place;
    settings.path = rule.value.path();
    channel.rules.emplace(rule.key, std::move(settings));
  });
  check_groups(channel, out);
  read.done();
  return channel;
}

void read_keys(ConfigReader& read, Tenant& tenant, Diagnostics& out) {
  CredentialReader credentials({"publish", "read"}, out);
  each_item(read, "keys", kMostKeys, [&](const ConfigNode& item) {
    if (auto key = credentials.read(item))
      tenant.keys.push_back({key->name, key->token, key->rights[0], key->rights[1]});
  });
}

void check_open(ConfigReader& read, Tenant& tenant, Reach reach) {
  read("open", tenant.open);
  const ConfigNode* keys = read.take("keys");
  const bool has_keys = keys != nullptr && !keys->items().empty();
  if (has_keys && tenant.open)
    return read.fault("open", "a tenant with keys is not open: take one of the two away");
  if (has_keys) return;
  if (!tenant.open && (reach == Reach::others || read.has("open")))
    return read.fault("keys", "missing: without keys anybody who reaches ingest could publish",
                      "give the tenant keys, or say open: true, or let ingest listen on 127.0.0.1");
  tenant.open = true;
}

void read_targets_and_channels(ConfigReader& read, Tenant& tenant, Diagnostics& out) {
  read_registry_schemas(read, tenant.schemas, out);
  each_named(read, "targets", kMostTargets, out, [&](const ConfigNode::Member& target) {
    tenant.targets.emplace(target.key, read_target(target.value, out));
  });
  each_named(read, "channels", kMostChannels, out, [&](const ConfigNode::Member& channel) {
    tenant.channels.emplace(channel.key, read_channel(channel.value, tenant, out));
  });
}

}  // namespace

Tenant read_tenant(const ConfigNode& node, Reach reach, Diagnostics& out) {
  Tenant tenant;
  ConfigReader read(node, out);
  read_keys(read, tenant, out);
  check_open(read, tenant, reach);
  if (const ConfigNode* limits = read.take("limits")) tenant.limits = read_tenant_limits(*limits, out);
  read_targets_and_channels(read, tenant, out);
  read.done();
  return tenant;
}

Tenant read_tenant_rules(const ConfigNode& node, Diagnostics& out) {
  Tenant tenant;
  ConfigReader read(node, out);
  read_targets_and_channels(read, tenant, out);
  return tenant;
}

}  // namespace signalbox::config
