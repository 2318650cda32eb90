#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/access.hpp"
#include "base/published.hpp"
#include "broker/broker.hpp"
#include "config/settings.hpp"
#include "event/codec.hpp"
#include "http/message.hpp"

namespace signalbox::api {

/// What ingest needs of the configuration; immutable, a reload makes a new one.
struct IngestSettings {
  Access access;
  event::Limits limits;
  std::uint64_t batch_bytes = 8 << 20;
  std::optional<ChannelName> default_channel;
  std::map<ChannelName, config::Handshake> handshakes;  ///< of the channels that allow it
};

std::shared_ptr<const IngestSettings> make_ingest_settings(const config::Settings& settings);

/// The bounds that ingest puts on each event.
event::Limits event_limits(const config::ServerLimits& limits);

/// Counts since the start, by what came of the request.
struct IngestCounters {
  std::atomic<std::uint64_t> events{0}, duplicates{0}, requests{0};
  std::atomic<std::uint64_t> invalid{0}, invalid_data{0}, unauthorized{0}, not_found{0}, too_large{0}, over_quota{0}, overloaded{0},
      no_space{0}, failed{0};
};

/// Answers producers: `POST /v1/{tenant}/{channel}/events`, `POST /`, and the web-hook handshake.
class Ingest final : public http::Handler {
 public:
  /// All references outlive the object.
  Ingest(broker::Broker& broker, std::shared_ptr<const IngestSettings> settings);

  void set(std::shared_ptr<const IngestSettings> settings) { settings_.store(std::move(settings)); }
  /// From now on every request is answered 503: the daemon is stopping.
  void stop_accepting() { stopping_ = true; }

  /// Whether the store has room; without it requests are answered 507 before their body is read.
  void set_room(bool room) { room_ = room; }

  const IngestCounters& counters() const { return counters_; }

  /// The bounds on an event, and on the body of a request that holds one.
  event::Limits limits() const { return settings_.load()->limits; }
  std::uint64_t event_body_most() const;

  http::Admission on_head(const http::RequestHead& head) override;
  boost::asio::awaitable<http::Response> on_request(http::Request& request) override;
  http::Response on_fault(unsigned status, std::string_view detail) override;

 private:
  std::optional<ChannelName> channel_of(const http::RequestHead& head, const IngestSettings& settings) const;
  std::optional<http::Response> refuse(const http::RequestHead& head, const IngestSettings& settings);
  http::Response handshake(const http::RequestHead& head, const ChannelName& name, const IngestSettings& settings) const;
  void count(const Error& error);

  broker::Broker& broker_;
  base::Published<const IngestSettings> settings_;
  std::atomic<bool> stopping_{false}, room_{true};
  IngestCounters counters_;
};

}  // namespace signalbox::api
