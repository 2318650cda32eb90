#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"
#include "signalbox/ids.hpp"
#include "signalbox/schema_store.hpp"

namespace signalbox {

/// An event in its channel's log.
struct StoredEvent {
  Seq seq = 0;                  ///< set by append()
  WallTime accepted_at{};       ///< set by the caller of append()
  std::vector<RuleId> matched;  ///< ascending; decided before the append
  Event event;
};
using StoredEventPtr = std::shared_ptr<const StoredEvent>;

/// What one attempt at a delivery came to, as journeys, retries and dead letters keep it.
struct AttemptRecord {
  WallTime at{};                         ///< when it began
  std::chrono::microseconds took{};
  std::uint16_t status = 0;              ///< HTTP status, 0: no answer
  std::string error;                     ///< "" when delivered
  bool operator==(const AttemptRecord&) const = default;
};

/// Events of one lane that were gathered into one delivery.
struct EventGroup {
  enum class Form : std::uint8_t {
    event,  ///< delivered as one event made of them
    batch,  ///< delivered as they are, in one call
  };
  std::string key;              ///< what they have in common; "": all the rule takes, or they have no key
  std::vector<Seq> members;     ///< ascending, at least one
  Form form = Form::event;
  bool open = false;            ///< more may join until the retry is due
  std::uint64_t bytes = 0;      ///< of the members, as the gatherer counts them
  std::uint64_t settings = 0;   ///< tells by which settings they were gathered
  bool operator==(const EventGroup&) const = default;
};

/// A delivery that failed and waits for its next attempt, or a group of events that waits for more or for its first.
struct Retry {
  LaneId lane;
  Seq seq = 0;
  WallTime due{};
  std::uint32_t attempts_made = 0;       ///< since accepted or redriven
  WallTime first_attempt{};
  std::vector<AttemptRecord> attempts;   ///< the latest kAttemptsKept, oldest first
  std::optional<StoredEvent> event;      ///< only when redriven: the log may have been trimmed below it
  std::optional<EventGroup> group;       ///< of gathered events; `seq` is its first member

  /// How many of the lane's deliveries it is.
  std::size_t deliveries() const { return group ? group->members.size() : 1; }
};

/// Identifies a waiting retry; (lane, due, seq) is its key.
struct RetryKey {
  LaneId lane;
  WallTime due{};
  Seq seq = 0;
  auto operator<=>(const RetryKey&) const = default;
};

/// A delivery given up on; keeps its own copy of the event.
struct DeadLetter {
  LaneId lane;
  Seq seq = 0;
  WallTime died_at{};
  std::string reason;                    ///< one of delivery/dead_letter.hpp's names, such as "attempts_exhausted"
  std::uint32_t attempts_made = 0;
  WallTime first_attempt{};
  std::vector<AttemptRecord> attempts;   ///< the latest kAttemptsKept, oldest first
  StoredEvent event;                     ///< of a group: what was made of its members
  std::vector<Seq> members;              ///< of a group delivered as one event, `seq` first; empty: `seq` alone

  /// How many of the lane's deliveries it is.
  std::size_t deliveries() const { return members.empty() ? 1 : members.size(); }
};

/// Identifies a dead letter.
struct DeadLetterKey {
  Seq seq = 0;
  LaneId lane;
  auto operator<=>(const DeadLetterKey&) const = default;
};

inline constexpr std::size_t kAttemptsKept = 32;  ///< attempts kept with a retry or dead letter; older ones are counted only

/// One line of an event's journey beyond "accepted" and "matched", which the log itself tells.
struct JourneyEntry {
  enum class Kind : std::uint8_t {
    delivered = 1,
    retrying = 2,   ///< an attempt failed, another follows
    dead = 3,
    dropped = 4,    ///< deliberately given up without a dead letter (lane removed, dead letter deleted, expired)
    redriven = 5,
    rerouted = 6,   ///< a dead letter that no rule had taken went to the rules that take it now
    gathered = 7,   ///< waits in a group for others
  };
  Seq seq = 0;
  LaneId lane;
  Kind kind = Kind::delivered;
  std::uint32_t attempt = 0;    ///< number of the attempt this tells of
  AttemptRecord record;         ///< for redriven and dropped: only `at`, and `error` as the reason;
                                ///< for gathered: only `at`, and `error` as the group's first seq
};

/// Totals of a lane since its creation; pending deliveries are matched - delivered - dead - dropped.
/// Redriving a dead letter takes it out of `dead`; deleting one leaves it there.
struct LaneTotals {
  std::uint64_t matched = 0;
  std::uint64_t delivered = 0;
  std::uint64_t dead = 0;
  std::uint64_t dropped = 0;
  std::uint64_t retrying = 0;   ///< of the pending ones, those waiting in the retry index for another attempt
  std::uint64_t gathered = 0;   ///< of the pending ones, those in groups that wait there for more or for their first
  std::uint64_t pending() const { return matched - delivered - dead - dropped; }
  bool operator==(const LaneTotals&) const = default;
};

/// How far a lane has come: everything up to `watermark` and each of `finished_above` has been delivered, dropped,
/// dead-lettered or moved to the retries, gathered ones included.
struct LaneProgress {
  LaneId lane;
  Seq watermark = 0;
  std::vector<Seq> finished_above;  ///< ascending, bounded by the lane's window
  LaneTotals totals;                ///< `matched` counts up to the batch's `counted_to`
};

/// A set of changes that become visible and durable together.
struct Settlements {
  Seq counted_to = 0;                    ///< totals.matched of every lane count the events up to here
  std::vector<LaneProgress> progress;    ///< lanes that changed
  std::vector<Retry> put_retries;
  std::vector<RetryKey> remove_retries;
  std::vector<DeadLetter> put_dead;
  std::vector<DeadLetterKey> remove_dead;
  std::vector<JourneyEntry> journey;
  bool empty() const {
    return progress.empty() && put_retries.empty() && remove_retries.empty() && put_dead.empty() &&
           remove_dead.empty() && journey.empty();
  }
};

/// A lane as the log knows it.  `target` is the target's name; rule and target names are those of the configuration.
struct LaneState {
  LaneId lane;
  RuleId rule;
  std::string rule_name;
  std::string target_name;
  Seq created_at = 0;      ///< last_seq when the lane was first bound: it never sees older events by itself
  LaneProgress progress;
};

/// What the log knows of its channel when opened.
struct ChannelState {
  Seq first_seq = 1;       ///< the oldest event still kept (last_seq + 1 when none is)
  Seq last_seq = 0;        ///< the newest event; survives trimming
  Seq counted_to = 0;      ///< of the last Settlements: events above it are not yet in any lane's totals.matched
  std::uint64_t stored_bytes = 0;  ///< of the events kept; exact to within the last segment
};

struct LaneName {
  std::string rule;
  std::string target;
  auto operator<=>(const LaneName&) const = default;
};

struct AppendReceipt {
  Seq first_seq = 0;
  Seq last_seq = 0;
};

struct ReadRequest {
  Seq from = 1;                          ///< first seq wanted
  Seq to = 0;                            ///< last seq wanted
  std::optional<RuleId> matched_by;      ///< only events that this rule matched
  std::size_t max_events = 256;
  std::size_t max_bytes = 1 << 20;       ///< stops after the event that reaches it
};
struct ReadPage {
  std::vector<StoredEventPtr> events;    ///< ascending
  Seq next = 0;                          ///< where to go on; > `to` when all was read.  May advance without events
};

struct DuePage {
  std::vector<Retry> retries;            ///< due, oldest first
  std::optional<WallTime> next_due;      ///< of the first that was not returned, if there is one
};

/// Selects events; empty strings and zero times select all.
struct EventQuery {
  std::string id, source, type, subject;
  WallTime from{}, to{};                 ///< accepted_at in [from, to)
  std::size_t limit = 50;
  Seq before = 0;                        ///< cursor: only events below this seq; 0: from the newest
};
struct EventPage {
  std::vector<StoredEventPtr> events;    ///< newest first
  Seq next_before = 0;                   ///< cursor for the next page; 0: nothing is left
};

struct DeadLetterQuery {
  std::vector<LaneId> lanes;             ///< empty: all
  std::string reason;                    ///< "": all
  WallTime from{}, to{};                 ///< died_at in [from, to)
  std::size_t limit = 50;
  std::optional<DeadLetterKey> after;    ///< cursor
};
struct DeadLetterPage {
  std::vector<DeadLetter> letters;       ///< ascending by key
  std::optional<DeadLetterKey> next;     ///< cursor for the next page
};

/// Where a channel keeps its events and every lane's progress: the engine's narrow waist.
///
/// A log is an actor's: all calls are made from the channel's strand and complete there; calls may overlap.
/// append() and settle() take effect in the order in which they were started, and a crash keeps a prefix of that
/// order.  Errors: storage, corrupt, no_space, overloaded (append() only: too much waits for the disk; nothing was
/// taken), and invalid_argument for a request that makes no sense.
/// After `storage` or `corrupt` from append() or settle() the log refuses all further writes.
class ChannelLog {
 public:
  virtual ~ChannelLog() = default;

  /// As found when the log was opened.
  virtual const ChannelState& opened_state() const = 0;

  /// Gives each lane its numbers, new ones starting after the newest event; the answer is in the order asked for.
  /// Durable when it returns.
  virtual boost::asio::awaitable<Result<std::vector<LaneState>>> bind(std::vector<LaneName> lanes) = 0;
  /// Every lane ever bound, those no longer configured included.
  virtual boost::asio::awaitable<Result<std::vector<LaneState>>> lanes() = 0;

  /// Appends all or none; durable (as `store.durability` says) when it completes.  Sets each event's seq before it
  /// completes; the events must not be changed by anybody after that.
  virtual boost::asio::awaitable<Result<AppendReceipt>> append(std::vector<std::shared_ptr<StoredEvent>> events) = 0;

  virtual boost::asio::awaitable<Result<ReadPage>> read(ReadRequest request) = 0;
  /// The events of these numbers, in their order; those that are not in the log (any more) are left out.
  virtual boost::asio::awaitable<Result<std::vector<StoredEventPtr>>> read_these(std::vector<Seq> seqs) = 0;

  /// Atomic.  Completes when written, which survives a crash of the process; a power cut may take back what is less
  /// than the checkpoint interval old, always together with everything that came after it.
  virtual boost::asio::awaitable<Status> settle(Settlements changes) = 0;

  /// Retries of a lane with `from` <= due <= `now`, at most `max`.  `from` lets the caller skip what it has removed.
  virtual boost::asio::awaitable<Result<DuePage>> due(LaneId lane, WallTime from, WallTime now, std::size_t max) = 0;

  virtual boost::asio::awaitable<Result<EventPage>> query(EventQuery query) = 0;
  /// In order of time; empty for an event of which nothing happened (yet).
  virtual boost::asio::awaitable<Result<std::vector<JourneyEntry>>> journey(Seq seq) = 0;
  virtual boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterQuery query) = 0;
  virtual boost::asio::awaitable<Result<std::optional<DeadLetter>>> dead_letter(DeadLetterKey key) = 0;

  /// Forgets events accepted before `before` with a seq up to `keep_from` - 1, with their journeys, but none that a
  /// retry still needs.  Returns the new first_seq.
  virtual boost::asio::awaitable<Result<Seq>> trim(WallTime before, Seq keep_from) = 0;

  /// Bytes of events kept now.
  virtual std::uint64_t stored_bytes() const = 0;
};

/// What the engine under all channels is and how it does.
struct EngineStatus {
  std::string name;                      ///< "rocksdb", "memory"
  std::string durability;                ///< "fsync", "os", "none"
  bool accepting = true;                 ///< false: too little free space, append() answers no_space
  std::string reason;                    ///< why not accepting or failed, for people
  std::uint64_t free_bytes = 0;
  std::uint64_t commits = 0;             ///< group commits written durably so far
  std::uint64_t committed_batches = 0;   ///< append() and settle() batches in them
};

/// The engine: opens channel logs.  Thread-safe.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Opens (creating if new) the channel's log for use on `executor`.  At most one log per channel at a time: a second
  /// is refused with `conflict`.  Errors: also storage, corrupt, no_space, invalid_argument (the name).
  virtual boost::asio::awaitable<Result<std::unique_ptr<ChannelLog>>> open(ChannelName name,
                                                                          boost::asio::any_io_executor executor) = 0;
  /// The schemas of all tenants; lives as long as the engine.
  virtual SchemaStore& schemas() = 0;
  virtual EngineStatus status() const = 0;
};

}  // namespace signalbox
