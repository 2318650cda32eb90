#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/json_text.hpp"
#include "signalbox/channel_log.hpp"

namespace signalbox::api {

/// What became of one event for one lane.
struct LaneOutcome {
  const LaneState* lane;
  std::string_view outcome;     ///< "delivered", "pending", "retrying", "dead", "dropped", "gathered"
  std::uint32_t attempts = 0;
};

/// One entry for each lane that the event concerns.  `lanes` outlives the result.
std::vector<LaneOutcome> outcomes_of(const StoredEvent& event, const std::vector<JourneyEntry>& journey,
                                     const std::vector<LaneState>& lanes);

/// `{"seq":…,"accepted_at":…,"matched":[rule names],"outcomes":[…],"event":{…}` and, unless empty, `"journey":[…]`, `}`.
void write_event(JsonText& json, const StoredEvent& event, const std::vector<LaneOutcome>& outcomes,
                 const std::vector<LaneState>& lanes, const std::vector<JourneyEntry>* journey);

/// Members of one attempt: at, took_ms, status, error.
void write_attempt(JsonText& json, const AttemptRecord& attempt);

}  // namespace signalbox::api
