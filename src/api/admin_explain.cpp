#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <iterator>
#include <variant>

#include "api/admin.hpp"
#include "api/problem.hpp"
#include "base/nearest_name.hpp"
#include "pipeline/explain.hpp"
#include "pipeline/json_reader.hpp"
#include "pipeline/route_explain.hpp"

namespace signalbox::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kRulesAtOnce = 256;      // between them the thread serves others
constexpr std::size_t kNamesLookedAt = 1'000;  // for a hint; past so many it is not worth its time

/// An event that came along, the number of one in the log, or why it is neither.
using Question = std::variant<Event, Seq, http::Response>;

/// N of a body that is `{"seq":N}` and nothing else.
std::optional<Seq> read_seq(std::string_view body) {
  using pipeline::JsonToken;
  pipeline::JsonReader reader(body, 1);
  if (reader.next() != JsonToken::object || reader.next() != JsonToken::name || reader.text() != "seq")
    return std::nullopt;
  if (reader.next() != JsonToken::number) return std::nullopt;
  Seq seq = 0;
  const auto text = reader.text();
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), seq);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (reader.next() != JsonToken::object_end || reader.next() != JsonToken::end) return std::nullopt;
  return seq;
}

/// Whether the headers say how the event is carried, as they have to on ingest.
bool says_its_mode(const http::Request& request) {
  constexpr std::string_view kFormats = "application/cloudevents";
  if (base::equals_ignoring_case(request.header("Content-Type").substr(0, kFormats.size()), kFormats))
    return true;
  return std::any_of(request.headers.begin(), request.headers.end(), [](const base::HeaderField& field) {
    return base::equals_ignoring_case(field.name.substr(0, 3), "ce-");
  });
}

Question read_question(const http::Request& request, const event::Limits& limits) {
  constexpr std::string_view kConsequence =
      "send an event in binary or structured mode, or {\"seq\":N} for one that is in the channel's log";
  static constexpr base::HeaderField kStructured[] = {{"Content-Type", "application/cloudevents+json"}};
  const bool plain = !says_its_mode(request);
  if (plain)
    if (const auto seq = read_seq(request.body)) return *seq;
  const auto headers = plain ? std::span<const base::HeaderField>(kStructured) : request.headers;
  auto decoded = event::decode(headers, request.body, limits);
  if (const auto* failure = std::get_if<event::DecodeFailure>(&decoded))
    return problem(*failure, kConsequence);
  auto& events = std::get<event::Decoded>(decoded).events;
  if (events.size() != 1)
    return problem(400, "invalid-argument",
                   fmt::format("one event at a time is explained, not {}", events.size()));
  return std::move(events.front());
}

/// 404: "no such rule; did you mean "big-orders"?"
template <class Names>
http::Response no_such(std::string_view what, std::string_view name, const Names& names) {
  std::vector<std::string_view> known;
  for (const auto& candidate : names)
    if (known.size() < kNamesLookedAt) known.push_back(candidate);
  const auto nearest = base::nearest_name(name, known);
  return problem(404, "not-found",
                 nearest.empty() ? fmt::format("no such {}", what)
                                 : fmt::format("no such {}; did you mean \"{}\"?", what, nearest));
}

http::Response no_such_rule(const broker::ChannelPlan& plan, std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& rule : plan.rules) names.push_back(rule.name);
  return no_such("rule", name, names);
}

http::Response no_such_channel(const broker::Topology& topology, std::string_view tenant,
                               std::string_view channel) {
  std::vector<std::string_view> names;
  const auto found = topology.tenants.find(tenant);
  if (found == topology.tenants.end()) {
    for (const auto& [name, its] : topology.tenants) names.push_back(name);
    return no_such("tenant", tenant, names);
  }
  for (const auto& [name, its] : found->second->channels) names.push_back(name);
  return no_such("channel", channel, names);
}

/// The rules in the order of their names: all, or the one called `only` when no other has a say in what it takes.
std::vector<pipeline::ExplainedRule> rules_of(const broker::ChannelPlan& plan, std::string_view only,
                                              const std::vector<std::string>& paused) {
  const auto asked = std::ranges::find_if(plan.rules, [&](const auto& rule) { return broker::is_rule(rule.name, only); });
  if (!only.empty() && asked == plan.rules.end()) return {};
  std::vector<pipeline::ExplainedRule> rules;
  for (const auto& rule : plan.rules) {
    if (rule.route.turn == pipeline::Route::Turn::never) continue;
    if (!only.empty() && rule.name != only && asked->route.plain()) continue;
    const bool waits = std::binary_search(paused.begin(), paused.end(), rule.name);
    rules.push_back({rule.name, rule.filter.get(), rule.targets, rule.enabled, waits, &rule.filter_spec, &rule.route});
  }
  std::ranges::sort(rules, {}, &pipeline::ExplainedRule::name);
  return rules;
}

/// Asks the rules in pieces: there may be very many, and this is an I/O thread.
asio::awaitable<std::string> explain_in_pieces(const Event& event, Seq seq, std::string_view only,
                                               std::vector<pipeline::ExplainedRule> rules) {
  const auto executor = co_await asio::this_coro::executor;
  pipeline::ExplanationText text(event, seq);
  const bool routed = pipeline::any_routed(rules);
  std::vector<pipeline::RuleVerdict> all;  // when the rules decide together
  for (std::size_t begin = 0; begin < rules.size(); begin += kRulesAtOnce) {
    if (begin != 0) co_await asio::post(executor, asio::use_awaitable);
    const auto piece = std::span(rules).subspan(begin, std::min(kRulesAtOnce, rules.size() - begin));
    const pipeline::Explainer explainer(piece);
    auto verdicts = explainer.explain(event);
    if (routed) std::ranges::move(verdicts, std::back_inserter(all));
    else text.add(verdicts);
  }
  if (routed) {
    pipeline::explain_routes(event, all);
    std::erase_if(all, [&](const auto& verdict) { return !only.empty() && !broker::is_rule(verdict.rule.name, only); });
    text.add(all);
  }
  co_return text.take() + "\n";
}

}  // namespace

asio::awaitable<http::Response> Admin::explain(Call& call) {
  const auto channel = channel_of(call);
  if (!channel) co_return no_such_channel(*services_.broker.topology(), call.captures[0], call.captures[1]);
  for (const auto& [name, value] : call.query)
    if (name != "rule") co_return problem(400, "invalid-argument", "unknown parameter " + name);
  auto question = read_question(call.request, services_.ingest.limits());
  if (auto* refusal = std::get_if<http::Response>(&question)) co_return std::move(*refusal);

  StoredEventPtr stored;
  const auto* seq = std::get_if<Seq>(&question);
  if (seq) {
    auto found = co_await channel->stored_event(*seq);
    if (!found) co_return problem(found.error());
    stored = std::move(*found);
    if (!stored) co_return problem(404, "not-found", "no event of this seq is in the channel's log");
  }
  const Event& event = stored ? stored->event : std::get<Event>(question);
  const auto plan = channel->plan();  // whose rules are looked at below
  const auto only = call.parameter("rule");
  auto rules = rules_of(*plan, only, channel->paused_rules());
  if (rules.empty() && !only.empty()) co_return no_such_rule(*plan, only);
  auto text = co_await explain_in_pieces(event, seq ? *seq : 0, only, std::move(rules));
  co_return json_response(std::move(text));
}

}  // namespace signalbox::api
