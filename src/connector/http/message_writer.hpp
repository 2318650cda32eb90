#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "connector/http/http_target_plan.hpp"
#include "connector/http/trace_context.hpp"
#include "signalbox/enricher.hpp"
#include "signalbox/target.hpp"

namespace signalbox::connector::http {

/// A request on its way: its buffers are used again.
struct Message {
  std::string head;
  std::string own_body;    ///< for modes that make a body
  std::string_view body;   ///< own_body, or the event's data
};

/// Writes events into requests as a target's settings say (CloudEvents HTTP binding 1.0.2 section 3).
class MessageWriter {
 public:
  /// `setup` outlives the writer.
  MessageWriter(const HttpTargetSetup& setup, std::uint64_t seed) : setup_(setup), traces_(seed) {}

  /// Writes as many of `events` as one request may carry, at least one, and returns how many.  A raw body is a request
  /// of its own, whatever the mode, and events that go together are one batch, all of them; headers of it that the target's settings give too are left out.
  /// `message` refers to the events then.
  std::size_t write(Message& message, std::span<const Shipment> events, WallTime now);

  /// Writes a question about an event, the `attempt`-th time: to the target's URL with what the request adds behind its
  /// path and query, with the event or a body of its own, or neither.  `message` refers to the request then.
  void write_question(Message& message, const EnrichmentRequest& request, unsigned attempt, WallTime now);

 private:
  void finish(Message& message, std::span<const Shipment> events, WallTime now);
  static std::size_t write_raw(Message& message, const RawBody& raw);
  std::size_t write_events(Message& message, std::span<const Shipment> events) const;
  static std::size_t write_batch(std::string& body, std::span<const Shipment> events, std::size_t bytes_most);
  void append_trace(std::string& head, std::span<const Shipment> events);
  void append_signature(Message& message, std::span<const Shipment> events, WallTime now) const;

  const HttpTargetSetup& setup_;
  TraceStarter traces_;
};

}  // namespace signalbox::connector::http
