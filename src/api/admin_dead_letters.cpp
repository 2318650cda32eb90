#include <charconv>
#include <nlohmann/json.hpp>

#include "api/admin.hpp"
#include "api/journey_text.hpp"
#include "api/problem.hpp"
#include "base/units.hpp"

namespace signalbox::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kLettersDefault = 50, kLettersMost = 1'000;

/// "seq.lane".
std::string to_cursor(const DeadLetterKey& key) { return fmt::format("{}.{}", key.seq, key.lane.value); }

std::optional<DeadLetterKey> parse_cursor(std::string_view text) {
  DeadLetterKey key;
  auto [dot, ec] = std::from_chars(text.data(), text.data() + text.size(), key.seq);
  if (ec != std::errc{} || dot == text.data() + text.size() || *dot != '.') return std::nullopt;
  auto [end, ec2] = std::from_chars(dot + 1, text.data() + text.size(), key.lane.value);
  if (ec2 != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return key;
}

/// The selectors, from the query of a listing or the body of a redrive.  A fault is the text of what is wrong.
struct LetterSelection {
  broker::DeadLetterSelector selector;
  std::size_t limit = 0;
  std::optional<DeadLetterKey> after;
  std::string fault;
};

void read_one(LetterSelection& selection, const std::string& name, const std::string& value, WallTime now) {
  auto& selector = selection.selector;
  if (name == "rule") selector.rule = value;
  else if (name == "target") selector.target = value;
  else if (name == "reason") selector.reason = value;
  else if (name == "from" || name == "to") {
    auto moment = parse_moment(value, now);
    if (!moment) selection.fault = name + ": expected a time such as 2026-11-23T18:07:00Z or an age such as 15m";
    else (name == "from" ? selector.from : selector.to) = *moment;
  } else if (name == "limit") {
    const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), selection.limit);
    if (ec != std::errc{} || end != value.data() + value.size() || selection.limit == 0)
      selection.fault = "limit: expected a number above 0";
  } else if (name == "seq") {
    Seq seq = 0;
    const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), seq);
    if (ec != std::errc{} || end != value.data() + value.size()) selection.fault = "seq: expected a number";
    else selector.seqs.push_back(seq);
  } else if (name == "cursor") {
    selection.after = parse_cursor(value);
    if (!selection.after) selection.fault = "cursor: not one this API has given";
  } else {
    selection.fault = "unknown selector " + name;
  }
}

LetterSelection read_query(const Admin::Call& call, WallTime now) {
  LetterSelection selection;
  for (const auto& [name, value] : call.query) read_one(selection, name, value, now);
  return selection;
}

/// The selectors of a redrive or a deletion stand in the body, or in the query; neither means all.
LetterSelection read_body(const Admin::Call& call, WallTime now) {
  auto selection = read_query(call, now);
  if (call.request.body.empty()) return selection;
  constexpr int kDepthMost = 4;
  const nlohmann::json::parser_callback_t shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > kDepthMost) throw std::runtime_error("nested too deeply");
    return true;
  };
  try {
    const auto body = nlohmann::json::parse(call.request.body, shallow);
    if (!body.is_object()) throw std::runtime_error("expected an object of selectors");
    for (const auto& [name, value] : body.items()) {
      if (value.is_string()) read_one(selection, name, value.get<std::string>(), now);
      else if (value.is_number_unsigned()) read_one(selection, name, std::to_string(value.get<std::uint64_t>()), now);
      else if (name == "seq" && value.is_array())
        for (const auto& seq : value) read_one(selection, name, std::to_string(seq.get<std::uint64_t>()), now);
      else selection.fault = name + ": expected a text or a number";
    }
  } catch (const std::exception& error) {
    selection.fault = std::string("the body: ") + error.what();
  }
  return selection;
}

void write_letter(JsonText& json, const DeadLetter& letter, const std::vector<LaneState>& lanes) {
  const LaneState* lane = nullptr;
  for (const auto& candidate : lanes)
    if (candidate.lane == letter.lane) lane = &candidate;
  const auto& event = letter.event.event;
  json.begin_object().key("seq").number(letter.seq).key("id").string(event.id()).key("source").string(event.source());
  json.key("rule").string(lane ? lane->rule_name : "").key("target").string(lane ? lane->target_name : "");
  json.key("reason").string(letter.reason).key("attempts").number(letter.attempts_made);
  json.key("last_status").number(letter.attempts.empty() ? 0 : letter.attempts.back().status);
  json.key("last_error").string(letter.attempts.empty() ? "" : letter.attempts.back().error);
  json.key("first_attempt").string(base::format_time(letter.first_attempt));
  json.key("last_attempt").string(base::format_time(letter.attempts.empty() ? letter.died_at : letter.attempts.back().at));
  json.key("died_at").string(base::format_time(letter.died_at));
  json.key("outcomes").begin_array();
  for (const auto& attempt : letter.attempts) {
    json.begin_object();
    write_attempt(json, attempt);
    json.end_object();
  }
  json.end_array();
  if (!letter.members.empty()) {
    json.key("members").begin_array();
    for (const auto seq : letter.members) json.number(seq);
    json.end_array();
  }
  json.key("event").raw(event::to_json(event)).end_object();
}

http::Response counted(std::size_t count, std::string_view what) {
  JsonText json;
  json.begin_object().key("count").number(count).key(what).number(count).end_object();
  return json_response(json.take());
}

}  // namespace

asio::awaitable<http::Response> Admin::dead_letters(Call& call) {
  const auto channel = channel_of(call);
  if (!channel) co_return problem(404, "not-found", "no such channel");
  auto selection = read_query(call, services_.clock.wall_now());
  if (!selection.fault.empty()) co_return problem(400, "invalid-argument", selection.fault);
  const auto limit = std::min(selection.limit == 0 ? kLettersDefault : selection.limit, kLettersMost);
  auto lanes = co_await channel->lanes();
  if (!lanes) co_return problem(lanes.error());
  auto page = co_await channel->dead_letters(std::move(selection.selector), limit, selection.after);
  if (!page) co_return problem(page.error());
  JsonText json;
  json.begin_object().key("dead_letters").begin_array();
  for (const auto& letter : page->letters) write_letter(json, letter, *lanes);
  json.end_array();
  if (page->next) json.key("cursor").string(to_cursor(*page->next));
  json.end_object();
  co_return json_response(json.take());
}

asio::awaitable<http::Response> Admin::redrive(Call& call) {
  const auto channel = channel_of(call);
  if (!channel) co_return problem(404, "not-found", "no such channel");
  auto selection = read_body(call, services_.clock.wall_now());
  if (!selection.fault.empty()) co_return problem(400, "invalid-argument", selection.fault);
  selection.selector.limit = selection.limit;
  auto count = co_await channel->redrive(std::move(selection.selector));
  if (!count) co_return problem(count.error());
  co_return counted(*count, "redriven");
}

asio::awaitable<http::Response> Admin::delete_dead_letters(Call& call) {
  const auto channel = channel_of(call);
  if (!channel) co_return problem(404, "not-found", "no such channel");
  auto selection = read_body(call, services_.clock.wall_now());
  if (!selection.fault.empty()) co_return problem(400, "invalid-argument", selection.fault);
  selection.selector.limit = selection.limit;
  auto count = co_await channel->discard(std::move(selection.selector));
  if (!count) co_return problem(count.error());
  co_return counted(*count, "deleted");
}

}  // namespace signalbox::api
