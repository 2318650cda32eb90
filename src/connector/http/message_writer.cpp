#include "connector/http/message_writer.hpp"

#include <algorithm>
#include <limits>

#include "base/ascii_text.hpp"
#include "base/header_field.hpp"
#include "event/codec.hpp"

namespace signalbox::connector::http {
namespace {

constexpr std::string_view kStructuredType = "Content-Type: application/cloudevents+json; charset=UTF-8\r\n";
constexpr std::string_view kBatchType = "Content-Type: application/cloudevents-batch+json; charset=UTF-8\r\n";
constexpr std::size_t kLongestTraceState = 512;

void append_length(std::string& head, std::size_t size) {
  head += "Content-Length: ";
  base::append_number(head, size);
  head += "\r\n\r\n";
}

/// A URL's path and query with what a question adds behind each.
void append_target(std::string& head, std::string_view target, const EnrichmentRequest& request) {
  const auto end = std::min(target.find('?'), target.size());
  auto path = target.substr(0, end);
  if (path.ends_with('/') && request.path.starts_with('/')) path.remove_suffix(1);
  (head += path) += request.path;
  const auto query = target.substr(std::min(end + 1, target.size()));
  if (!query.empty()) (head += '?') += query;
  if (!request.query.empty()) (head += query.empty() ? '?' : '&') += request.query;
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Attributes are any text: one that no header can carry is left out.
void append_raw_type(std::string& head, const Event& event) {
  const auto type = event.value("datacontenttype");
  if (!type.empty() && is_visible(type)) ((head += "Content-Type: ") += type) += "\r\n";
  else if (type.empty() && event.data_kind() == DataKind::json) head += "Content-Type: application/json\r\n";
}

/// Whether the head has a field of that name already.
bool has_field(std::string_view head, std::string_view name) {
  constexpr std::string_view kLineEnd = "\r\n";
  for (auto at = head.find(kLineEnd); at != std::string_view::npos; at = head.find(kLineEnd, at)) {
    at += kLineEnd.size();
    const auto line = head.substr(at, name.size() + 1);
    if (line.ends_with(':') && base::equals_ignoring_case(line.substr(0, name.size()), name)) return true;
  }
  return false;
}

/// What the target's settings say stands: a transform does not replace a credential.
void append_raw_headers(std::string& head, const RawBody& raw) {
  if (!raw.content_type.empty()) ((head += "Content-Type: ") += raw.content_type) += "\r\n";
  const auto settled = head.size();
  for (const auto& [name, value] : raw.headers)
    if (!has_field(std::string_view(head).substr(0, settled), name)) (((head += name) += ": ") += value) += "\r\n";
}

}  // namespace

std::size_t MessageWriter::write(Message& message, std::span<const Shipment> events, WallTime now) {
  auto& head = message.head;
  head = setup_.head;
  message.own_body.clear();
  const auto taken = events.front().raw ? write_raw(message, *events.front().raw) : write_events(message, events);
  finish(message, events.first(taken), now);
  append_length(head, message.body.size());
  return taken;
}

void MessageWriter::write_question(Message& message, const EnrichmentRequest& request, unsigned attempt, WallTime now) {
  auto& head = message.head;
  message.own_body.clear();
  message.body = {};
  const bool is_get = request.method == EnrichmentRequest::Method::get;
  head = is_get ? "GET " : "POST ";
  append_target(head, setup_.settings.url.target, request);
  head += std::string_view(setup_.head).substr(setup_.head.find(" HTTP/1.1\r\n"));
  Shipment shipment;
  shipment.event = request.event;
  shipment.attempt = attempt;
  const std::span<const Shipment> one(&shipment, 1);
  if (!is_get && request.body) write_raw(message, *request.body);
  if (!is_get && !request.body) write_events(message, one);
  finish(message, one, now);
  if (is_get) head += "\r\n";
  else append_length(head, message.body.size());
}

/// What every request has behind its own fields.
void MessageWriter::finish(Message& message, std::span<const Shipment> events, WallTime now) {
  auto& head = message.head;
  auto by_attempt = [](const Shipment& a, const Shipment& b) { return a.attempt < b.attempt; };
  head += "Signalbox-Attempt: ";
  base::append_number(head, std::max_element(events.begin(), events.end(), by_attempt)->attempt);
  head += "\r\n";
  append_trace(head, events);
  if (setup_.signer) append_signature(message, events, now);
}

std::size_t MessageWriter::write_raw(Message& message, const RawBody& raw) {
  append_raw_headers(message.head, raw);
  message.body = raw.bytes;
  return 1;
}

std::size_t MessageWriter::write_events(Message& message, std::span<const Shipment> events) const {
  auto& head = message.head;
  const auto& first = *events.front().event;
  const bool together = events.front().together;
  switch (together ? DeliveryMode::batch : setup_.settings.mode) {
    case DeliveryMode::binary:
      event::append_binary_headers(head, first);
      message.body = first.data();
      return 1;
    case DeliveryMode::raw:
      append_raw_type(head, first);
      message.body = first.data();
      return 1;
    case DeliveryMode::structured:
      head += kStructuredType;
      event::append_json(message.own_body, first);
      message.body = message.own_body;
      return 1;
    case DeliveryMode::batch: {
      head += kBatchType;
      const auto most = together ? std::numeric_limits<std::size_t>::max() : setup_.settings.batch_bytes.value;
      const auto taken = write_batch(message.own_body, events, most);
      message.body = message.own_body;
      return taken;
    }
  }
  return 1;
}

// JSON Batch Format (CloudEvents JSON format 1.0.2 section 4).
std::size_t MessageWriter::write_batch(std::string& body, std::span<const Shipment> events, std::size_t bytes_most) {
  std::size_t taken = 0;
  body += '[';
  for (const auto& shipment : events) {
    if (shipment.raw) break;
    const auto before = body.size();
    if (taken > 0) body += ',';
    event::append_json(body, *shipment.event);
    if (taken > 0 && body.size() >= bytes_most) {
      body.resize(before);
      break;
    }
    ++taken;
  }
  body += ']';
  return taken;
}

// Distributed tracing extension: the event's own trace goes on as the request's; several events have none in common.
void MessageWriter::append_trace(std::string& head, std::span<const Shipment> events) {
  head += "traceparent: ";
  const auto parent = events.size() == 1 ? events.front().event->value("traceparent") : std::string_view();
  if (!is_traceparent(parent)) {
    traces_.append(head);
    head += "\r\n";
    return;
  }
  (head += parent) += "\r\n";
  const auto state = events.front().event->value("tracestate");
  if (!state.empty() && state.size() <= kLongestTraceState && is_visible(state))
    ((head += "tracestate: ") += state) += "\r\n";
}

void MessageWriter::append_signature(Message& message, std::span<const Shipment> events, WallTime now) const {
  std::string sources, ids;  // of a batch, together: the same events sent again have the same id
  for (const auto& shipment : events) {
    (sources += shipment.event->source()) += '\n';
    (ids += shipment.event->id()) += '\n';
  }
  const auto id = webhook_id(sources, ids);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  auto& head = message.head;
  ((head += "webhook-id: ") += id) += "\r\nwebhook-timestamp: ";
  base::append_number(head, static_cast<std::uint64_t>(seconds));
  head += "\r\nwebhook-signature: ";
  setup_.signer->append_signature(head, id, seconds, message.body);
  head += "\r\n";
}

}  // namespace signalbox::connector::http
