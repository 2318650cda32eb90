#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/task_group.hpp"
#include "base/wakeup.hpp"
#include "broker/aggregate.hpp"
#include "broker/counters.hpp"
#include "broker/enrichment_runner.hpp"
#include "broker/gatherer.hpp"
#include "broker/key_order.hpp"
#include "broker/plan.hpp"
#include "broker/progress.hpp"
#include "broker/rate_meter.hpp"
#include "broker/tail_memory.hpp"
#include "broker/target_gate.hpp"
#include "broker/transform_runner.hpp"
#include "signalbox/channel_log.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/program_runner.hpp"
#include "signalbox/target.hpp"

namespace signalbox::broker {

class Checkpoint;

/// What a lane uses of its channel; all of it outlives the lane.
struct LaneWorld {
  ChannelName channel;
  boost::asio::any_io_executor strand;
  ChannelLog& log;
  Clock& clock;
  TailMemory& memory;
  std::mt19937_64& random;
  const Seq& durable_seq;             ///< the channel's newest durable event
  Checkpoint& checkpoint;
  ProgramRunner* programs;            ///< of transforms; nullptr: there are none
};

/// What a reload may change of a lane.
struct LaneSettings {
  std::shared_ptr<Target> target;
  std::shared_ptr<TargetGate> gate;
  std::shared_ptr<const pipeline::Transformer> transformer;  ///< nullptr: as it is
  std::shared_ptr<const EnrichmentRunners> enrichments;      ///< of the transformer; nullptr: it asks nobody
  delivery::RetryPolicy retry;
  Order order = Order::none;
  std::optional<Aggregate> aggregate;   ///< nullopt: each event is delivered by itself
  bool batches = false;                 ///< the target takes any number of events as one batch
  Duration timeout = std::chrono::seconds(10);
  std::size_t concurrency = 64;
};

/// One rule delivering to one target: reads what matched, sends it, decides what follows, keeps its position.
///
/// New events come from the channel while the lane keeps up (offer()); once it falls behind it reads them from the
/// log, so a backlog costs no memory.  What fails goes to the retry index and the position moves on; what is given up
/// becomes a dead letter.  Everything a lane changes is collected by the channel's checkpoint.
///
/// A lane that gathers puts new events into groups (lane_groups.cpp).  An open group is a record among the retries that
/// is not due yet, written with the position that passes its members; a closed one is a retry that is due now, and is
/// delivered as it comes back from the log.
///
/// Thread-safety: lives on its channel's strand; only counters() and paused() may be read from elsewhere.
class Lane {
 public:
  /// `state` as the log has it, its totals counting everything up to durable_seq.
  Lane(LaneWorld world, LaneState state, LaneSettings settings);
  ~Lane();

  LaneId id() const { return state_.lane; }
  RuleId rule() const { return state_.rule; }
  const std::string& rule_name() const { return state_.rule_name; }
  const std::string& target_name() const { return state_.target_name; }
  const LaneCounters& counters() const { return counters_; }
  std::size_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }
  double delivered_per_second(TimePoint now) const { return delivered_rate_.per_second(now); }
  const std::shared_ptr<TargetGate>& gate() const { return settings_.gate; }

  void start() { runner_.spawn(run()); }
  /// Begins no more attempts; those under way go on.
  void stop() {
    stopping_ = true;
    runner_.cancel();
  }
  /// Waits until nothing of the lane runs.  REQUIRES: stop().
  boost::asio::awaitable<void> join();
  /// Cuts the attempts under way off; they come again after the next start.
  void abandon_attempts() { attempts_.cancel(); }

  /// A durable event that this lane's rule matched; in order of seq.
  void offer(const StoredEventPtr& event);

  void set(LaneSettings settings);
  void pause(bool paused);
  bool paused() const { return paused_.load(std::memory_order_relaxed); }

  /// A dead letter goes back to the retries, due now; the caller removes it from the dead letters with remove_dead.
  void redrive(const DeadLetter& letter);
  /// A dead letter of another lane, an event that this lane's rule takes now: it is delivered as if it had just come.
  void adopt(const DeadLetter& letter);
  /// A dead letter has gone to the lanes that adopted it.
  void rerouted(const DeadLetter& letter);
  /// A dead letter is deleted for good: by an operator, or because it is too old.
  void discard(const DeadLetter& letter) { forget(letter, "dead letter deleted"); }
  void expire(const DeadLetter& letter) { forget(letter, "dead letter expired"); }

  /// Moves everything that changed since the last collect() into `out`; collected() follows once it is written.
  void collect(Settlements& out);
  void collected();

  /// The lowest seq the lane still needs in the log.
  Seq needs_from() const;

  /// Asks for a checkpoint even though nothing of this lane changed, so that `counted_to` moves on.
  void touch();

 private:
  boost::asio::awaitable<void> run();
  /// A member of a group that did not go out with it.
  struct LeftOut {
    StoredEventPtr event;
    Seq seq = 0;
    std::string error;                 // of its transform; "": dropped
    std::string reason;                // why it was dropped
  };
  void forget(const DeadLetter& letter, const char* reason);
  void retry_now(const DeadLetter& letter);
  /// One delivery about to be attempted.
  struct Work {
    std::size_t shipments() const;     // still to be sent
    bool is_raw() const;
    std::span<const Seq> seqs() const;   // whose outcome it is
    std::span<const Seq> going() const;  // of these, those not left out

    StoredEventPtr event;              // nullptr: to be read from the log
    Seq seq = 0;
    std::optional<Retry> retry;        // set when it comes from the retry index
    std::optional<KeyOrder::Key> key;
    pipeline::Transformed made;        // by the transform, where there is one
    std::size_t taken = 0;             // of `made`: by the target, in an earlier attempt
    bool ended = false;                // nothing is to be sent

    bool together = false;             // goes out as a batch, however the target takes events
    std::vector<StoredEventPtr> members;  // of a group that is a batch
    std::vector<LeftOut> left_out;        // of a group's members
    std::vector<Seq> rest;                // the others, when some are left out
  };
  struct Shipping;
  using TransformerPtr = std::shared_ptr<const pipeline::Transformer>;
  /// What changes the events of an attempt; a reload may replace the lane's meanwhile.
  struct Change {
    TransformerPtr transformer;  // nullptr: nothing
    std::shared_ptr<const EnrichmentRunners> enrichments;
  };
  /// What a target has taken of the several events that a transform made of one; an attempt failed before it had all.
  struct Taken {
    TransformerPtr transformer;
    std::size_t count = 0, of = 0;
  };

  bool ready() const;
  boost::asio::awaitable<void> wait_until_ready();
  boost::asio::awaitable<Permit> acquire_permit();
  std::optional<TimePoint> nobody_to_ask_until() const;
  std::vector<Work> take_work();
  std::optional<Work> take_one();
  std::optional<Work> take_new();
  boost::asio::awaitable<void> attempt_on(std::vector<Work> works, Permit permit);
  std::vector<Work> take_more(Permit& permit);
  boost::asio::awaitable<void> attempt(std::vector<Work>& works, Permit& permit);
  boost::asio::awaitable<void> prepare(Work& work, const Change& change);
  boost::asio::awaitable<void> prepare_aside(std::vector<Work>& works, const Change& change, Permit& permit);
  boost::asio::awaitable<void> prepare_together(std::vector<Work>& works, const Change& change);
  boost::asio::awaitable<void> step_back(Permit& permit);
  boost::asio::awaitable<bool> transform(Work& work, const Change& change);
  bool transform_now(Work& work, const Change& change);
  struct Began {
    TimePoint at{};
    WallTime wall{};
  };
  bool take_result(Work& work, TransformResult result, const TransformerPtr& transformer, Began began);
  boost::asio::awaitable<bool> bring(Work& work);
  pipeline::TransformContext context_of(const StoredEvent& event) const;
  boost::asio::awaitable<TransformResult> run_steps(const StoredEvent& event, const Change& change);
  boost::asio::awaitable<void> ship(Shipping& shipping);
  boost::asio::awaitable<std::size_t> send(Shipping& shipping);
  static void append_shipments(const Work& work, std::vector<Shipment>& shipments);
  boost::asio::awaitable<Outcome> deliver(Target& target, std::span<const Shipment> shipments, TimePoint deadline);
  void settle(Work& work, const Outcome& outcome, AttemptRecord record);
  void remember_taken(const Shipping& shipping, std::size_t count);
  boost::asio::awaitable<bool> load(Work& work);
  /// Says that events, or what `what` names, could not be read, and waits until it makes sense to try again.
  boost::asio::awaitable<void> after_failed_read(Seq seq, const Error& error);
  boost::asio::awaitable<void> after_failed_read(const char* what, const Error& error);
  void settle(Work& work, const delivery::Decision& decision, AttemptRecord record);
  void fail_transform(Work& work, const Outcome& outcome, AttemptRecord record);
  void drop(const Work& work, const std::string& reason);
  void bury(const Work& work, DeadLetter letter);
  void finish(const Work& work);
  Duration age(const Work& work) const;

  // Groups.
  void gather();
  void gather_one(const StoredEvent& event, Gatherer::ClosedGroups& closed);
  bool caught_up() const { return queue_.empty() && read_from_ == 0; }
  void seal(Gatherer::Closed closed);
  void seal_all(Gatherer::ClosedGroups closed);
  boost::asio::awaitable<void> load_groups();
  void reopen(Retry retry);
  void collect_groups(Settlements& out);
  boost::asio::awaitable<bool> load_group(Work& work);
  StoredEventPtr aggregate_of(const std::vector<StoredEventPtr>& members, std::string_view key) const;
  void make_group_of(Work& work) const;
  boost::asio::awaitable<bool> transform_each(Work& work, const Change& change);
  static std::size_t take_made(Work& work, const StoredEventPtr& member, pipeline::Transformed made);
  static void leave_out(Work& work, LeftOut member);
  static void leave_out_missing(Work& work, const std::vector<StoredEventPtr>& found);
  void end_empty(Work& work);
  void settle_left_out(const Work& work, std::uint32_t attempts_made, const AttemptRecord& record);
  static bool is_unattempted(const Retry& retry);
  void leave_index(const Retry& retry);

  void start_reading();
  boost::asio::awaitable<void> read_log();
  boost::asio::awaitable<void> read_due();
  boost::asio::awaitable<void> hold_keys_of_retries();
  void reconcile();
  void drop_queue();
  void unhide(const std::vector<RetryKey>& keys);
  void enqueue(StoredEventPtr event);
  StoredEventPtr take_from_queue();
  Seq watermark() const;
  bool window_full() const;
  boost::asio::awaitable<void> wait_until(TimePoint when);
  std::optional<TimePoint> next_look() const;
  WallTime wall_now() const { return world_.clock.wall_now(); }
  void note(Seq seq, JourneyEntry::Kind kind, std::uint32_t attempt, AttemptRecord record);
  void note_all(std::span<const Seq> seqs, JourneyEntry::Kind kind, std::uint32_t attempt, const AttemptRecord& record);

  LaneWorld world_;
  LaneState state_;
  LaneSettings settings_;
  LaneCounters counters_;
  RateMeter delivered_rate_;
  std::atomic<bool> paused_{false};
  bool stopping_ = false;
  std::atomic<std::size_t> in_flight_{0};

  std::shared_ptr<base::Wakeup> wakeup_;
  std::shared_ptr<GateWaiter> waiter_;
  base::TaskGroup runner_;
  base::TaskGroup attempts_;
  base::TaskGroup readers_;

  // New events: those in memory, and from where the log must be read (0: nowhere, the lane keeps up).
  std::deque<StoredEventPtr> queue_;
  std::size_t queue_bytes_ = 0;
  Seq read_from_ = 0;
  bool reading_log_ = false;
  std::set<Seq> finished_before_;  // by an earlier run, above its watermark
  Progress progress_;

  // Retries: those due and loaded, and what is known of the rest.
  std::deque<Retry> due_;
  std::optional<WallTime> next_due_;
  std::optional<WallTime> learned_due_;  // of retries written while the index was being read
  WallTime due_floor_{};
  bool reading_due_ = false;
  std::set<RetryKey> hidden_;      // in the index, but loaded, under way or about to be removed
  bool retry_next_ = true;         // retries and new events take turns

  std::unordered_map<Seq, Taken> taken_;  // bounded: what does not fit is sent again

  // aggregate
  Gatherer gatherer_;
  std::set<RetryKey> open_keys_;   // of groups that are open or were: in the index, not to be delivered
  bool told_crowded_ = false;
  std::string json_;               // an event that is being measured

  // order: key
  KeyOrder keys_;
  std::deque<std::pair<Seq, KeyOrder::Key>> released_;  // may go now that their key is free

  // For the next checkpoint, and what the one under way has taken.
  bool touched_ = false;
  std::vector<Retry> put_retries_;
  std::vector<RetryKey> remove_retries_;
  std::vector<DeadLetter> put_dead_;
  std::vector<DeadLetterKey> remove_dead_;
  std::vector<JourneyEntry> journey_;
  std::vector<RetryKey> collecting_removed_;
  std::vector<RetryKey> removed_while_reading_;  // stay hidden until a page read before their removal is through
  std::optional<WallTime> collecting_earliest_put_;
};

}  // namespace signalbox::broker
