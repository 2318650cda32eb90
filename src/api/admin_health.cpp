#include <fmt/format.h>

#include "api/admin.hpp"
#include "api/json_text.hpp"
#include "api/metrics.hpp"
#include "api/problem.hpp"

namespace signalbox::api {

namespace asio = boost::asio;

asio::awaitable<http::Response> Admin::healthz(Call&) { co_return json_response("{\"status\":\"alive\"}\n"); }

asio::awaitable<http::Response> Admin::readyz(Call&) {
  const auto why_not = not_ready_.load();
  if (why_not->empty()) co_return json_response("{\"status\":\"ready\"}\n");
  auto response = problem(503, "not-ready", *why_not);
  response.headers.emplace_back("Retry-After", "1");
  co_return response;
}

asio::awaitable<http::Response> Admin::metrics(Call&) {
  http::Response response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = metrics_text(*services_.broker.topology(), services_.engine.status(), services_.ingest.counters(),
                               services_.ingest_stats(), services_.schemas);
  co_return response;
}

asio::awaitable<http::Response> Admin::status(Call&) {
  const auto totals = services_.broker.totals();
  const auto engine = services_.engine.status();
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(services_.clock.now() - services_.started_at);
  JsonText json;
  json.begin_object().key("version").string(SIGNALBOX_VERSION).key("uptime_seconds").number(uptime.count());
  json.key("ready").boolean(not_ready_.load()->empty());
  json.key("engine").string(engine.name).key("durability").string(engine.durability);
  json.key("accepting").boolean(engine.accepting).key("free_bytes").number(engine.free_bytes);
  if (!engine.reason.empty()) json.key("reason").string(engine.reason);
  json.key("accepted").number(totals.accepted).key("pending").number(totals.pending);
  json.key("delivered").number(totals.delivered).key("dead").number(totals.dead).key("dropped").number(totals.dropped);
  json.end_object();
  co_return json_response(json.take());
}

asio::awaitable<http::Response> Admin::reload(Call&) {
  auto outcome = co_await services_.reload();
  if (!outcome.faults.clean()) co_return problem(outcome.faults);
  if (!outcome.applied) co_return problem(outcome.applied.error());
  co_return json_response("{\"reloaded\":true}\n");
}

}  // namespace signalbox::api
