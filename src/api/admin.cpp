#include "api/admin.hpp"

#include "api/problem.hpp"
#include "base/units.hpp"

namespace signalbox::api {

namespace asio = boost::asio;

namespace {
constexpr std::uint64_t kBodyMost = 1 << 20;
}

Admin::Admin(AdminServices services) : services_(std::move(services)) {
  access_.store(std::make_shared<const Access>());
  set_readiness("starting");
  add("GET", "/healthz", Right::read, &Admin::healthz, true);
  add("GET", "/readyz", Right::read, &Admin::readyz, true);
  add("GET", "/metrics", Right::read, &Admin::metrics);
  add("GET", "/v1/status", Right::read, &Admin::status);
  add("POST", "/v1/reload", Right::operate, &Admin::reload);
  add("GET", "/v1/tenants", Right::read, &Admin::tenants);
  add("GET", "/v1/tenants/{tenant}", Right::read, &Admin::tenant);
  add("POST", "/v1/tenants/{tenant}/targets/{target}/enable", Right::operate, &Admin::enable_target);
  add("GET", "/v1/tenants/{tenant}/schemas", Right::read, &Admin::schemas);
  add("GET", "/v1/tenants/{tenant}/schemas/{name}", Right::read, &Admin::schema);
  add("PUT", "/v1/tenants/{tenant}/schemas/{name}", Right::operate, &Admin::put_schema);
  add("DELETE", "/v1/tenants/{tenant}/schemas/{name}", Right::operate, &Admin::delete_schema);
  add("GET", "/v1/tenants/{tenant}/schemas/{name}/versions/{version}", Right::read, &Admin::schema_version);
  add("PUT", "/v1/tenants/{tenant}/schemas/{name}/versions/{version}", Right::operate, &Admin::put_schema);
  add("DELETE", "/v1/tenants/{tenant}/schemas/{name}/versions/{version}", Right::operate, &Admin::delete_schema);
  const std::string channel = "/v1/tenants/{tenant}/channels/{channel}";
  add("GET", channel, Right::read, &Admin::channel);
  add("GET", channel + "/rules/{rule}", Right::read, &Admin::rule);
  add("POST", channel + "/rules/{rule}/pause", Right::operate, &Admin::pause_rule);
  add("POST", channel + "/rules/{rule}/resume", Right::operate, &Admin::resume_rule);
  add("GET", channel + "/events", Right::read, &Admin::events);
  add("GET", channel + "/events/{seq}", Right::read, &Admin::event);
  add("GET", channel + "/tail", Right::read, &Admin::tail);
  add("POST", channel + "/explain", Right::read, &Admin::explain);
  add("GET", channel + "/dead-letters", Right::read, &Admin::dead_letters);
  add("POST", channel + "/dead-letters/redrive", Right::operate, &Admin::redrive);
  add("DELETE", channel + "/dead-letters", Right::operate, &Admin::delete_dead_letters);
}

void Admin::add(std::string_view method, std::string_view pattern, Right right, Answer answer, bool open) {
  routes_.add(method, pattern, static_cast<int>(answers_.size()));
  answers_.push_back(Route{right, open, answer});
}

std::string_view Admin::Call::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

http::Admission Admin::on_head(const http::RequestHead& head) {
  const auto match = routes_.match(head.method, head.path);
  using Verdict = http::Routes::Verdict;
  if (match.verdict == Verdict::bad_path) return http::Admission::refuse(problem(400, "bad-path", "malformed percent-encoding in the path"));
  if (match.verdict == Verdict::not_found) return http::Admission::refuse(problem(404, "not-found", "no such path"));
  if (match.verdict == Verdict::method_not_allowed) {
    auto response = problem(405, "method-not-allowed", "this path is not for " + std::string(head.method));
    response.headers.emplace_back("Allow", match.allow);
    return http::Admission::refuse(std::move(response));
  }
  const auto& route = answers_[static_cast<std::size_t>(match.route)];
  if (!route.open) {
    switch (access_.load()->check_operator(head.header("Authorization"), route.right)) {
      case Access::Verdict::allowed: break;
      case Access::Verdict::unauthorized:
        return http::Admission::refuse(problem(401, "unauthorized", "an operator's bearer token is needed"));
      case Access::Verdict::forbidden:
        return http::Admission::refuse(problem(403, "forbidden", "this token may not do that"));
    }
  }
  return http::Admission::admit(route.answer == &Admin::explain ? services_.ingest.event_body_most()
                                                                : kBodyMost);
}

asio::awaitable<http::Response> Admin::on_request(http::Request& request) {
  auto match = routes_.match(request.method, request.path);
  auto query = http::parse_query(request.query);
  if (!query) co_return problem(400, "bad-query", "malformed percent-encoding in the query");
  Call call{request, std::move(match.captures), std::move(*query)};
  const auto answer = answers_[static_cast<std::size_t>(match.route)].answer;
  co_return co_await (this->*answer)(call);
}

http::Response Admin::on_fault(unsigned status, std::string_view detail) { return problem(status, "http", detail); }

std::shared_ptr<broker::Channel> Admin::channel_of(const Call& call) const {
  return services_.broker.topology()->find(call.captures[0], call.captures[1]);
}

std::optional<WallTime> parse_moment(std::string_view text, WallTime now) {
  if (auto time = base::parse_time(text)) return time;
  if (auto ago = base::parse_duration(text)) return now - std::chrono::duration_cast<std::chrono::microseconds>(*ago);
  return std::nullopt;
}

}  // namespace signalbox::api
