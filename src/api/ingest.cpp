#include "api/ingest.hpp"

#include <fmt/format.h>

#include "api/problem.hpp"
#include "base/ascii_text.hpp"
#include "base/log.hpp"
#include "base/percent.hpp"

namespace signalbox::api {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kPrefix = "/v1/", kSuffix = "/events";
/// What a single event may weigh on the wire beyond its record: JSON punctuation, base64, escapes.
constexpr std::uint64_t wire_bytes(std::uint64_t record_bytes) { return record_bytes / 3 * 4 + (64 << 10); }

bool is_batch(std::string_view content_type) {
  constexpr std::string_view kBatch = "application/cloudevents-batch";
  return content_type.size() >= kBatch.size() && base::equals_ignoring_case(content_type.substr(0, kBatch.size()), kBatch);
}

/// Each event's answer: made without a format's being read.
std::string receipt_text(const Receipt& receipt, bool with_duplicates) {
  std::string text;
  text.reserve(128);
  base::append_number(text += R"({"accepted":)", receipt.accepted);
  base::append_number(text += R"(,"first_seq":)", receipt.first_seq);
  base::append_number(text += R"(,"last_seq":)", receipt.last_seq);
  if (with_duplicates) base::append_number(text += R"(,"duplicates":)", receipt.duplicates);
  return text.append("}\n");
}

http::Response later(unsigned status, std::string_view name, std::string_view detail, unsigned seconds) {
  auto response = problem(status, name, detail);
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

}  // namespace

std::shared_ptr<const IngestSettings> make_ingest_settings(const config::Settings& settings) {
  auto made = std::make_shared<IngestSettings>();
  for (const auto& [name, tenant] : settings.tenants) {
    std::vector<Key> keys;
    for (const auto& key : tenant.keys) {
      Key known{key.name, key.token, {}};
      if (key.may_publish) known.may.push_back(Right::publish);
      if (key.may_read) known.may.push_back(Right::read);
      keys.push_back(std::move(known));
    }
    made->access.add_tenant(name, keys);
    for (const auto& [channel, its] : tenant.channels)
      if (its.handshake.allow) made->handshakes.emplace(ChannelName{name, channel}, its.handshake);
  }
  made->limits = event_limits(settings.server.limits);
  made->batch_bytes = settings.server.limits.batch_bytes.value;
  made->default_channel = settings.server.default_channel;
  return made;
}

event::Limits event_limits(const config::ServerLimits& limits) {
  return {limits.event.value, limits.batch_events, limits.json_depth, limits.attributes};
}

Ingest::Ingest(broker::Broker& broker, std::shared_ptr<const IngestSettings> settings)
    : broker_(broker), settings_(std::move(settings)) {}

std::uint64_t Ingest::event_body_most() const { return wire_bytes(settings_.load()->limits.event_bytes); }

std::optional<ChannelName> Ingest::channel_of(const http::RequestHead& head, const IngestSettings& settings) const {
  auto path = head.path;
  if (path == "/") return settings.default_channel;
  if (!path.starts_with(kPrefix) || !path.ends_with(kSuffix) || path.size() <= kPrefix.size() + kSuffix.size())
    return std::nullopt;
  path.remove_prefix(kPrefix.size());
  path.remove_suffix(kSuffix.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos || path.find('/', slash + 1) != std::string_view::npos) return std::nullopt;
  auto tenant = base::percent_decode(path.substr(0, slash));
  auto channel = base::percent_decode(path.substr(slash + 1));
  if (!tenant || !channel || tenant->empty() || channel->empty()) return std::nullopt;
  return ChannelName{std::move(*tenant), std::move(*channel)};
}

/// What can be said before the body is read; nullopt: go on.
std::optional<http::Response> Ingest::refuse(const http::RequestHead& head, const IngestSettings& settings) {
  if (stopping_) return later(503, "stopping", "the daemon is stopping", 1);
  const auto name = channel_of(head, settings);
  if (!name) {
    ++counters_.not_found;
    return problem(404, "not-found", "no such path; events go to POST /v1/{tenant}/{channel}/events");
  }
  if (head.method != "POST" && head.method != "OPTIONS") {
    auto response = problem(405, "method-not-allowed", "events are sent with POST");
    response.headers.emplace_back("Allow", "POST, OPTIONS");
    return response;
  }
  if (head.method == "OPTIONS") {
    if (broker_.topology()->find(name->tenant, name->channel)) return handshake(head, *name, settings);
    return problem(404, "not-found", "no such channel");
  }
  const auto topology = broker_.topology();
  switch (settings.access.check_tenant(name->tenant, head.header("Authorization"), Right::publish)) {
    case Access::Verdict::allowed: break;
    case Access::Verdict::unauthorized:
      if (!topology->tenants.contains(name->tenant)) break;  // 404 below: there is nothing to protect
      ++counters_.unauthorized;
      return problem(401, "unauthorized", "a bearer token of this tenant is needed");
    case Access::Verdict::forbidden:
      if (!topology->tenants.contains(name->tenant)) break;
      ++counters_.unauthorized;
      return problem(403, "forbidden", "this token may not publish here");
  }
  if (!topology->find(name->tenant, name->channel)) {
    ++counters_.not_found;
    return problem(404, "not-found", "no such channel");
  }
  if (!room_) {
    ++counters_.no_space;
    return problem(Error(Errc::no_space, "too little disk space is left to take events safely"));
  }
  return std::nullopt;
}

http::Admission Ingest::on_head(const http::RequestHead& head) {
  const auto settings = settings_.load();
  if (auto refusal = refuse(head, *settings)) return http::Admission::refuse(std::move(*refusal));
  return http::Admission::admit(is_batch(head.header("Content-Type")) ? settings->batch_bytes
                                                                      : wire_bytes(settings->limits.event_bytes));
}

asio::awaitable<http::Response> Ingest::on_request(http::Request& request) {
  ++counters_.requests;
  const auto settings = settings_.load();
  const auto name = channel_of(request, *settings);
  const auto channel = name ? broker_.topology()->find(name->tenant, name->channel) : nullptr;
  if (!channel) co_return problem(404, "not-found", "no such channel");

  auto decoded = event::decode(request.headers, request.body, settings->limits);
  if (const auto* failure = std::get_if<event::DecodeFailure>(&decoded)) {
    ++(failure->kind == event::DecodeFailure::Kind::too_large ? counters_.too_large : counters_.invalid);
    co_return problem(*failure);
  }
  const auto dedup = request.header("Signalbox-Dedup");
  if (!dedup.empty() && dedup != "source-id")
    co_return problem(400, "invalid-argument", "Signalbox-Dedup: the one value known is source-id");
  auto receipt = co_await channel->publish(std::move(std::get<event::Decoded>(decoded).events), !dedup.empty());
  if (!receipt) {
    count(receipt.error());
    co_return problem(receipt.error());
  }
  counters_.events += receipt->accepted;
  counters_.duplicates += receipt->duplicates;
  co_return json_response(receipt_text(*receipt, !dedup.empty() || receipt->duplicates > 0), 202);
}

void Ingest::count(const Error& error) {
  if (error.code == Errc::invalid_data) ++counters_.invalid_data;
  else if (error.code == Errc::over_quota) ++counters_.over_quota;
  else if (error.code == Errc::overloaded) ++counters_.overloaded;
  else if (error.code == Errc::no_space) ++counters_.no_space;
  else ++counters_.failed;
}

/// CloudEvents web hook specification 1.0, section 4.
http::Response Ingest::handshake(const http::RequestHead& head, const ChannelName& name,
                                 const IngestSettings& settings) const {
  http::Response response;
  response.status = 200;
  response.headers.emplace_back("Allow", "POST");
  const auto allowed = settings.handshakes.find(name);
  const auto origin = head.header("WebHook-Request-Origin");
  if (allowed == settings.handshakes.end() || origin.empty()) return response;  // says nothing, so: not allowed
  for (const auto& known : allowed->second.origins) {
    if (known != "*" && !base::equals_ignoring_case(known, origin)) continue;
    response.headers.emplace_back("WebHook-Allowed-Origin", known == "*" ? "*" : std::string(origin));
    const auto per_minute = allowed->second.rate.per_second * 60;
    response.headers.emplace_back("WebHook-Allowed-Rate", per_minute > 0 ? fmt::format("{:.0f}", per_minute) : "*");
    break;
  }
  return response;
}

http::Response Ingest::on_fault(unsigned status, std::string_view detail) {
  if (status == 413) ++counters_.too_large;
  return problem(status, "http", detail);
}

}  // namespace signalbox::api
