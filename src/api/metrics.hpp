#pragma once
#include <string>

#include "api/ingest.hpp"
#include "broker/broker.hpp"
#include "http/server.hpp"
#include "registry/schema_registry.hpp"
#include "signalbox/channel_log.hpp"

namespace signalbox::api {

/// Everything worth watching, in Prometheus' text format (docs/operations.md).  A snapshot: no series is kept between
/// two calls, so a channel that is gone is gone here too.
std::string metrics_text(const broker::Topology& topology, const EngineStatus& engine, const IngestCounters& ingest,
                         const http::ServerStats& server, const registry::SchemaRegistry& schemas);

}  // namespace signalbox::api
