#include "broker/lane.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "broker/checkpoint.hpp"
#include "delivery/dead_letter.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;
namespace log = base::log;
using namespace std::chrono_literals;
using std::chrono::microseconds;

namespace {

constexpr std::size_t kQueueMost = 512;           // events in memory a lane; more wait in the log
constexpr std::size_t kQueueLow = 64;             // below it the log is read ahead
constexpr std::size_t kReadersAtOnce = 2;         // of new events, and of retries
constexpr std::size_t kReadersMost = 8;           // those, and some that are just over
constexpr std::size_t kPageEvents = 256;
constexpr std::size_t kPageBytes = 512 << 10;
constexpr std::size_t kTightPageBytes = 32 << 10;  // when memory is short
constexpr std::size_t kDuePage = 128;
constexpr std::size_t kOrderedWindow = 10'000;    // begun and not passed by the watermark, with order: key
constexpr Duration kLongestWait = 60s;            // the wall clock may jump: look again at least this often
constexpr Duration kAfterStorageError = 1s;
constexpr Duration kParkAfter = 2s;               // a circuit open longer than this gives the lane's memory back

std::span<const Seq> seqs_of(const DeadLetter& letter) {
  return letter.members.empty() ? std::span<const Seq>(&letter.seq, 1) : std::span<const Seq>(letter.members);
}

std::size_t bytes_of(const StoredEvent& event) { return event.event.record().size() + sizeof(StoredEvent); }

}  // namespace

Lane::Lane(LaneWorld world, LaneState state, LaneSettings settings)
    : world_(std::move(world)),
      state_(std::move(state)),
      settings_(std::move(settings)),
      wakeup_(std::make_shared<base::Wakeup>(world_.strand)),
      waiter_(std::make_shared<GateWaiter>(world_.strand, wakeup_)),
      runner_(world_.strand, 1),
      attempts_(world_.strand, std::max<std::size_t>(1, settings_.concurrency)),
      readers_(world_.strand, kReadersMost) {
  counters_.load(state_.progress.totals);
  const auto& totals = state_.progress.totals;
  if (totals.pending() > totals.retrying + totals.gathered) {
    read_from_ = state_.progress.watermark + 1;
    finished_before_.insert(state_.progress.finished_above.begin(), state_.progress.finished_above.end());
  }
  if (totals.retrying + totals.gathered > 0) next_due_ = WallTime{};
}

Lane::~Lane() { world_.memory.give_back(queue_bytes_); }

asio::awaitable<void> Lane::run() {
  try {
    if (counters_.totals().gathered > 0) co_await load_groups();
    if (settings_.order == Order::key && counters_.totals().retrying > 0) co_await hold_keys_of_retries();
    for (;;) {
      co_await wait_until_ready();
      auto permit = co_await acquire_permit();
      auto works = take_work();
      if (!works.empty()) attempts_.spawn(attempt_on(std::move(works), std::move(permit)));
    }
  } catch (const std::exception&) {
    if (!base::is_cancellation(std::current_exception())) throw;
  }
  co_await asio::this_coro::reset_cancellation_state();
  readers_.cancel();
  co_await readers_.join();
}

asio::awaitable<void> Lane::join() {
  co_await runner_.join();
  co_await attempts_.join();
}

void Lane::offer(const StoredEventPtr& event) {
  counters_.matched();
  touch();
  if (read_from_ != 0) return;  // will be read from the log in its turn
  const auto bytes = bytes_of(*event);
  if (queue_.size() >= kQueueMost || !world_.memory.try_take(bytes)) {
    read_from_ = event->seq;
  } else {
    queue_.push_back(event);
    queue_bytes_ += bytes;
  }
  wakeup_->notify();
}

void Lane::set(LaneSettings settings) {
  const auto fingerprint = [](const std::optional<Aggregate>& aggregate) { return aggregate ? aggregate->fingerprint() : 0; };
  if (fingerprint(settings.aggregate) != fingerprint(settings_.aggregate)) {
    Gatherer::ClosedGroups closed;
    gatherer_.close_all(Gatherer::Why::settings, closed);
    seal_all(std::move(closed));
    told_crowded_ = false;
  }
  settings_ = std::move(settings);
  attempts_.set_limit(std::max<std::size_t>(1, settings_.concurrency));
  wakeup_->notify();
}

void Lane::pause(bool paused) {
  paused_ = paused;
  if (paused) drop_queue();
  wakeup_->notify();
}

// --- What to do next -------------------------------------------------------------------------------------------------

bool Lane::window_full() const { return settings_.order == Order::key && progress_.size() >= kOrderedWindow; }

bool Lane::ready() const {
  if (paused_) return false;
  if (!released_.empty() || !due_.empty()) return true;
  return !settings_.aggregate && !queue_.empty() && !window_full();
}

std::optional<TimePoint> Lane::next_look() const {
  if (paused_) return std::nullopt;
  std::optional<WallTime> next;
  if (next_due_ && !reading_due_) next = next_due_;
  if (const auto end = gatherer_.next_end(); end && caught_up() && (!next || *end < *next)) next = end;
  if (!next) return std::nullopt;
  const auto wait = std::clamp<Duration>(*next - wall_now(), Duration::zero(), kLongestWait);
  return world_.clock.now() + wait;
}

asio::awaitable<void> Lane::wait_until(TimePoint when) {
  using namespace asio::experimental::awaitable_operators;
  co_await (wakeup_->wait() || world_.clock.sleep_until(when));
}

asio::awaitable<void> Lane::wait_until_ready() {
  for (;;) {
    gather();
    start_reading();
    if (attempts_.room() == 0) {
      co_await attempts_.wait_for_room();
      continue;
    }
    if (ready()) co_return;
    if (settings_.aggregate && !paused_ && !queue_.empty()) {  // what was read meanwhile
      co_await asio::post(world_.strand, asio::use_awaitable);  // and what reads it is over before it begins again
      continue;
    }
    if (auto when = next_look()) co_await wait_until(*when);
    else co_await wakeup_->wait();
  }
}

/// An event that cannot be made what it is to be is not taken up, as one is not whose own target is down.
std::optional<TimePoint> Lane::nobody_to_ask_until() const {
  std::optional<TimePoint> until;
  if (!settings_.enrichments) return until;
  for (const auto& enrichment : *settings_.enrichments)
    if (enrichment) until = std::max(until, enrichment->closed_until(world_.clock.now()));
  return until;
}

asio::awaitable<Permit> Lane::acquire_permit() {
  for (;;) {
    if (const auto at = nobody_to_ask_until()) {
      if (*at - world_.clock.now() > kParkAfter) drop_queue();
      co_await wait_until(*at);
      continue;
    }
    const auto gate = settings_.gate;
    const GateWaiting waiting(*gate, waiter_);
    auto answer = gate->acquire(waiter_, world_.clock.now());
    if (answer.kind == TargetGate::Answer::Kind::granted) co_return std::move(answer.permit);
    if (answer.kind == TargetGate::Answer::Kind::queued) {
      while (!waiter_->granted) co_await wakeup_->wait();
      answer = gate->acquire(waiter_, world_.clock.now());
      if (answer.kind == TargetGate::Answer::Kind::granted) co_return std::move(answer.permit);
    }
    if (answer.at - world_.clock.now() > kParkAfter) drop_queue();
    co_await wait_until(answer.at);
  }
}

std::vector<Lane::Work> Lane::take_work() {
  std::vector<Work> works;
  if (paused_) return works;
  const auto most = std::max<std::size_t>(1, settings_.target->max_batch());
  while (works.size() < most) {
    auto work = take_one();
    if (!work) break;
    works.push_back(std::move(*work));
  }
  start_reading();
  return works;
}

std::optional<Lane::Work> Lane::take_one() {
  if (!released_.empty()) {
    Work work;
    work.seq = released_.front().first;
    work.key = released_.front().second;
    released_.pop_front();
    return work;
  }
  if (!due_.empty() && (retry_next_ || queue_.empty() || window_full())) {
    retry_next_ = false;
    Work work;
    work.seq = due_.front().seq;
    if (due_.front().event) work.event = std::make_shared<StoredEvent>(*due_.front().event);
    work.retry = std::move(due_.front());
    due_.pop_front();
    return work;
  }
  retry_next_ = true;
  return settings_.aggregate ? std::nullopt : take_new();
}

std::optional<Lane::Work> Lane::take_new() {
  while (!queue_.empty() && !window_full()) {
    Work work;
    work.event = take_from_queue();
    work.seq = work.event->seq;
    progress_.begin(work.seq);
    if (settings_.order == Order::key) {
      work.key = KeyOrder::key_of(work.event->event);
      if (work.key && !keys_.begin(*work.key, work.seq)) continue;  // waits for its key; read again when it may go
    }
    return work;
  }
  return std::nullopt;
}

// --- What an attempt comes to ------------------------------------------------------------------------------------------

asio::awaitable<bool> Lane::load(Work& work) {
  ReadRequest request;
  request.from = request.to = work.seq;
  for (;;) {
    auto page = co_await world_.log.read(request);
    if (page && page->events.size() == 1) {
      work.event = std::move(page->events.front());
      if (settings_.order == Order::key && !work.key) work.key = KeyOrder::key_of(work.event->event);
      co_return true;
    }
    if (page) {
      log::warn("delivery.dropped", "tenant={} channel={} rule={} target={} seq={}", world_.channel.tenant,
                world_.channel.channel, state_.rule_name, state_.target_name, work.seq);
      drop(work, "the event is no longer in the log");
      co_return false;
    }
    co_await after_failed_read(work.seq, page.error());
  }
}

asio::awaitable<void> Lane::after_failed_read(Seq seq, const Error& error) {
  log::error("delivery.read_failed", "tenant={} channel={} rule={} seq={} error={}", world_.channel.tenant,
             world_.channel.channel, state_.rule_name, seq, log::quoted(error.message));
  return world_.clock.sleep_until(world_.clock.now() + kAfterStorageError);
}

asio::awaitable<void> Lane::after_failed_read(const char* what, const Error& error) {
  log::error("delivery.read_failed", "tenant={} channel={} rule={} {} error={}", world_.channel.tenant,
             world_.channel.channel, state_.rule_name, what, log::quoted(error.message));
  return world_.clock.sleep_until(world_.clock.now() + kAfterStorageError);
}

Duration Lane::age(const Work& work) const {
  // A redriven delivery is as old as its redrive, a group as its closing: that is where its first_attempt starts.
  const auto since = work.retry && (work.retry->event || work.retry->group) ? work.retry->first_attempt : work.event->accepted_at;
  return std::max<Duration>(Duration::zero(), wall_now() - since);
}

void Lane::settle(Work& work, const delivery::Decision& decision, AttemptRecord record) {
  const auto attempts_made = (work.retry ? work.retry->attempts_made : 0) + 1;
  const auto first_attempt = work.retry && work.retry->attempts_made > 0 ? work.retry->first_attempt : record.at;
  if (decision.kind == delivery::Decision::Kind::delivered) {
    const auto seqs = work.going();
    counters_.delivered(seqs.size());
    delivered_rate_.mark(world_.clock.now(), static_cast<std::uint32_t>(seqs.size()));
    note_all(seqs, JourneyEntry::Kind::delivered, attempts_made, record);
    settle_left_out(work, attempts_made, record);
    return finish(work);
  }
  counters_.failed();
  std::vector<AttemptRecord> history;
  if (work.retry) history = std::move(work.retry->attempts);
  if (history.size() >= kAttemptsKept) history.erase(history.begin());
  history.push_back(record);
  if (decision.kind == delivery::Decision::Kind::retry) {
    Retry retry;
    retry.lane = id();
    retry.seq = work.seq;
    retry.due = wall_now() + std::chrono::duration_cast<microseconds>(decision.wait);
    retry.attempts_made = attempts_made;
    retry.first_attempt = work.retry && (work.retry->event || work.retry->group) ? work.retry->first_attempt : first_attempt;
    retry.attempts = std::move(history);
    note_all(work.seqs(), JourneyEntry::Kind::retrying, attempts_made, record);
    if (work.retry) {
      leave_index(*work.retry);
      counters_.retry_added(work.retry->deliveries());
      retry.event = std::move(work.retry->event);
      retry.group = std::move(work.retry->group);
      remove_retries_.push_back({id(), work.retry->due, work.seq});
    } else {
      progress_.end(work.seq);
      counters_.retry_added();
    }
    put_retries_.push_back(std::move(retry));
    return touch();  // its key, if it has one, stays held
  }
  DeadLetter letter;
  letter.lane = id();
  letter.seq = work.seq;
  letter.died_at = wall_now();
  letter.reason = decision.reason;
  letter.attempts_made = attempts_made;
  letter.first_attempt = first_attempt;
  letter.attempts = std::move(history);
  // What a program says of an event may quote it, what a schema says its names: that is for the dead letter, not for the
  // log.
  const std::string_view reason = decision.reason;
  const bool quotes_event =
      reason == delivery::reason::kTransformFailed || reason == delivery::reason::kInvalidData;
  const auto error = log::quoted(quotes_event ? "see the dead letter" : record.error);
  const auto events = work.seqs().size() == 1 ? std::string() : "events=" + std::to_string(work.going().size()) + " ";
  log::warn("delivery.gave_up",
            "tenant={} channel={} rule={} target={} seq={} {}reason={} attempts={} status={} error={}",
            world_.channel.tenant, world_.channel.channel, state_.rule_name, state_.target_name, work.seq,
            events, decision.reason, attempts_made, record.status, error);
  note_all(work.going(), JourneyEntry::Kind::dead, attempts_made, record);
  settle_left_out(work, attempts_made, record);
  bury(work, std::move(letter));
  finish(work);
}

/// A transform that fails would fail again, unless there was nobody to do what it needs: then it is tried again as if
/// the target had failed.
void Lane::fail_transform(Work& work, const Outcome& outcome, AttemptRecord record) {
  record.status = static_cast<std::uint16_t>(outcome.status);
  record.error = outcome.detail;
  if (outcome.kind == Outcome::Kind::failed) return settle(work, outcome, std::move(record));
  delivery::Decision decision;
  decision.kind = delivery::Decision::Kind::dead;
  decision.reason = delivery::reason::kTransformFailed;
  settle(work, decision, std::move(record));
}

void Lane::drop(const Work& work, const std::string& reason) {
  counters_.dropped(work.seqs().size());
  AttemptRecord record;
  record.at = wall_now();
  record.error = reason;
  note_all(work.seqs(), JourneyEntry::Kind::dropped, 0, record);
  finish(work);
}

/// The delivery has come to its end: takes it out of the position or the retries, and lets the next of its key go.
void Lane::finish(const Work& work) {
  if (!taken_.empty()) taken_.erase(work.seq);
  if (work.retry) {
    remove_retries_.push_back({id(), work.retry->due, work.seq});
    leave_index(*work.retry);
  } else {
    progress_.end(work.seq);
  }
  if (work.key) {
    if (auto next = keys_.end(*work.key, work.seq)) released_.emplace_back(*next, *work.key);
  }
  touch();
}

// --- Reading -----------------------------------------------------------------------------------------------------------

void Lane::start_reading() {
  if (paused_) return;
  if (readers_.room() < kReadersAtOnce) {  // once those that are just over have gone
    asio::post(world_.strand, [wakeup = wakeup_] { wakeup->notify(); });
    return;
  }
  if (read_from_ != 0 && !reading_log_ && queue_.size() < kQueueLow) {
    reading_log_ = true;
    readers_.spawn(read_log());
  }
  if (next_due_ && *next_due_ <= wall_now() && !reading_due_ && due_.empty()) {
    reading_due_ = true;
    readers_.spawn(read_due());
  }
}

asio::awaitable<void> Lane::read_log() {
  ReadRequest request;
  request.from = read_from_;
  request.to = world_.durable_seq;
  request.matched_by = rule();
  request.max_events = kPageEvents;
  request.max_bytes = world_.memory.tight() ? kTightPageBytes : kPageBytes;
  auto page = co_await world_.log.read(request);
  if (!page) {
    co_await after_failed_read(request.from, page.error());
  } else if (read_from_ == request.from) {  // else the queue was dropped meanwhile: read again
    for (auto& event : page->events)
      if (!finished_before_.contains(event->seq)) enqueue(std::move(event));
    read_from_ = page->next;
    if (read_from_ > world_.durable_seq) {
      read_from_ = 0;
      reconcile();
    }
  }
  reading_log_ = false;
  wakeup_->notify();
}

void Lane::enqueue(StoredEventPtr event) {
  const auto bytes = bytes_of(*event);
  world_.memory.take(bytes);
  queue_bytes_ += bytes;
  queue_.push_back(std::move(event));
}

StoredEventPtr Lane::take_from_queue() {
  auto event = std::move(queue_.front());
  queue_.pop_front();
  const auto bytes = bytes_of(*event);
  queue_bytes_ -= bytes;
  world_.memory.give_back(bytes);
  return event;
}

/// Gives the memory back; the log has it all.
void Lane::drop_queue() {
  if (queue_.empty()) return;
  read_from_ = queue_.front()->seq;
  world_.memory.give_back(queue_bytes_);
  queue_bytes_ = 0;
  queue_.clear();
}

/// Called when the lane has caught up: what its totals call pending is in memory or in the retries, or was trimmed
/// while the lane was not configured.
void Lane::reconcile() {
  const auto totals = counters_.totals();
  const auto there = queue_.size() + progress_.unfinished() + totals.retrying + totals.gathered;
  const auto pending = totals.pending();
  if (pending > there) {
    counters_.dropped(pending - there);
    log::warn("delivery.expired_unsent", "tenant={} channel={} rule={} target={} count={}", world_.channel.tenant,
              world_.channel.channel, state_.rule_name, state_.target_name, pending - there);
    touch();
  } else if (pending < there) {
    counters_.matched(there - pending);
    log::warn("delivery.count_mended", "tenant={} channel={} rule={} target={} count={}", world_.channel.tenant,
              world_.channel.channel, state_.rule_name, state_.target_name, there - pending);
    touch();
  }
}

asio::awaitable<void> Lane::read_due() {
  learned_due_.reset();
  auto page = co_await world_.log.due(id(), due_floor_, wall_now(), kDuePage + hidden_.size() + open_keys_.size());
  if (!page) {
    co_await after_failed_read("retries", page.error());
  } else {
    for (auto& retry : page->retries) {
      const RetryKey key{id(), retry.due, retry.seq};
      if (!open_keys_.contains(key) && hidden_.insert(key).second) due_.push_back(std::move(retry));
    }
    unhide(removed_while_reading_);
    removed_while_reading_.clear();
    next_due_ = page->next_due;
    if (learned_due_ && (!next_due_ || *learned_due_ < *next_due_)) next_due_ = learned_due_;
    if (!hidden_.empty()) due_floor_ = hidden_.begin()->due;
    if (learned_due_) due_floor_ = std::min(due_floor_, *learned_due_);
  }
  reading_due_ = false;
  wakeup_->notify();
}

/// After a start: the keys of deliveries that wait for their next attempt are taken.
asio::awaitable<void> Lane::hold_keys_of_retries() {
  WallTime from{};
  for (std::size_t held = 0; held < kOrderedWindow;) {
    auto page = co_await world_.log.due(id(), from, WallTime::max(), kDuePage);
    if (!page || page->retries.empty()) co_return;
    for (auto& retry : page->retries) {
      ++held;
      from = retry.due + microseconds(1);
      if (retry.event || retry.group) continue;  // redriven or gathered: outside the order
      ReadRequest request;
      request.from = request.to = retry.seq;
      auto events = co_await world_.log.read(request);
      if (!events || events->events.empty()) continue;
      const auto key = KeyOrder::key_of(events->events.front()->event);
      if (key && !keys_.busy(*key)) keys_.begin(*key, retry.seq);
    }
  }
}

// --- Dead letters and checkpoints ----------------------------------------------------------------------------------------

void Lane::redrive(const DeadLetter& letter) {
  remove_dead_.push_back({letter.seq, id()});
  counters_.redriven(letter.deliveries());
  retry_now(letter);
}

void Lane::adopt(const DeadLetter& letter) {
  counters_.matched();
  retry_now(letter);
}

void Lane::rerouted(const DeadLetter& letter) {
  remove_dead_.push_back({letter.seq, id()});
  counters_.redriven();
  counters_.delivered();
  AttemptRecord record;
  record.at = wall_now();
  note(letter.seq, JourneyEntry::Kind::rerouted, 0, std::move(record));
  touch();
}

void Lane::retry_now(const DeadLetter& letter) {
  Retry retry;
  retry.lane = id();
  retry.seq = letter.seq;
  retry.due = retry.first_attempt = wall_now();
  retry.event = letter.event;
  if (!letter.members.empty()) {
    retry.group.emplace();
    retry.group->members = letter.members;
  }
  put_retries_.push_back(std::move(retry));
  counters_.retry_added(letter.deliveries());
  AttemptRecord record;
  record.at = wall_now();
  record.error = "redriven";
  note_all(seqs_of(letter), JourneyEntry::Kind::redriven, 0, record);
  touch();
}

void Lane::forget(const DeadLetter& letter, const char* reason) {
  remove_dead_.push_back({letter.seq, id()});
  AttemptRecord record;
  record.at = wall_now();
  record.error = reason;
  note_all(seqs_of(letter), JourneyEntry::Kind::dropped, 0, record);
  touch();
}

void Lane::note(Seq seq, JourneyEntry::Kind kind, std::uint32_t attempt, AttemptRecord record) {
  JourneyEntry entry;
  entry.seq = seq;
  entry.lane = id();
  entry.kind = kind;
  entry.attempt = attempt;
  entry.record = std::move(record);
  journey_.push_back(std::move(entry));
  world_.checkpoint.noted();
}

void Lane::note_all(std::span<const Seq> seqs, JourneyEntry::Kind kind, std::uint32_t attempt,
                    const AttemptRecord& record) {
  for (const auto seq : seqs) note(seq, kind, attempt, record);
}

void Lane::touch() {
  if (touched_) return;
  touched_ = true;
  world_.checkpoint.touched(*this);
}

Seq Lane::watermark() const {
  if (!progress_.empty()) return progress_.lowest() - 1;
  if (!queue_.empty()) return queue_.front()->seq - 1;
  if (read_from_ != 0) return read_from_ - 1;
  return world_.durable_seq;
}

/// What is on its way into the log, retries and groups, is not yet known there to need its events.
Seq Lane::needs_from() const {
  auto from = watermark() + 1;
  for (const auto& retry : put_retries_)
    if (!retry.event) from = std::min(from, retry.seq);
  if (const auto lowest = gatherer_.lowest()) from = std::min(from, *lowest);
  return from;
}

void Lane::collect(Settlements& out) {
  if (!touched_) return;
  touched_ = false;
  LaneProgress progress;
  progress.lane = id();
  progress.watermark = watermark();
  progress.finished_above = progress_.finished_above();
  finished_before_.erase(finished_before_.begin(), finished_before_.upper_bound(progress.watermark));
  for (auto seq : finished_before_)
    if (progress.finished_above.empty() || seq > progress.finished_above.back()) progress.finished_above.push_back(seq);
  progress.totals = counters_.totals();
  out.progress.push_back(std::move(progress));

  for (const auto& retry : put_retries_)
    if (!collecting_earliest_put_ || retry.due < *collecting_earliest_put_) collecting_earliest_put_ = retry.due;
  collecting_removed_.insert(collecting_removed_.end(), remove_retries_.begin(), remove_retries_.end());
  const auto move_into = [](auto& from, auto& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    from.clear();
  };
  move_into(put_retries_, out.put_retries);
  move_into(remove_retries_, out.remove_retries);
  move_into(put_dead_, out.put_dead);
  move_into(remove_dead_, out.remove_dead);
  move_into(journey_, out.journey);
  collect_groups(out);
}

void Lane::unhide(const std::vector<RetryKey>& keys) {
  for (const auto& key : keys) {
    hidden_.erase(key);
    open_keys_.erase(key);
  }
}

void Lane::collected() {
  // A page of retries that is being read may have been taken before the removal: it must not bring them back.
  if (reading_due_) removed_while_reading_.insert(removed_while_reading_.end(), collecting_removed_.begin(), collecting_removed_.end());
  else unhide(collecting_removed_);
  collecting_removed_.clear();
  if (!collecting_earliest_put_) return;
  const auto earliest = *collecting_earliest_put_;
  collecting_earliest_put_.reset();
  if (!next_due_ || earliest < *next_due_) next_due_ = earliest;
  if (!learned_due_ || earliest < *learned_due_) learned_due_ = earliest;
  due_floor_ = std::min(due_floor_, earliest);
  wakeup_->notify();
}

}  // namespace signalbox::broker
