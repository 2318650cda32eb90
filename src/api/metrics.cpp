#include "api/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

namespace signalbox::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

class Families {
 public:
  MetricFamily& add(const char* name, const char* help, MetricType type) {
    MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    families_.push_back(std::move(family));
    return families_.back();
  }
  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<MetricFamily> families_;
};

void put(MetricFamily& family, double value, Labels labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (family.type == MetricType::Counter) metric.counter.value = value;
  else metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}
template <std::integral Number>
void put(MetricFamily& family, Number value, Labels labels = {}) {
  put(family, static_cast<double>(value), std::move(labels));
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

struct Snapshot {
  std::string tenant, channel;
  broker::ChannelStatus status;
};

Labels labels_of(const Snapshot& snapshot) { return {{"tenant", snapshot.tenant}, {"channel", snapshot.channel}}; }
Labels labels_of(const Snapshot& snapshot, const broker::LaneStatus& lane) {
  auto labels = labels_of(snapshot);
  labels.push_back({"rule", lane.rule});
  labels.push_back({"target", lane.target});
  return labels;
}

void add_channels(Families& families, const std::vector<Snapshot>& channels) {
  const auto each = [&](const char* name, const char* help, MetricType type, auto figure) {
    auto& family = families.add(name, help, type);
    for (const auto& channel : channels) put(family, figure(channel.status), labels_of(channel));
  };
  using Status = broker::ChannelStatus;
  each("signalbox_events_accepted_total", "Events accepted since the channel began", MetricType::Counter,
       [](const Status& s) { return s.accepted; });
  each("signalbox_events_unmatched_total", "Events no rule took, since the daemon started", MetricType::Counter,
       [](const Status& s) { return s.unmatched; });
  each("signalbox_discovery_skipped_total", "Events since the daemon started that schemas could have been made of, not looked at",
       MetricType::Counter, [](const Status& s) { return s.samples_skipped; });
  auto& invalid = families.add("signalbox_events_invalid_total",
                               "Events that did not fit their schemas, since the daemon started, by what became of them",
                               MetricType::Counter);
  for (const auto& channel : channels) {
    const auto& counts = channel.status.invalid;
    const std::pair<const char*, std::uint64_t> actions[] = {
        {"reject", counts.rejected}, {"tag", counts.tagged}, {"dead_letter", counts.dead_lettered}};
    for (const auto& [action, count] : actions) {
      auto labels = labels_of(channel);
      labels.push_back({"action", action});
      put(invalid, count, std::move(labels));
    }
  }
  each("signalbox_channel_stored_bytes", "Bytes of events kept", MetricType::Gauge,
       [](const Status& s) { return s.stored_bytes; });
  each("signalbox_channel_events", "Events kept", MetricType::Gauge,
       [](const Status& s) { return s.last_seq + 1 - s.first_seq; });
}

void add_schemas(Families& families, const broker::Topology& topology, const registry::SchemaRegistry& schemas) {
  const auto registered = schemas.snapshot();
  const auto discovered = schemas.discovered_versions();
  auto& count = families.add("signalbox_schemas", "Schemas in the tenant's registry", MetricType::Gauge);
  for (const auto& [tenant, runs] : topology.tenants)
    put(count, registered->of(tenant).size(), {{"tenant", tenant}});
  auto& versions = families.add("signalbox_schemas_discovered_total",
                                "Versions of schemas made of events since the daemon started", MetricType::Counter);
  for (const auto& [tenant, runs] : topology.tenants) {
    const auto found = discovered.find(tenant);
    put(versions, found == discovered.end() ? 0 : found->second, {{"tenant", tenant}});
  }
}

void add_lanes(Families& families, const std::vector<Snapshot>& channels) {
  const auto each = [&](const char* name, const char* help, MetricType type, auto figure) {
    auto& family = families.add(name, help, type);
    for (const auto& channel : channels)
      for (const auto& lane : channel.status.lanes) put(family, figure(lane), labels_of(channel, lane));
  };
  auto& ended = families.add("signalbox_deliveries_total", "Deliveries ended since the rule began, by outcome", MetricType::Counter);
  for (const auto& channel : channels)
    for (const auto& lane : channel.status.lanes) {
      const std::pair<const char*, std::uint64_t> outcomes[] = {
          {"delivered", lane.totals.delivered}, {"dead", lane.totals.dead}, {"dropped", lane.totals.dropped}};
      for (const auto& [outcome, count] : outcomes) {
        auto labels = labels_of(channel, lane);
        labels.push_back({"outcome", outcome});
        put(ended, count, std::move(labels));
      }
    }
  using Lane = broker::LaneStatus;
  each("signalbox_deliveries_pending", "Deliveries not yet ended", MetricType::Gauge, [](const Lane& l) { return l.totals.pending(); });
  each("signalbox_deliveries_retrying", "Of the pending, those that wait for another attempt", MetricType::Gauge,
       [](const Lane& l) { return l.totals.retrying; });
  each("signalbox_deliveries_gathered", "Of the pending, those in groups that wait for more events or their first attempt",
       MetricType::Gauge, [](const Lane& l) { return l.totals.gathered; });
  each("signalbox_groups_open", "Groups that wait for more events", MetricType::Gauge, [](const Lane& l) { return l.open_groups; });
  each("signalbox_groups_closed_total", "Groups closed since the daemon started", MetricType::Counter,
       [](const Lane& l) { return l.groups_closed; });
  each("signalbox_groups_closed_early_total", "Of these, those closed because too many were open", MetricType::Counter,
       [](const Lane& l) { return l.groups_closed_early; });
  each("signalbox_deliveries_in_flight", "Attempts under way", MetricType::Gauge, [](const Lane& l) { return l.in_flight; });
  each("signalbox_attempts_total", "Attempts since the daemon started", MetricType::Counter, [](const Lane& l) { return l.attempts; });
  each("signalbox_attempts_failed_total", "Attempts that failed since the daemon started", MetricType::Counter,
       [](const Lane& l) { return l.failures; });
  each("signalbox_rule_paused", "1 while the rule is paused", MetricType::Gauge, [](const Lane& l) { return l.paused ? 1 : 0; });
  each("signalbox_target_parked", "1 while no attempts are made because the circuit is open or the target disabled",
       MetricType::Gauge, [](const Lane& l) { return l.gate.parked ? 1 : 0; });
}

void add_enrichments(Families& families, const std::vector<Snapshot>& channels) {
  const auto each = [&](const char* name, const char* help, MetricType type, auto figure) {
    auto& family = families.add(name, help, type);
    for (const auto& channel : channels)
      for (const auto& enrichment : channel.status.enrichments) {
        auto labels = labels_of(channel);
        labels.push_back({"rule", enrichment.rule});
        labels.push_back({"step", std::to_string(enrichment.step)});
        labels.push_back({"target", enrichment.target});
        put(family, figure(enrichment), std::move(labels));
      }
  };
  using Enrichment = broker::EnrichmentStatus;
  each("signalbox_enrichment_calls_total", "Requests for answers that join events", MetricType::Counter,
       [](const Enrichment& e) { return e.calls; });
  each("signalbox_enrichment_failures_total", "Of these, those without an answer that could be used",
       MetricType::Counter, [](const Enrichment& e) { return e.failures; });
  each("signalbox_enrichment_seconds_total", "Time that these requests took, together", MetricType::Counter,
       [](const Enrichment& e) { return std::chrono::duration<double>(e.calling).count(); });
  each("signalbox_enrichment_cache_hits_total", "Events that got an answer without a request of their own",
       MetricType::Counter, [](const Enrichment& e) { return e.cache_hits; });
  each("signalbox_enrichment_cache_misses_total", "Events whose answer was not in the cache", MetricType::Counter,
       [](const Enrichment& e) { return e.cache_misses; });
  each("signalbox_enrichment_cache_entries", "Answers kept", MetricType::Gauge,
       [](const Enrichment& e) { return e.cache_entries; });
  each("signalbox_enrichment_cache_bytes", "Bytes of the answers kept, about", MetricType::Gauge,
       [](const Enrichment& e) { return e.cache_bytes; });
}

void add_ingest(Families& families, const IngestCounters& ingest, const http::ServerStats& server) {
  put(families.add("signalbox_ingest_events_total", "Events accepted since the daemon started", MetricType::Counter), ingest.events.load());
  put(families.add("signalbox_ingest_duplicates_total", "Events recognised as duplicates", MetricType::Counter), ingest.duplicates.load());
  auto& refused = families.add("signalbox_ingest_refused_total", "Requests refused, by reason", MetricType::Counter);
  const std::pair<const char*, std::uint64_t> reasons[] = {
      {"invalid", ingest.invalid},       {"invalid_data", ingest.invalid_data},   {"unauthorized", ingest.unauthorized}, {"not_found", ingest.not_found},
      {"too_large", ingest.too_large},   {"over_quota", ingest.over_quota},     {"overloaded", ingest.overloaded},
      {"no_space", ingest.no_space},     {"failed", ingest.failed},             {"http", server.faults}};
  for (const auto& [reason, count] : reasons) put(refused, count, {{"reason", reason}});
  put(families.add("signalbox_ingest_connections", "Open connections of producers", MetricType::Gauge), server.connections_open);
  put(families.add("signalbox_ingest_connections_refused_total", "Connections over the limit", MetricType::Counter), server.connections_refused);
  put(families.add("signalbox_ingest_requests_total", "Requests since the daemon started", MetricType::Counter), server.requests);
}

}  // namespace

std::string metrics_text(const broker::Topology& topology, const EngineStatus& engine, const IngestCounters& ingest,
                         const http::ServerStats& server, const registry::SchemaRegistry& schemas) {
  std::vector<Snapshot> channels;
  for (const auto& [tenant_name, tenant] : topology.tenants)
    for (const auto& [channel_name, channel] : tenant->channels) channels.push_back({tenant_name, channel_name, channel->status()});
  Families families;
  put(families.add("signalbox_info", "The daemon", MetricType::Gauge), 1, {{"version", SIGNALBOX_VERSION}, {"engine", engine.name}});
  add_channels(families, channels);
  add_lanes(families, channels);
  add_enrichments(families, channels);
  add_schemas(families, topology, schemas);
  add_ingest(families, ingest, server);
  put(families.add("signalbox_store_accepting", "0 while ingest is stopped for want of disk space", MetricType::Gauge), engine.accepting ? 1 : 0);
  put(families.add("signalbox_store_free_bytes", "Free disk space under the store", MetricType::Gauge), engine.free_bytes);
  put(families.add("signalbox_store_commits_total", "Group commits written", MetricType::Counter), engine.commits);
  put(families.add("signalbox_store_committed_batches_total", "Batches in those group commits", MetricType::Counter), engine.committed_batches);
  put(families.add("process_resident_memory_bytes", "Resident memory", MetricType::Gauge), resident_bytes());
  return families.text();
}

}  // namespace signalbox::api
