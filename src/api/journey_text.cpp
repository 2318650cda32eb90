#include "api/journey_text.hpp"

#include <algorithm>

#include "base/units.hpp"

namespace signalbox::api {
namespace {

std::string_view outcome_name(JourneyEntry::Kind kind) {
  switch (kind) {
    case JourneyEntry::Kind::delivered: return "delivered";
    case JourneyEntry::Kind::retrying: return "retrying";
    case JourneyEntry::Kind::dead: return "dead";
    case JourneyEntry::Kind::dropped: return "dropped";
    case JourneyEntry::Kind::redriven: return "redriven";
    case JourneyEntry::Kind::rerouted: return "rerouted";
    case JourneyEntry::Kind::gathered: return "gathered";
  }
  return "unknown";
}

const LaneState* find_lane(const std::vector<LaneState>& lanes, LaneId id) {
  auto found = std::find_if(lanes.begin(), lanes.end(), [&](const LaneState& lane) { return lane.lane == id; });
  return found == lanes.end() ? nullptr : &*found;
}

}  // namespace

std::vector<LaneOutcome> outcomes_of(const StoredEvent& event, const std::vector<JourneyEntry>& journey,
                                     const std::vector<LaneState>& lanes) {
  std::vector<LaneOutcome> outcomes;
  for (const auto& lane : lanes) {
    LaneOutcome outcome{&lane, "pending", 0};
    bool told = false;
    for (const auto& entry : journey) {
      if (entry.lane != lane.lane) continue;
      told = true;
      outcome.outcome = entry.kind == JourneyEntry::Kind::redriven ? "pending" : outcome_name(entry.kind);
      if (entry.attempt != 0) outcome.attempts = entry.attempt;
    }
    const bool matched = std::binary_search(event.matched.begin(), event.matched.end(), lane.rule);
    if (told || (matched && lane.created_at < event.seq)) outcomes.push_back(outcome);
  }
  return outcomes;
}

void write_attempt(JsonText& json, const AttemptRecord& attempt) {
  json.key("at").string(base::format_time(attempt.at));
  json.key("took_ms").decimal(static_cast<double>(attempt.took.count()) / 1000);
  if (attempt.status != 0) json.key("status").number(attempt.status);
  if (!attempt.error.empty()) json.key("error").string(attempt.error);
}

void write_event(JsonText& json, const StoredEvent& event, const std::vector<LaneOutcome>& outcomes,
                 const std::vector<LaneState>& lanes, const std::vector<JourneyEntry>* journey) {
  json.begin_object().key("seq").number(event.seq).key("accepted_at").string(base::format_time(event.accepted_at));
  json.key("matched").begin_array();
  for (auto rule : event.matched) {
    auto lane = std::find_if(lanes.begin(), lanes.end(), [&](const LaneState& l) { return l.rule == rule; });
    if (lane != lanes.end()) json.string(lane->rule_name);
  }
  json.end_array().key("outcomes").begin_array();
  for (const auto& outcome : outcomes) {
    json.begin_object().key("rule").string(outcome.lane->rule_name).key("target").string(outcome.lane->target_name);
    json.key("outcome").string(outcome.outcome).key("attempts").number(outcome.attempts).end_object();
  }
  json.end_array();
  if (journey) {
    json.key("journey").begin_array();
    json.begin_object().key("at").string(base::format_time(event.accepted_at)).key("what").string("accepted").end_object();
    if (event.matched.empty())
      json.begin_object().key("at").string(base::format_time(event.accepted_at)).key("what").string("unrouted").end_object();
    for (const auto& entry : *journey) {
      json.begin_object();
      const auto* lane = find_lane(lanes, entry.lane);
      json.key("what").string(outcome_name(entry.kind));
      json.key("rule").string(lane ? lane->rule_name : "").key("target").string(lane ? lane->target_name : "");
      if (entry.attempt != 0) {
        json.key("attempt").number(entry.attempt);
        write_attempt(json, entry.record);
      } else {
        json.key("at").string(base::format_time(entry.record.at));
        if (entry.kind == JourneyEntry::Kind::dropped) json.key("reason").string(entry.record.error);
        if (entry.kind == JourneyEntry::Kind::gathered) json.key("group").raw(entry.record.error);
      }
      json.end_object();
    }
    json.end_array();
  }
  json.key("event").raw(event::to_json(event.event)).end_object();
}

}  // namespace signalbox::api
