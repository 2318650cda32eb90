#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>

#include "api/admin.hpp"
#include "api/journey_text.hpp"
#include "api/problem.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/matcher.hpp"

namespace signalbox::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kEventsDefault = 50, kEventsMost = 1'000;
constexpr std::size_t kScannedMost = 20'000;  // events looked at in one request when the store cannot select by itself

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc{} && end == text.data() + text.size();
}

/// What the parameters of an events query say.
struct EventSelection {
  EventQuery query;
  std::string rule, outcome;
  std::unique_ptr<pipeline::Matcher> data;  // from data.<path>=value
  std::string fault;
};

bool is_json_literal(std::string_view text) {
  if (text == "true" || text == "false" || text == "null") return true;
  double number = 0;
  return !text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9')) && parse_number(text, number);
}

/// data.customer.id=7 as the pattern {"data":{"customer":{"id":["7",7]}}}.
std::string pattern_of(std::string_view path, std::string_view value) {
  std::string pattern, closing;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto dot = std::min(path.find('.', begin), path.size());
    pattern += '{';
    event::append_json_string(pattern, path.substr(begin, dot - begin));
    pattern += ':';
    closing += '}';
    begin = dot + 1;
  }
  pattern += '[';
  event::append_json_string(pattern, value);
  if (is_json_literal(value)) (pattern += ',') += value;
  return pattern + ']' + closing;
}

EventSelection read_selection(const Admin::Call& call, WallTime now) {
  EventSelection selection;
  selection.query.limit = kEventsDefault;
  std::vector<pipeline::Matcher::Rule> conditions;
  for (const auto& [name, value] : call.query) {
    if (name == "id") selection.query.id = value;
    else if (name == "source") selection.query.source = value;
    else if (name == "type") selection.query.type = value;
    else if (name == "subject") selection.query.subject = value;
    else if (name == "rule") selection.rule = value;
    else if (name == "outcome") selection.outcome = value;
    else if (name == "from" || name == "to") {
      auto moment = parse_moment(value, now);
      if (!moment) selection.fault = name + ": expected a time such as 2026-11-23T18:07:00Z or an age such as 15m";
      else (name == "from" ? selection.query.from : selection.query.to) = *moment;
    } else if (name == "limit") {
      if (!parse_number(value, selection.query.limit) || selection.query.limit == 0 || selection.query.limit > kEventsMost)
        selection.fault = "limit: expected a number from 1 to 1000";
    } else if (name == "cursor") {
      if (!parse_number(value, selection.query.before)) selection.fault = "cursor: not one this API has given";
    } else if (name.starts_with("data.")) {
      pipeline::FilterSpec spec;
      spec.kind = pipeline::FilterSpec::Kind::pattern;
      spec.text = pattern_of(name, value);
      auto filter = pipeline::compile_filter(spec);
      if (!filter) selection.fault = name + ": " + filter.error().message;
      else conditions.push_back({RuleId(static_cast<std::uint32_t>(conditions.size())), std::move(*filter)});
    } else {
      selection.fault = "unknown parameter " + name;
    }
  }
  if (!conditions.empty()) selection.data = std::make_unique<pipeline::Matcher>(std::move(conditions));
  return selection;
}

bool wanted(const EventSelection& selection, const StoredEvent& event, const std::vector<LaneOutcome>& outcomes) {
  if (selection.rule.empty() && selection.outcome.empty()) return true;
  if (selection.rule.empty() && selection.outcome == "unrouted" && event.matched.empty()) return true;
  for (const auto& outcome : outcomes)
    if ((selection.rule.empty() || broker::is_rule(outcome.lane->rule_name, selection.rule)) &&
        (selection.outcome.empty() || outcome.outcome == selection.outcome))
      return true;
  return false;
}

std::size_t condition_count(const Admin::Call& call) {
  std::size_t count = 0;
  for (const auto& [name, value] : call.query) count += name.starts_with("data.");
  return count;
}

/// One server-sent event.
std::string as_sse(const StoredEvent& event) {
  std::string text = fmt::format("id: {}\ndata: ", event.seq);
  event::append_json(text, event.event);
  return text + "\n\n";
}

}  // namespace

asio::awaitable<http::Response> Admin::events(Call& call) {
  const auto channel = channel_of(call);
  if (!channel) co_return problem(404, "not-found", "no such channel");
  auto selection = read_selection(call, services_.clock.wall_now());
  if (!selection.fault.empty()) co_return problem(400, "invalid-argument", selection.fault);
  auto lanes = co_await channel->lanes();
  if (!lanes) co_return problem(lanes.error());

  const auto limit = selection.query.limit;
  const auto conditions = condition_count(call);
  std::vector<RuleId> matched;
  std::size_t found = 0, scanned = 0;
  Seq cursor = selection.query.before;
  bool more = true;
  JsonText json;
  json.begin_object().key("events").begin_array();
  while (found < limit && more && scanned < kScannedMost) {
    selection.query.before = cursor;
    auto page = co_await channel->query(selection.query);
    if (!page) co_return problem(page.error());
    cursor = page->next_before;
    more = cursor != 0;
    for (const auto& event : page->events) {
      ++scanned;
      if (selection.data) {
        selection.data->match(event->event, matched);
        if (matched.size() != conditions) continue;
      }
      auto journey = co_await channel->journey(event->seq);
      if (!journey) co_return problem(journey.error());
      const auto outcomes = outcomes_of(*event, *journey, *lanes);
      if (!wanted(selection, *event, outcomes)) continue;
      write_event(json, *event, outcomes, *lanes, nullptr);
      if (++found == limit) {
        more = more || event != page->events.back();
        cursor = event->seq;
        break;
      }
    }
  }
  json.end_array();
  if (more && cursor != 0) json.key("cursor").string(std::to_string(cursor));
  json.end_object();
  co_return json_response(json.take());
}

asio::awaitable<http::Response> Admin::event(Call& call) {
  const auto channel = channel_of(call);
  if (!channel) co_return problem(404, "not-found", "no such channel");
  Seq seq = 0;
  if (!parse_number(std::string_view(call.captures[2]), seq)) co_return problem(400, "invalid-argument", "seq: expected a number");
  auto lanes = co_await channel->lanes();
  if (!lanes) co_return problem(lanes.error());
  auto detail = co_await channel->event(seq);
  if (!detail) co_return problem(detail.error());
  if (!detail->event) co_return problem(404, "not-found", "no event of this seq is in the channel's log");
  JsonText json;
  write_event(json, *detail->event, outcomes_of(*detail->event, detail->journey, *lanes), *lanes, &detail->journey);
  co_return json_response(json.take());
}

asio::awaitable<http::Response> Admin::tail(Call& call) {
  using namespace asio::experimental::awaitable_operators;
  const auto channel = channel_of(call);
  if (!channel) co_return problem(404, "not-found", "no such channel");
  std::shared_ptr<const pipeline::Matcher> matcher;
  if (const auto filter = call.parameter("filter"); !filter.empty()) {
    pipeline::FilterSpec spec;
    spec.kind = pipeline::FilterSpec::Kind::pattern;
    spec.text = filter;
    auto compiled = pipeline::compile_filter(spec);
    if (!compiled) co_return problem(compiled.error());
    std::vector<pipeline::Matcher::Rule> rules{{RuleId(1), std::move(*compiled)}};
    matcher = std::make_shared<const pipeline::Matcher>(std::move(rules));
  }
  auto feed = std::make_shared<broker::TailFeed>(co_await asio::this_coro::executor);
  co_await channel->add_tail(feed);
  http::Response response;
  response.headers.emplace_back("Content-Type", "text/event-stream");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.stream = [feed, matcher](http::ResponseStream& stream) { return run_tail(feed, matcher, stream); };
  co_return response;
}

asio::awaitable<void> Admin::run_tail(std::shared_ptr<broker::TailFeed> feed, std::shared_ptr<const pipeline::Matcher> matcher,
                                      http::ResponseStream& stream) {
  using namespace asio::experimental::awaitable_operators;
  std::vector<RuleId> matched;
  if (!co_await stream.write(": listening\n\n")) co_return;
  for (;;) {
    auto next = co_await (feed->next() || stream.closed());
    if (next.index() == 1) co_return;
    auto& item = std::get<0>(next);
    if (!item.event) co_return;
    if (matcher) {
      matcher->match(item.event->event, matched);
      if (matched.empty()) continue;
    }
    auto text = as_sse(*item.event);
    if (item.missed != 0) text.insert(0, fmt::format(": missed {} events, the listener is too slow\n\n", item.missed));
    if (!co_await stream.write(std::move(text))) co_return;
  }
}

}  // namespace signalbox::api
