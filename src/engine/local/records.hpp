#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "signalbox/channel_log.hpp"

namespace signalbox::engine::local {

// The values of the store, one pair of functions each; docs/storage-format.md has them byte by byte.  What stands in
// the key is not repeated in the value.  Reading answers nullopt when the bytes are not such a value.

/// What precedes an event's record in the log.
struct EventHeader {
  WallTime accepted_at{};
  std::uint64_t bytes_before = 0;  ///< of all events of the channel before this one, trimmed ones included
  std::string_view matched;        ///< the rule ids, still encoded
  std::string_view record;
};
void write_event(std::string& out, const StoredEvent& event, std::uint64_t bytes_before);
std::optional<EventHeader> read_event_header(std::string_view value);
/// Whether `rule` is among the encoded `matched` ones.
bool is_matched(std::string_view matched, RuleId rule);
/// `seq` is from the key.
std::optional<StoredEvent> read_event(Seq seq, std::string_view value);
/// What an event counts for in stored_bytes.
inline std::uint64_t counted_bytes(std::string_view record) { return record.size(); }

void write_retry(std::string& out, const Retry& retry);
std::optional<Retry> read_retry(const RetryKey& key, std::string_view value);
/// Whether the retry has its own copy of the event and so does not need the log's.
bool has_own_event(std::string_view retry);

void write_dead_letter(std::string& out, const DeadLetter& letter);
std::optional<DeadLetter> read_dead_letter(const DeadLetterKey& key, std::string_view value);
/// What a query looks at, without the rest.
struct DeadLetterHead {
  WallTime died_at{};
  std::string_view reason;
};
std::optional<DeadLetterHead> read_dead_letter_head(std::string_view value);

/// A lane's numbers and names, written once.
void write_lane(std::string& out, const LaneState& lane);
std::optional<LaneState> read_lane(LaneId lane, std::string_view value);

void write_progress(std::string& out, const LaneProgress& progress);
std::optional<LaneProgress> read_progress(LaneId lane, std::string_view value);

/// Of a channel as a whole.
struct Checkpoint {
  Seq first_seq = 1;
  Seq counted_to = 0;
  std::uint32_t generation = 0;  ///< how often the channel was opened and settled something: makes journey keys unique
};
void write_checkpoint(std::string& out, const Checkpoint& checkpoint);
std::optional<Checkpoint> read_checkpoint(std::string_view value);

}  // namespace signalbox::engine::local
