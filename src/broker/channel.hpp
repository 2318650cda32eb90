#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/inbox.hpp"
#include "base/published.hpp"
#include "base/task_group.hpp"
#include "broker/checkpoint.hpp"
#include "broker/dedup_window.hpp"
#include "broker/lane.hpp"
#include "broker/pauses.hpp"
#include "broker/plan.hpp"
#include "broker/quota.hpp"
#include "broker/rate_meter.hpp"
#include "broker/rule_compiler.hpp"
#include "broker/rule_set.hpp"
#include "broker/sample_gate.hpp"
#include "broker/tail_feed.hpp"
#include "signalbox/channel_log.hpp"
#include "signalbox/publisher.hpp"

namespace signalbox::broker {

/// A tenant's target at run time: its plan, and what all lanes that send to it share.
struct TargetRuntime {
  std::shared_ptr<const TargetPlan> plan;
  std::shared_ptr<TargetGate> gate;
};
using TargetRuntimes = std::map<std::string, TargetRuntime>;

/// What a channel uses of its broker; outlives the channel.
struct ChannelWorld {
  boost::asio::any_io_executor executor;  ///< the channel's strand
  Clock& clock;
  TailMemory& memory;
  std::shared_ptr<Quota> quota;           ///< the tenant's
  BrokerOptions options;
  Pauses& pauses;
  RuleCompiler& compiler;
  std::shared_ptr<const TenantChannels> channels;  ///< the tenant's, for targets that publish into one
};

/// Live figures of one lane.
struct LaneStatus {
  std::string rule, target;
  LaneTotals totals;
  std::uint64_t attempts = 0, failures = 0;  ///< since the start of the process
  std::uint64_t open_groups = 0;             ///< of gathered events
  std::uint64_t groups_closed = 0, groups_closed_early = 0;  ///< since the start of the process; early: of all, for want of room
  std::size_t in_flight = 0;
  double delivered_per_second = 0;           ///< over the last ten seconds
  bool paused = false;
  TargetGate::Snapshot gate;
};

/// Events that did not fit their schemas, by what became of them.
struct InvalidCounts {
  std::uint64_t rejected = 0, tagged = 0, dead_lettered = 0;
};

/// Live figures of a channel.
struct ChannelStatus {
  Seq first_seq = 0, last_seq = 0;
  std::uint64_t accepted = 0;       ///< since the channel began
  std::uint64_t stored_bytes = 0;
  double accepted_per_second = 0;   ///< over the last ten seconds
  std::uint64_t unmatched = 0;      ///< events since the start of the process that no rule took, `unrouted` aside
  InvalidCounts invalid;            ///< since the start of the process
  std::uint64_t samples_skipped = 0;  ///< events since the start of the process that discovery did not look at
  std::vector<LaneStatus> lanes;    ///< by rule, then target; the configured ones
  std::vector<EnrichmentStatus> enrichments;  ///< by rule, then step
};

/// An event with all that happened to it.
struct EventDetail {
  StoredEventPtr event;
  std::vector<JourneyEntry> journey;  ///< in order of time
};

/// Selects dead letters by the names of the configuration; empty strings and zero times select all.
struct DeadLetterSelector {
  std::string rule, target, reason;
  WallTime from{}, to{};
  std::vector<Seq> seqs;            ///< only these; empty: all
  std::size_t limit = 0;            ///< 0: no limit
};

/// One channel of one tenant: an actor.
///
/// It takes events in, has them made durable in groups, feeds them to its lanes, keeps their checkpoints and trims its
/// log.  All its state belongs to its strand; the public members may be called from any thread and hop there.
/// Owned by shared_ptr so that a request under way outlives a reload that removes the channel.
class Channel final : public Publisher, public std::enable_shared_from_this<Channel> {
 public:
  Channel(ChannelName name, ChannelWorld world);
  ~Channel() override;

  const ChannelName& name() const { return name_; }

  /// Opens the log and starts the lanes.  Errors: storage, corrupt.
  boost::asio::awaitable<Status> start(Engine& engine, std::shared_ptr<const ChannelPlan> plan, TargetRuntimes targets);
  /// Applies the difference: lanes that stay keep their place, queues and connections.
  boost::asio::awaitable<Status> update(std::shared_ptr<const ChannelPlan> plan, TargetRuntimes targets);
  /// Takes no more events, lets attempts under way finish until `deadline`, checkpoints, closes.
  boost::asio::awaitable<void> stop(TimePoint deadline);

  boost::asio::awaitable<Result<Receipt>> publish(std::vector<Event> events) override;
  /// The same; `deduplicate`: events whose (source, id) was accepted within the window are not stored again.
  boost::asio::awaitable<Result<Receipt>> publish(std::vector<Event> events, bool deduplicate);

  ChannelStatus status() const;
  /// Sums over the configured lanes.
  LaneTotals lane_totals() const;
  Seq last_seq() const { return last_seq_.load(std::memory_order_acquire); }
  std::shared_ptr<const ChannelPlan> plan() const { return plan_.load(); }
  /// The names of the rules that are paused, sorted.
  std::vector<std::string> paused_rules() const;

  boost::asio::awaitable<Result<EventPage>> query(EventQuery query);
  /// nullptr when the log has no such seq.
  boost::asio::awaitable<Result<StoredEventPtr>> stored_event(Seq seq);
  /// nullopt-like: event is nullptr when the log has no such seq.
  boost::asio::awaitable<Result<EventDetail>> event(Seq seq);
  boost::asio::awaitable<Result<std::vector<JourneyEntry>>> journey(Seq seq);
  /// Every lane ever bound, by id.
  boost::asio::awaitable<Result<std::vector<LaneState>>> lanes();

  boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterSelector selector, std::size_t limit,
                                                             std::optional<DeadLetterKey> after);
  /// How many went back to delivery; of what no rule had taken, those that rules take now, of what did not fit its
  /// schemas, those that fit now and that rules take.
  boost::asio::awaitable<Result<std::size_t>> redrive(DeadLetterSelector selector);
  boost::asio::awaitable<Result<std::size_t>> discard(DeadLetterSelector selector);

  /// Stops or restarts the deliveries of one rule, over restarts too.  Errors: not_found, storage (not remembered: it
  /// lasts as long as the process).
  boost::asio::awaitable<Status> pause(std::string rule, bool paused);

  /// Checks events with these schemas from now on; nullptr: with none.  REQUIRES: they make dead letters only when those
  /// of the plan do.
  void set_schemas(std::shared_ptr<const schema::EventSchemas> schemas) { schemas_.store(std::move(schemas)); }

  /// Live events from now on.
  boost::asio::awaitable<void> add_tail(std::shared_ptr<TailFeed> feed);

 private:
  /// Where the answer to a publish() goes: resumes the publisher on its own executor.  Our own type erasure, since
  /// Boost 1.81's any_completion_handler wraps itself without end when it is moved into another handler.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    /// At most once.
    virtual void resume(Result<Receipt> result) = 0;
  };
  template <class Handler>
  class WaiterOf;
  struct PublishOp {
    PublishOp* next = nullptr;
    std::vector<std::shared_ptr<StoredEvent>> events;
    std::uint64_t generation = 0;
    std::size_t bytes = 0;
    bool deduplicate = false;
    Receipt receipt;
    std::unique_ptr<Waiter> done;
  };
  class Uncommitted;
  /// Events of several requests on their way into the log together.
  struct Group {
    std::vector<PublishOp*> ops;
    std::vector<std::shared_ptr<StoredEvent>> events;
  };
  /// A target of the tenant as this channel uses it.
  struct ChannelTarget {
    std::shared_ptr<Target> object;
    std::string fingerprint;
  };
  /// False: nothing was done.
  using LetterAction = bool (Channel::*)(Lane&, const DeadLetter&);

  boost::asio::awaitable<Status> start_on_strand(Engine& engine, std::shared_ptr<const ChannelPlan> plan,
                                                 TargetRuntimes targets);
  boost::asio::awaitable<Status> update_on_strand(std::shared_ptr<const ChannelPlan> plan, TargetRuntimes targets);
  boost::asio::awaitable<void> stop_on_strand(TimePoint deadline);
  boost::asio::awaitable<Status> apply(std::shared_ptr<const ChannelPlan> plan, const TargetRuntimes& targets);
  boost::asio::awaitable<Result<std::shared_ptr<const ChannelPlan>>> with_invalid_rule(
      std::shared_ptr<const ChannelPlan> plan);
  boost::asio::awaitable<Status> count_uncounted();
  void refresh_targets(const TargetRuntimes& targets);
  void refresh_enrichments(const ChannelPlan& plan, const TargetRuntimes& targets);
  std::shared_ptr<const EnrichmentRunners> enrichments_of(const RulePlan& rule) const;
  LaneSettings settings_for(const RulePlan& rule, const std::string& target, const TargetRuntimes& targets);
  boost::asio::awaitable<void> retire(Lane& lane);
  boost::asio::awaitable<void> join_lanes();
  void publish_lane_list();

  Result<std::vector<std::size_t>> check_data(const schema::EventSchemas& schemas, std::vector<Event>& events);
  void drain_inbox();
  void admit(PublishOp& op, Group& group);
  void rematch(PublishOp& op);
  void take_out_duplicates(PublishOp& op);
  void remember(const PublishOp& op);
  void start_filling_dedup();
  boost::asio::awaitable<void> fill_dedup_window();
  boost::asio::awaitable<void> commit(Group group);
  void feed(const std::vector<std::shared_ptr<StoredEvent>>& events);
  static void complete(PublishOp& op, Result<Receipt> result);

  boost::asio::awaitable<void> trim_now_and_then();
  boost::asio::awaitable<void> expire_dead_letters();
  boost::asio::awaitable<Result<DeadLetterPage>> dead_letters_on_strand(DeadLetterSelector selector, std::size_t limit,
                                                                       std::optional<DeadLetterKey> after);
  boost::asio::awaitable<Result<std::size_t>> for_each_dead_letter(DeadLetterSelector selector,
                                                                  LetterAction action);
  bool redrive_letter(Lane& lane, const DeadLetter& letter);
  bool discard_letter(Lane& lane, const DeadLetter& letter);
  bool expire_letter(Lane& lane, const DeadLetter& letter);
  bool reroute(Lane& lane, const DeadLetter& letter);
  bool readmit(Lane& lane, const DeadLetter& letter);
  boost::asio::awaitable<Result<StoredEventPtr>> stored_event_on_strand(Seq seq);
  boost::asio::awaitable<Result<EventDetail>> event_on_strand(Seq seq);
  boost::asio::awaitable<Result<std::vector<JourneyEntry>>> journey_on_strand(Seq seq);
  boost::asio::awaitable<Result<EventPage>> query_on_strand(EventQuery query);
  boost::asio::awaitable<Result<std::vector<LaneState>>> lanes_on_strand();
  boost::asio::awaitable<Status> pause_on_strand(std::string rule, bool paused);
  boost::asio::awaitable<void> add_tail_on_strand(std::shared_ptr<TailFeed> feed);
  template <class T>
  boost::asio::awaitable<T> on_strand(boost::asio::awaitable<T> task);
  void note_stored();
  static Error stopped();
  void show(const StoredEventPtr& event);
  void fan_out_to_tails(const StoredEventPtr& event);

  const ChannelName name_;
  const ChannelWorld world_;
  const boost::asio::any_io_executor strand_;

  // Read from any thread.
  base::Published<const RuleSet> rules_;
  base::Published<const ChannelPlan> plan_;
  base::Published<const schema::EventSchemas> schemas_;
  base::Published<const std::vector<std::shared_ptr<Lane>>> lane_list_;
  base::Published<const std::vector<std::shared_ptr<const EnrichmentFigures>>> enrichment_list_;
  std::atomic<Seq> first_seq_{1}, last_seq_{0};
  std::atomic<std::uint64_t> stored_bytes_{0}, unmatched_{0};
  std::atomic<std::uint64_t> samples_skipped_{0};
  std::atomic<std::uint64_t> rejected_{0}, tagged_{0}, dead_lettered_{0};  // events that did not fit their schemas
  std::atomic<std::size_t> uncommitted_events_{0}, uncommitted_bytes_{0};
  std::atomic<bool> accepting_{false};
  RateMeter accepted_rate_;
  base::Inbox<PublishOp> inbox_;

  // The strand's.
  std::unique_ptr<ChannelLog> log_;
  std::unique_ptr<Checkpoint> checkpoint_;
  std::map<LaneName, std::shared_ptr<Lane>> lanes_;
  std::vector<pipeline::Matcher::Rule> compiled_;   // what the rule set was made of, by id
  std::vector<std::vector<Lane*>> lanes_of_rule_;   // by RuleId
  std::optional<RuleId> invalid_rule_;              // the built-in one
  std::optional<SampleGate> samples_;               // when the channel's events are learnt from
  std::optional<RuleId> unrouted_rule_;             // the built-in one
  std::shared_ptr<TargetGate> invalid_gate_;        // of the built-in target; nullptr: not in use
  std::map<std::string, ChannelTarget> targets_;
  std::map<std::pair<std::string, std::size_t>, std::shared_ptr<EnrichmentRunner>> enrichments_;  // by rule and step
  std::unique_ptr<DedupWindow> dedup_;
  bool dedup_ready_ = false;
  std::vector<PublishOp*> waiting_for_dedup_;
  std::vector<std::shared_ptr<TailFeed>> tails_;
  std::mt19937_64 random_;
  Seq durable_seq_ = 0;
  std::uint64_t generation_ = 0;
  std::uint64_t groups_submitted_ = 0, groups_committed_ = 0;
  Seq counted_seq_ = 0;           // a checkpoint is asked for when durable_seq_ is far above it
  std::uint64_t known_stored_ = 0;
  base::TaskGroup commits_;
  base::TaskGroup runs_;          // checkpoint, trimming, filling the window of duplicates
  bool acting_on_letters_ = false;
  base::Wakeup letters_free_;
  base::Wakeup group_committed_;
};

}  // namespace signalbox::broker
