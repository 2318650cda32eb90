#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/access.hpp"
#include "api/ingest.hpp"
#include "base/published.hpp"
#include "broker/broker.hpp"
#include "http/message.hpp"
#include "http/routes.hpp"
#include "http/server.hpp"
#include "pipeline/matcher.hpp"
#include "registry/schema_registry.hpp"
#include "signalbox/channel_log.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::api {

/// What came of a reload.
struct ReloadOutcome {
  Diagnostics faults;       ///< of the configuration; with any, nothing was changed
  Status applied = ok();    ///< what could not be carried out
};

/// What the admin API stands on; all of it outlives the Admin.
struct AdminServices {
  broker::Broker& broker;
  registry::SchemaRegistry& schemas;
  const Engine& engine;
  Clock& clock;
  const Ingest& ingest;
  std::function<http::ServerStats()> ingest_stats;
  std::function<boost::asio::awaitable<ReloadOutcome>()> reload;
  TimePoint started_at;
};

/// Answers operators: health, metrics, figures, events and journeys, dead letters, reload (docs/api.md).
class Admin final : public http::Handler {
 public:
  explicit Admin(AdminServices services);

  void set_access(std::shared_ptr<const Access> access) { access_.store(std::move(access)); }
  /// Ready: events can be accepted.  `reason` says why not, for /readyz; "" when ready.
  void set_readiness(std::string reason) { not_ready_.store(std::make_shared<const std::string>(std::move(reason))); }

  http::Admission on_head(const http::RequestHead& head) override;
  boost::asio::awaitable<http::Response> on_request(http::Request& request) override;
  http::Response on_fault(unsigned status, std::string_view detail) override;

  /// One request, its captures and query ready to hand.
  struct Call {
    http::Request& request;
    http::Routes::Captures captures;
    http::QueryParameters query;
    /// The parameter's value, "" when absent.
    std::string_view parameter(std::string_view name) const;
  };

 private:
  using Answer = boost::asio::awaitable<http::Response> (Admin::*)(Call&);
  struct Route {
    Right right;
    bool open;  // needs no token
    Answer answer;
  };
  void add(std::string_view method, std::string_view pattern, Right right, Answer answer, bool open = false);

  // admin_health.cpp
  boost::asio::awaitable<http::Response> healthz(Call& call);
  boost::asio::awaitable<http::Response> readyz(Call& call);
  boost::asio::awaitable<http::Response> metrics(Call& call);
  boost::asio::awaitable<http::Response> status(Call& call);
  boost::asio::awaitable<http::Response> reload(Call& call);
  // admin_tenants.cpp
  boost::asio::awaitable<http::Response> tenants(Call& call);
  boost::asio::awaitable<http::Response> tenant(Call& call);
  boost::asio::awaitable<http::Response> channel(Call& call);
  boost::asio::awaitable<http::Response> rule(Call& call);
  boost::asio::awaitable<http::Response> pause_rule(Call& call);
  boost::asio::awaitable<http::Response> resume_rule(Call& call);
  boost::asio::awaitable<http::Response> set_paused(Call& call, bool paused);
  boost::asio::awaitable<http::Response> enable_target(Call& call);
  // admin_events.cpp
  boost::asio::awaitable<http::Response> events(Call& call);
  boost::asio::awaitable<http::Response> event(Call& call);
  boost::asio::awaitable<http::Response> tail(Call& call);
  static boost::asio::awaitable<void> run_tail(std::shared_ptr<broker::TailFeed> feed,
                                               std::shared_ptr<const pipeline::Matcher> matcher,
                                               http::ResponseStream& stream);
  // admin_explain.cpp
  boost::asio::awaitable<http::Response> explain(Call& call);
  // admin_schemas.cpp
  boost::asio::awaitable<http::Response> schemas(Call& call);
  boost::asio::awaitable<http::Response> schema(Call& call);
  boost::asio::awaitable<http::Response> schema_version(Call& call);
  boost::asio::awaitable<http::Response> put_schema(Call& call);
  boost::asio::awaitable<http::Response> delete_schema(Call& call);
  std::optional<http::Response> refuse_tenant(const Call& call) const;
  // admin_dead_letters.cpp
  boost::asio::awaitable<http::Response> dead_letters(Call& call);
  boost::asio::awaitable<http::Response> redrive(Call& call);
  boost::asio::awaitable<http::Response> delete_dead_letters(Call& call);

  std::shared_ptr<broker::Channel> channel_of(const Call& call) const;

  AdminServices services_;
  http::Routes routes_;
  std::vector<Route> answers_;
  base::Published<const Access> access_;
  base::Published<const std::string> not_ready_;
};

/// "2026-11-23T18:07:00Z" as it is, "15m" as that long before `now`; nullopt when it is neither.
std::optional<WallTime> parse_moment(std::string_view text, WallTime now);

}  // namespace signalbox::api
