#include "broker/channel.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <utility>

#include "base/log.hpp"
#include "base/with_deadline.hpp"
#include "broker/dead_letter_target.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;
namespace log = base::log;
using namespace std::chrono_literals;

namespace {

/// Calls `visit` with each rule that has targets, and its id.  `bound`: a state for each target of each rule, in the
/// order of the plan.
template <class Visit>
void for_each_rule(const ChannelPlan& plan, const std::vector<LaneState>& bound, Visit visit) {
  std::size_t next = 0;
  for (const auto& rule : plan.rules) {
    if (!rule.targets.empty()) visit(rule, bound[next].rule);
    next += rule.targets.size();
  }
}

/// The rules that match events, by id.
std::vector<pipeline::Matcher::Rule> enabled_rules(const ChannelPlan& plan, const std::vector<LaneState>& bound) {
  std::vector<pipeline::Matcher::Rule> rules;
  for_each_rule(plan, bound, [&rules](const RulePlan& rule, RuleId id) {
    if (rule.enabled && rule.route.in_matcher()) rules.push_back({id, rule.filter});
  });
  std::sort(rules.begin(), rules.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return rules;
}

std::vector<pipeline::Router::Rule> routes(const ChannelPlan& plan, const std::vector<LaneState>& bound) {
  std::vector<pipeline::Router::Rule> routes;
  for_each_rule(plan, bound, [&routes](const RulePlan& rule, RuleId id) { routes.push_back({id, rule.route}); });
  return routes;
}

constexpr Duration kTrimMost = 60s, kTrimLeast = 1s;
constexpr std::size_t kDeadLetterPage = 256;

}  // namespace

Channel::Channel(ChannelName name, ChannelWorld world)
    : name_(std::move(name)),
      world_(std::move(world)),
      strand_(world_.executor),
      random_(world_.options.seed ^ std::hash<std::string>{}(name_.tenant + '/' + name_.channel)),
      commits_(strand_, world_.options.uncommitted_events + 1),
      runs_(strand_, 8),
      letters_free_(strand_),
      group_committed_(strand_) {}

Channel::~Channel() = default;

template <class T>
asio::awaitable<T> Channel::on_strand(asio::awaitable<T> task) {
  // The caller holds the channel by shared_ptr for as long as it awaits.
  return asio::co_spawn(strand_, std::move(task), asio::use_awaitable);
}

// --- Starting, changing, stopping ----------------------------------------------------------------------------------------

asio::awaitable<Status> Channel::start(Engine& engine, std::shared_ptr<const ChannelPlan> plan, TargetRuntimes targets) {
  return on_strand(start_on_strand(engine, std::move(plan), std::move(targets)));
}

asio::awaitable<Status> Channel::start_on_strand(Engine& engine, std::shared_ptr<const ChannelPlan> plan,
                                                 TargetRuntimes targets) {
  auto opened = co_await engine.open(name_, strand_);
  if (!opened) co_return opened.error();
  log_ = std::move(*opened);
  const auto state = log_->opened_state();
  durable_seq_ = state.last_seq;
  counted_seq_ = state.counted_to;
  first_seq_ = state.first_seq;
  last_seq_ = state.last_seq;
  checkpoint_ = std::make_unique<Checkpoint>(strand_, *log_, world_.clock, world_.options.checkpoint_interval, durable_seq_);
  note_stored();
  auto counted = co_await count_uncounted();
  if (!counted) co_return counted;
  auto applied = co_await apply(std::move(plan), targets);
  if (!applied) co_return applied;
  runs_.spawn(checkpoint_->run());
  runs_.spawn(trim_now_and_then());
  accepting_ = true;
  co_return ok();
}

/// Counts for each lane what matched after the last checkpoint: its totals then include every event of the log.
asio::awaitable<Status> Channel::count_uncounted() {
  auto lanes = co_await log_->lanes();
  if (!lanes) co_return lanes.error();
  if (lanes->empty() || durable_seq_ == counted_seq_) co_return ok();
  Seq from = durable_seq_;
  for (const auto& lane : *lanes) from = std::min(from, lane.created_at);
  ReadRequest request;
  request.from = std::max(from, counted_seq_) + 1;
  request.to = durable_seq_;
  request.max_events = 4'096;
  request.max_bytes = 4 << 20;
  std::map<RuleId, std::uint64_t> matched;
  std::map<LaneId, std::uint64_t> before_lane;  // matched by its rule before the lane was there
  while (request.from <= request.to) {
    auto page = co_await log_->read(request);
    if (!page) co_return page.error();
    for (const auto& event : page->events)
      for (auto rule : event->matched) {
        ++matched[rule];
        for (const auto& lane : *lanes)
          if (lane.rule == rule && event->seq <= lane.created_at) ++before_lane[lane.lane];
      }
    request.from = page->next;
  }
  Settlements changes;
  changes.counted_to = durable_seq_;
  for (auto& lane : *lanes) {
    lane.progress.lane = lane.lane;
    lane.progress.totals.matched += matched[lane.rule] - before_lane[lane.lane];
    changes.progress.push_back(std::move(lane.progress));
  }
  counted_seq_ = durable_seq_;
  co_return co_await log_->settle(std::move(changes));
}

asio::awaitable<Status> Channel::update(std::shared_ptr<const ChannelPlan> plan, TargetRuntimes targets) {
  return on_strand(update_on_strand(std::move(plan), std::move(targets)));
}

asio::awaitable<Status> Channel::update_on_strand(std::shared_ptr<const ChannelPlan> plan, TargetRuntimes targets) {
  co_return co_await apply(std::move(plan), targets);
}

/// The plan, with the built-in rule of events that do not fit their schemas where a schema makes dead letters of them,
/// and where the log knows that rule: what lies there is looked after whatever the schemas are now.
asio::awaitable<Result<std::shared_ptr<const ChannelPlan>>> Channel::with_invalid_rule(
    std::shared_ptr<const ChannelPlan> plan) {
  bool wanted = plan->schemas && plan->schemas->may_dead_letter();
  if (!wanted) {
    const auto lanes = co_await log_->lanes();
    if (!lanes) co_return lanes.error();
    wanted = std::ranges::find(*lanes, kInvalidRule, &LaneState::rule_name) != lanes->end();
  }
  if (!wanted) co_return plan;
  auto whole = std::make_shared<ChannelPlan>(*plan);
  whole->rules.push_back(make_invalid_rule());
  co_return std::shared_ptr<const ChannelPlan>(std::move(whole));
}

asio::awaitable<Status> Channel::apply(std::shared_ptr<const ChannelPlan> configured, const TargetRuntimes& of_tenant) {
  auto whole = co_await with_invalid_rule(std::move(configured));
  if (!whole) co_return whole.error();
  auto plan = std::move(*whole);
  TargetRuntimes with_built_in;
  const auto* targets = &of_tenant;
  if (!plan->rules.empty() && plan->rules.back().name == kInvalidRule) {
    auto target = make_invalid_target();
    if (!invalid_gate_) invalid_gate_ = std::make_shared<TargetGate>(target->limits());
    with_built_in = of_tenant;
    with_built_in[kInvalidTarget] = TargetRuntime{std::move(target), invalid_gate_};
    targets = &with_built_in;
  }
  std::vector<LaneName> names;
  for (const auto& rule : plan->rules)
    for (const auto& target : rule.targets) names.push_back(LaneName{rule.name, target});
  auto bound = co_await log_->bind(names);
  if (!bound) co_return bound.error();
  auto rules = enabled_rules(*plan, *bound);
  auto changes = changes_between(compiled_, rules);
  auto current = rules_.load() ? rules_.load()->matcher : nullptr;
  auto matcher = co_await world_.compiler.compile(std::move(current), std::move(changes));
  auto router = pipeline::Router::make(routes(*plan, *bound));
  // No co_await from here to the new rule set: publishers see the old one or the new one, whole.
  refresh_targets(*targets);
  refresh_enrichments(*plan, *targets);
  std::map<LaneName, std::shared_ptr<Lane>> lanes;
  std::vector<std::shared_ptr<Lane>> fresh;
  lanes_of_rule_.clear();
  unrouted_rule_.reset();
  invalid_rule_.reset();
  std::size_t next = 0;
  for (const auto& rule : plan->rules) {
    for (const auto& target : rule.targets) {
      auto& state = (*bound)[next];
      auto& name = names[next++];
      auto settings = settings_for(rule, target, *targets);
      std::shared_ptr<Lane> lane;
      if (auto old = lanes_.find(name); old != lanes_.end()) {
        lane = old->second;
        lanes_.erase(old);
        lane->set(std::move(settings));
      } else {
        LaneWorld world{name_,         strand_,      *log_,        world_.clock, world_.memory, random_,
                        durable_seq_, *checkpoint_, world_.options.programs};
        lane = std::make_shared<Lane>(std::move(world), std::move(state), std::move(settings));
        lane->pause(world_.pauses.paused(name_, rule.name));
        fresh.push_back(lane);
      }
      if (lanes_of_rule_.size() <= lane->rule().value) lanes_of_rule_.resize(lane->rule().value + 1);
      lanes_of_rule_[lane->rule().value].push_back(lane.get());
      if (rule.route.turn == pipeline::Route::Turn::last) unrouted_rule_ = lane->rule();
      if (rule.name == kInvalidRule) invalid_rule_ = lane->rule();
      lanes.emplace(std::move(name), std::move(lane));
    }
  }
  const auto gone = std::exchange(lanes_, std::move(lanes));
  compiled_ = std::move(rules);
  rules_.store(
      std::make_shared<const RuleSet>(RuleSet{++generation_, std::move(matcher), std::move(router), invalid_rule_}));
  schemas_.store(plan->schemas);  // after the rule that takes what does not fit
  if (!plan->discover || world_.options.sampler == nullptr) samples_.reset();
  else if (!samples_) samples_.emplace();
  plan_.store(std::move(plan));
  publish_lane_list();
  for (const auto& lane : fresh) lane->start();
  for (const auto& [name, lane] : gone) co_await retire(*lane);
  co_return ok();
}

void Channel::refresh_targets(const TargetRuntimes& targets) {
  std::map<std::string, ChannelTarget> kept;
  for (const auto& [name, runtime] : targets) {
    auto old = targets_.find(name);
    if (old != targets_.end() && old->second.fingerprint == runtime.plan->fingerprint()) {
      kept.insert(targets_.extract(old));
      continue;
    }
    // The old object lives on until its attempts have ended.
    TargetContext context{strand_, world_.clock, world_.channels};
    kept.emplace(name, ChannelTarget{runtime.plan->make(context), runtime.plan->fingerprint()});
  }
  targets_ = std::move(kept);
}

LaneSettings Channel::settings_for(const RulePlan& rule, const std::string& target, const TargetRuntimes& targets) {
  const auto& runtime = targets.at(target);
  const auto limits = runtime.plan->limits();
  LaneSettings settings;
  settings.target = targets_.at(target).object;
  settings.gate = runtime.gate;
  settings.transformer = rule.transformer;
  settings.enrichments = enrichments_of(rule);
  settings.retry = rule.retry;
  settings.order = rule.order;
  if (target != kDeadLetterTarget) settings.aggregate = rule.aggregate;
  settings.batches = limits.batches;
  settings.timeout = limits.timeout;
  settings.concurrency = limits.concurrency;
  return settings;
}

/// A lane that is no longer configured: what it has done is written, what it has not done stays in the log.
asio::awaitable<void> Channel::retire(Lane& lane) {
  lane.stop();
  lane.abandon_attempts();
  co_await lane.join();
  auto flushed = co_await checkpoint_->flush();
  if (!flushed)
    log::error("checkpoint.failed", "tenant={} channel={} error={}", name_.tenant, name_.channel,
               log::quoted(flushed.error().message));
  checkpoint_->forget(lane);
  const auto pending = lane.counters().totals().pending();
  if (pending > 0)
    log::warn("lane.retired_with_pending", "tenant={} channel={} rule={} target={} pending={}", name_.tenant,
              name_.channel, lane.rule_name(), lane.target_name(), pending);
}

void Channel::publish_lane_list() {
  auto list = std::make_shared<std::vector<std::shared_ptr<Lane>>>();
  list->reserve(lanes_.size());
  for (const auto& [name, lane] : lanes_) list->push_back(lane);
  lane_list_.store(std::move(list));
}

asio::awaitable<void> Channel::stop(TimePoint deadline) {
  co_await asio::co_spawn(strand_, stop_on_strand(deadline), asio::use_awaitable);
}

asio::awaitable<void> Channel::stop_on_strand(TimePoint deadline) {
  accepting_ = false;
  for (const auto& tail : tails_) tail->close();
  if (!log_ || !checkpoint_) co_return;
  co_await commits_.join();
  for (const auto& [name, lane] : lanes_) lane->stop();
  const bool finished = co_await base::with_deadline(join_lanes(), world_.clock, deadline);
  if (!finished) {
    std::size_t cut = 0;
    for (const auto& [name, lane] : lanes_) cut += lane->in_flight(), lane->abandon_attempts();
    log::warn("channel.attempts_cut_off", "tenant={} channel={} attempts={}", name_.tenant, name_.channel, cut);
    co_await join_lanes();
  }
  runs_.cancel();
  co_await runs_.join();
  for (auto* op : std::exchange(waiting_for_dedup_, {})) complete(*op, Error(Errc::overloaded, "the channel is stopping"));
  auto flushed = co_await checkpoint_->flush();
  if (!flushed)
    log::error("checkpoint.failed", "tenant={} channel={} error={}", name_.tenant, name_.channel,
               log::quoted(flushed.error().message));
  for (auto& [name, target] : targets_) target.object->close();
  lane_list_.store(nullptr);
  enrichment_list_.store(nullptr);
  lanes_of_rule_.clear();
  lanes_.clear();
  enrichments_.clear();
  targets_.clear();
  world_.quota->add_stored(-static_cast<std::int64_t>(known_stored_));
  checkpoint_.reset();
  log_.reset();
}

asio::awaitable<void> Channel::join_lanes() {
  for (const auto& [name, lane] : lanes_) co_await lane->join();
}

asio::awaitable<void> Channel::trim_now_and_then() {
  for (;;) {
    const auto retain = plan_.load()->retain;
    const auto interval = std::clamp<Duration>(retain / 20, kTrimLeast, kTrimMost);
    co_await world_.clock.sleep_until(world_.clock.now() + interval);
    const auto before = world_.clock.wall_now() - std::chrono::duration_cast<std::chrono::microseconds>(retain);
    Seq keep_from = durable_seq_ + 1;
    for (const auto& [name, lane] : lanes_) keep_from = std::min(keep_from, lane->needs_from());
    auto first = co_await log_->trim(before, keep_from);
    if (first) {
      first_seq_ = *first;
      note_stored();
    } else {
      log::error("channel.trim_failed", "tenant={} channel={} error={}", name_.tenant, name_.channel,
                 log::quoted(first.error().message));
    }
    if (lane_totals().dead > 0) co_await expire_dead_letters();
  }
}

asio::awaitable<void> Channel::expire_dead_letters() {
  DeadLetterSelector old;
  old.to = world_.clock.wall_now() - std::chrono::duration_cast<std::chrono::microseconds>(world_.options.dead_letter_retain);
  auto count = co_await for_each_dead_letter(std::move(old), &Channel::expire_letter);
  if (!count)
    log::error("channel.trim_failed", "tenant={} channel={} error={}", name_.tenant, name_.channel,
               log::quoted(count.error().message));
  else if (*count > 0)
    log::warn("dead_letters.expired", "tenant={} channel={} count={}", name_.tenant, name_.channel, *count);
}

// --- What operators ask ----------------------------------------------------------------------------------------------------

ChannelStatus Channel::status() const {
  ChannelStatus status;
  status.first_seq = first_seq_;
  status.last_seq = status.accepted = last_seq_.load(std::memory_order_acquire);
  status.stored_bytes = stored_bytes_;
  status.unmatched = unmatched_;
  status.invalid = {rejected_, tagged_, dead_lettered_};
  status.samples_skipped = samples_skipped_;
  const auto now = world_.clock.now();
  status.accepted_per_second = accepted_rate_.per_second(now);
  const auto lanes = lane_list_.load();
  if (!lanes) return status;
  for (const auto& lane : *lanes) {
    LaneStatus figures;
    figures.rule = lane->rule_name();
    figures.target = lane->target_name();
    figures.totals = lane->counters().totals();
    figures.attempts = lane->counters().attempts();
    figures.failures = lane->counters().failures();
    figures.open_groups = lane->counters().open_groups();
    figures.groups_closed = lane->counters().groups_closed();
    figures.groups_closed_early = lane->counters().groups_closed_early();
    figures.in_flight = lane->in_flight();
    figures.delivered_per_second = lane->delivered_per_second(now);
    figures.paused = lane->paused();
    figures.gate = lane->gate()->snapshot();
    status.lanes.push_back(std::move(figures));
  }
  if (const auto enrichments = enrichment_list_.load())
    for (const auto& figures : *enrichments) status.enrichments.push_back(figures->status());
  return status;
}

std::vector<std::string> Channel::paused_rules() const {
  std::vector<std::string> names;
  const auto lanes = lane_list_.load();
  if (!lanes) return names;
  for (const auto& lane : *lanes)
    if (lane->paused()) names.push_back(lane->rule_name());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

LaneTotals Channel::lane_totals() const {
  LaneTotals sum;
  const auto lanes = lane_list_.load();
  if (!lanes) return sum;
  for (const auto& lane : *lanes) {
    const auto totals = lane->counters().totals();
    sum.matched += totals.matched;
    sum.delivered += totals.delivered;
    sum.dead += totals.dead;
    sum.dropped += totals.dropped;
    sum.retrying += totals.retrying;
    sum.gathered += totals.gathered;
  }
  return sum;
}

asio::awaitable<Result<EventPage>> Channel::query(EventQuery query) { return on_strand(query_on_strand(std::move(query))); }

asio::awaitable<Result<EventPage>> Channel::query_on_strand(EventQuery query) {
  if (!log_) co_return stopped();
  co_return co_await log_->query(std::move(query));
}

asio::awaitable<Result<StoredEventPtr>> Channel::stored_event(Seq seq) {
  return on_strand(stored_event_on_strand(seq));
}

asio::awaitable<Result<StoredEventPtr>> Channel::stored_event_on_strand(Seq seq) {
  if (!log_) co_return stopped();
  if (seq == 0) co_return StoredEventPtr();
  ReadRequest request;
  request.from = request.to = seq;
  auto page = co_await log_->read(request);
  if (!page) co_return page.error();
  co_return page->events.empty() ? StoredEventPtr() : std::move(page->events.front());
}

asio::awaitable<Result<EventDetail>> Channel::event(Seq seq) { return on_strand(event_on_strand(seq)); }

asio::awaitable<Result<EventDetail>> Channel::event_on_strand(Seq seq) {
  EventDetail detail;
  auto event = co_await stored_event_on_strand(seq);
  if (!event) co_return event.error();
  detail.event = std::move(*event);
  auto entries = co_await journey_on_strand(seq);
  if (!entries) co_return entries.error();
  detail.journey = std::move(*entries);
  co_return detail;
}

asio::awaitable<Result<std::vector<JourneyEntry>>> Channel::journey(Seq seq) { return on_strand(journey_on_strand(seq)); }

asio::awaitable<Result<std::vector<JourneyEntry>>> Channel::journey_on_strand(Seq seq) {
  if (!log_) co_return stopped();
  auto flushed = co_await checkpoint_->flush();  // what has just happened is told, too
  if (!flushed) co_return flushed.error();
  co_return co_await log_->journey(seq);
}

asio::awaitable<Result<std::vector<LaneState>>> Channel::lanes() { return on_strand(lanes_on_strand()); }

asio::awaitable<Result<std::vector<LaneState>>> Channel::lanes_on_strand() {
  if (!log_) co_return stopped();
  co_return co_await log_->lanes();
}

asio::awaitable<Result<DeadLetterPage>> Channel::dead_letters(DeadLetterSelector selector, std::size_t limit,
                                                             std::optional<DeadLetterKey> after) {
  return on_strand(dead_letters_on_strand(std::move(selector), limit, after));
}

asio::awaitable<Result<DeadLetterPage>> Channel::dead_letters_on_strand(DeadLetterSelector selector, std::size_t limit,
                                                                       std::optional<DeadLetterKey> after) {
  if (!log_) co_return stopped();
  auto flushed = co_await checkpoint_->flush();
  if (!flushed) co_return flushed.error();
  DeadLetterQuery query;
  query.reason = selector.reason;
  query.from = selector.from;
  query.to = selector.to;
  query.limit = limit;
  query.after = after;
  if (!selector.rule.empty() || !selector.target.empty()) {
    auto lanes = co_await log_->lanes();
    if (!lanes) co_return lanes.error();
    for (const auto& lane : *lanes)
      if ((selector.rule.empty() || is_rule(lane.rule_name, selector.rule)) &&
          (selector.target.empty() || lane.target_name == selector.target))
        query.lanes.push_back(lane.lane);
    if (query.lanes.empty()) co_return DeadLetterPage();
  }
  auto page = co_await log_->dead_letters(std::move(query));
  if (page && !selector.seqs.empty()) {
    const auto& wanted = selector.seqs;
    std::erase_if(page->letters, [&](const DeadLetter& letter) {
      const auto is_wanted = [&](Seq seq) { return std::find(wanted.begin(), wanted.end(), seq) != wanted.end(); };
      return !is_wanted(letter.seq) && std::none_of(letter.members.begin(), letter.members.end(), is_wanted);
    });
  }
  co_return page;
}

asio::awaitable<Result<std::size_t>> Channel::for_each_dead_letter(DeadLetterSelector selector, LetterAction action) {
  // One at a time: the same letter must not be acted on twice between reading and removing it.
  while (acting_on_letters_) co_await letters_free_.wait();
  const base::Busy acting(acting_on_letters_, letters_free_);
  std::size_t done = 0;
  std::optional<DeadLetterKey> after;
  do {
    auto page = co_await dead_letters_on_strand(selector, kDeadLetterPage, after);
    if (!page) co_return page.error();
    for (auto& letter : page->letters) {
      if (selector.limit != 0 && done >= selector.limit) break;
      for (const auto& [name, lane] : lanes_)
        if (lane->id() == letter.lane) {
          done += (this->*action)(*lane, letter);
          break;
        }
    }
    after = page->next;
  } while (after && (selector.limit == 0 || done < selector.limit));
  auto flushed = co_await checkpoint_->flush();
  if (!flushed) co_return flushed.error();
  co_return done;
}

asio::awaitable<Result<std::size_t>> Channel::redrive(DeadLetterSelector selector) {
  return on_strand(for_each_dead_letter(std::move(selector), &Channel::redrive_letter));
}

asio::awaitable<Result<std::size_t>> Channel::discard(DeadLetterSelector selector) {
  return on_strand(for_each_dead_letter(std::move(selector), &Channel::discard_letter));
}

bool Channel::redrive_letter(Lane& lane, const DeadLetter& letter) {
  if (lane.target_name() == kDeadLetterTarget) return reroute(lane, letter);
  if (lane.target_name() == kInvalidTarget) return readmit(lane, letter);
  lane.redrive(letter);
  return true;
}

bool Channel::discard_letter(Lane& lane, const DeadLetter& letter) {
  lane.discard(letter);
  return true;
}

bool Channel::expire_letter(Lane& lane, const DeadLetter& letter) {
  lane.expire(letter);
  return true;
}

/// An event that no rule had taken goes to the rules that take it now, one that its rule had no choice for, to that
/// rule's choice now; without any it stays a dead letter.
bool Channel::reroute(Lane& lane, const DeadLetter& letter) {
  const auto of = configured_rule(lane.rule_name());
  std::vector<RuleId> taken_by;
  rules_.load()->match(letter.event.event, taken_by);
  std::erase_if(taken_by, [&](RuleId rule) {
    const bool others = lanes_of_rule_[rule.value].empty() || configured_rule(lanes_of_rule_[rule.value][0]->rule_name()) != of;
    return rule == lane.rule() || (of != kUnroutedRule && of != kInvalidRule && others);
  });
  for (const auto rule : taken_by)
    for (auto* taker : lanes_of_rule_[rule.value]) taker->adopt(letter);
  if (!taken_by.empty()) lane.rerouted(letter);
  return !taken_by.empty();
}

/// An event that did not fit its schemas is checked anew; when it may be taken now, it goes to the rules that take it now,
/// without what was said of it then.  Else it stays a dead letter.
bool Channel::readmit(Lane& lane, const DeadLetter& letter) {
  auto now = letter;
  now.event.event = schema::untagged(letter.event.event);
  if (const auto schemas = schemas_.load()) {
    const auto verdict = schemas->check(now.event.event);
    if (!verdict.faults.empty()) {
      if (verdict.on_invalid != schema::OnInvalid::tag) return false;
      now.event.event = schema::tagged(now.event.event, verdict.faults);
    }
  }
  return reroute(lane, now);
}

asio::awaitable<Status> Channel::pause(std::string rule, bool paused) {
  return on_strand(pause_on_strand(std::move(rule), paused));
}

asio::awaitable<Status> Channel::pause_on_strand(std::string rule, bool paused) {
  std::set<std::string> names;  // several when the rule chooses its target
  for (const auto& [name, lane] : lanes_)
    if (is_rule(name.rule, rule)) {
      names.insert(name.rule);
      lane->pause(paused);
    }
  if (names.empty()) co_return Error(Errc::not_found, "no such rule");
  bool remembered = true;
  for (const auto& name : names) remembered = world_.pauses.remember(name_, name, paused) && remembered;
  if (!remembered)
    co_return Error(Errc::storage, "done, but it could not be remembered for the next start");
  co_return ok();
}

asio::awaitable<void> Channel::add_tail(std::shared_ptr<TailFeed> feed) {
  co_await asio::co_spawn(strand_, add_tail_on_strand(std::move(feed)), asio::use_awaitable);
}

asio::awaitable<void> Channel::add_tail_on_strand(std::shared_ptr<TailFeed> feed) {
  if (accepting_) tails_.push_back(std::move(feed));
  else feed->close();
  co_return;
}

Error Channel::stopped() { return Error(Errc::overloaded, "the channel is starting or stopping"); }

}  // namespace signalbox::broker
