#include <algorithm>

#include "api/admin.hpp"
#include "api/json_text.hpp"
#include "api/problem.hpp"
#include "base/units.hpp"
#include "broker/dead_letter_target.hpp"

namespace signalbox::api {

namespace asio = boost::asio;

namespace {

void write_totals(JsonText& json, const LaneTotals& totals) {
  json.key("matched").number(totals.matched).key("delivered").number(totals.delivered);
  json.key("dead").number(totals.dead).key("dropped").number(totals.dropped);
  json.key("pending").number(totals.pending()).key("retrying").number(totals.retrying);
  json.key("gathered").number(totals.gathered);
}

void write_lane(JsonText& json, const broker::LaneStatus& lane) {
  json.begin_object().key("target").string(lane.target);
  write_totals(json, lane.totals);
  json.key("in_flight").number(lane.in_flight).key("attempts").number(lane.attempts);
  json.key("delivered_per_second").decimal(lane.delivered_per_second);
  json.key("open_groups").number(lane.open_groups);
  json.key("failed_attempts").number(lane.failures).key("circuit").string(lane.gate.circuit);
  json.key("parked").boolean(lane.gate.parked).end_object();
}

/// `name`: the rule's, or of one that runs as several, for its choices, as it is configured: then of all of them.
void write_rule(JsonText& json, std::string_view name, const broker::RulePlan& rule, const broker::ChannelStatus& status) {
  constexpr const char* kKinds[] = {"everything", "pattern", "filters", "sql"};
  json.begin_object().key("name").string(name);
  if (!rule.description.empty()) json.key("description").string(rule.description);
  json.key("enabled").boolean(rule.enabled);
  const auto& filter = rule.filter_spec;
  json.key("filter").begin_object().key("kind").string(kKinds[static_cast<std::size_t>(filter.kind)]);
  using Kind = pipeline::FilterSpec::Kind;
  if (filter.kind == Kind::sql) json.key("text").string(filter.text);
  else if (filter.kind != Kind::everything) json.key("text").raw(filter.text);
  if (filter.eventbridge_compat) json.key("compat").string("eventbridge");
  json.end_object();
  json.key("transform").boolean(rule.transformer != nullptr);
  json.key("order").string(rule.order == broker::Order::key ? "key" : "none");
  if (rule.aggregate) {
    const auto& aggregate = *rule.aggregate;
    json.key("aggregate").begin_object();
    if (aggregate.key) json.key("by").string(aggregate.by);
    json.key("every").string(base::format_duration(aggregate.every)).key("up_to").number(aggregate.up_to);
    json.key("bytes").number(aggregate.bytes);
    json.key("as").string(aggregate.form == EventGroup::Form::batch ? "batch" : "event").end_object();
  }
  const auto& retry = rule.retry;
  json.key("retry").begin_object().key("attempts").number(retry.attempts);
  json.key("initial").string(base::format_duration(retry.initial)).key("factor").decimal(retry.factor);
  json.key("max").string(base::format_duration(retry.max));
  json.key("jitter").string(retry.jitter == delivery::RetryPolicy::Jitter::full ? "full" : "none");
  json.key("max_age").string(base::format_duration(retry.max_age)).end_object();
  LaneTotals sum;
  bool paused = false;
  std::size_t in_flight = 0;
  for (const auto& lane : status.lanes) {
    if (!broker::is_rule(lane.rule, name)) continue;
    sum.matched += lane.totals.matched, sum.delivered += lane.totals.delivered, sum.dead += lane.totals.dead;
    sum.dropped += lane.totals.dropped, sum.retrying += lane.totals.retrying;
    sum.gathered += lane.totals.gathered;
    paused = paused || lane.paused;
    in_flight += lane.in_flight;
  }
  json.key("paused").boolean(paused);
  write_totals(json, sum);
  json.key("lag").number(sum.pending()).key("in_flight").number(in_flight);
  json.key("targets").begin_array();
  for (const auto& lane : status.lanes)
    if (broker::is_rule(lane.rule, name)) write_lane(json, lane);
  json.end_array().end_object();
}

/// "drop", or the target that the built-in rule for what no rule takes delivers to.
std::string unrouted_of(const broker::ChannelPlan& plan) {
  const auto rule = std::ranges::find(plan.rules, broker::kUnroutedRule, &broker::RulePlan::name);
  if (rule == plan.rules.end()) return "drop";
  return rule->targets.front() == broker::kDeadLetterTarget ? "dead_letter" : rule->targets.front();
}

void write_channel(JsonText& json, const broker::Channel& channel, bool with_rules) {
  const auto plan = channel.plan();
  const auto status = channel.status();
  LaneTotals sum = channel.lane_totals();
  json.begin_object().key("name").string(channel.name().channel);
  json.key("retain").string(base::format_duration(plan->retain));
  if (plan->deduplicate > Duration::zero()) json.key("deduplicate").string(base::format_duration(plan->deduplicate));
  json.key("accepted").number(status.accepted).key("first_seq").number(status.first_seq);
  json.key("last_seq").number(status.last_seq).key("depth").number(status.last_seq + 1 - status.first_seq);
  json.key("unrouted").string(unrouted_of(*plan));
  json.key("stored_bytes").number(status.stored_bytes).key("unmatched").number(status.unmatched);
  json.key("accepted_per_second").decimal(status.accepted_per_second);
  write_totals(json, sum);
  if (with_rules) {
    json.key("rules").begin_array();
    for (const auto& rule : plan->rules) write_rule(json, rule.name, rule, status);
    json.end_array();
  } else {
    json.key("rules").number(plan->rules.size());
  }
  json.end_object();
}

void write_tenant(JsonText& json, const broker::Tenant& tenant) {
  json.begin_object().key("name").string(tenant.name);
  json.key("limits").begin_object();
  json.key("events_per_second").decimal(tenant.plan->limits.events.per_second);
  json.key("stored_bytes").number(tenant.plan->limits.stored.value).end_object();
  json.key("targets").begin_array();
  for (const auto& [name, target] : tenant.targets) {
    const auto gate = target.gate->snapshot();
    json.begin_object().key("name").string(name).key("does").string(target.plan->describe());
    json.key("circuit").string(gate.circuit).key("in_flight").number(gate.in_flight).end_object();
  }
  json.end_array().key("channels").begin_array();
  for (const auto& [name, channel] : tenant.channels) write_channel(json, *channel, false);
  json.end_array().end_object();
}

http::Response no_such(std::string_view what) { return problem(404, "not-found", "no such " + std::string(what)); }

}  // namespace

asio::awaitable<http::Response> Admin::tenants(Call&) {
  const auto topology = services_.broker.topology();
  JsonText json;
  json.begin_object().key("tenants").begin_array();
  for (const auto& [name, tenant] : topology->tenants) write_tenant(json, *tenant);
  json.end_array().end_object();
  co_return json_response(json.take());
}

asio::awaitable<http::Response> Admin::tenant(Call& call) {
  const auto topology = services_.broker.topology();
  const auto found = topology->tenants.find(call.captures[0]);
  if (found == topology->tenants.end()) co_return no_such("tenant");
  JsonText json;
  write_tenant(json, *found->second);
  co_return json_response(json.take());
}

asio::awaitable<http::Response> Admin::channel(Call& call) {
  const auto channel = channel_of(call);
  if (!channel) co_return no_such("channel");
  JsonText json;
  write_channel(json, *channel, true);
  co_return json_response(json.take());
}

asio::awaitable<http::Response> Admin::rule(Call& call) {
  const auto channel = channel_of(call);
  if (!channel) co_return no_such("channel");
  const auto plan = channel->plan();
  for (const auto& rule : plan->rules)
    if (broker::is_rule(rule.name, call.captures[2])) {
      JsonText json;
      write_rule(json, call.captures[2], rule, channel->status());
      co_return json_response(json.take());
    }
  co_return no_such("rule");
}

asio::awaitable<http::Response> Admin::pause_rule(Call& call) { return set_paused(call, true); }
asio::awaitable<http::Response> Admin::resume_rule(Call& call) { return set_paused(call, false); }

asio::awaitable<http::Response> Admin::set_paused(Call& call, bool paused) {
  const auto channel = channel_of(call);
  if (!channel) co_return no_such("channel");
  auto status = co_await channel->pause(call.captures[2], paused);
  if (!status) co_return problem(status.error());
  co_return json_response(paused ? "{\"paused\":true}\n" : "{\"paused\":false}\n");
}

asio::awaitable<http::Response> Admin::enable_target(Call& call) {
  const auto topology = services_.broker.topology();
  const auto tenant = topology->tenants.find(call.captures[0]);
  if (tenant == topology->tenants.end()) co_return no_such("tenant");
  const auto target = tenant->second->targets.find(call.captures[1]);
  if (target == tenant->second->targets.end()) co_return no_such("target");
  target->second.gate->enable();
  co_return json_response("{\"enabled\":true}\n");
}

}  // namespace signalbox::api
