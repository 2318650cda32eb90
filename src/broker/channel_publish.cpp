// A channel's way in: on the caller's thread up to the inbox, then on the strand.
#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "broker/channel.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;
namespace log = base::log;
using namespace std::chrono_literals;

namespace {

constexpr Seq kCountAtLeastEvery = 4'096;  // bounds what a start must count again
constexpr std::size_t kDedupPage = 1'000;
constexpr std::size_t kFaultsTold = 100;  // of all events of a request that do not fit their schemas
constexpr Duration kDedupByRequest = 10min;  // the window of a request that asks for it on a channel without one

}  // namespace

template <class Handler>
class Channel::WaiterOf final : public Waiter {
 public:
  explicit WaiterOf(Handler handler) : handler_(std::move(handler)) {}
  void resume(Result<Receipt> result) override {
    auto executor = asio::get_associated_executor(handler_);
    asio::dispatch(executor, [handler = std::move(handler_), result = std::move(result)]() mutable {
      std::move(handler)(std::move(result));
    });
  }

 private:
  Handler handler_;
};

/// Counts what one request has on its way to the log, until it has been answered.
class Channel::Uncommitted {
 public:
  Uncommitted(Channel& channel, std::size_t events, std::size_t bytes) : channel_(channel), events_(events), bytes_(bytes) {
    all_events_ = channel_.uncommitted_events_.fetch_add(events_, std::memory_order_relaxed) + events_;
    all_bytes_ = channel_.uncommitted_bytes_.fetch_add(bytes_, std::memory_order_relaxed) + bytes_;
  }
  ~Uncommitted() {
    channel_.uncommitted_events_.fetch_sub(events_, std::memory_order_relaxed);
    channel_.uncommitted_bytes_.fetch_sub(bytes_, std::memory_order_relaxed);
  }
  Uncommitted(const Uncommitted&) = delete;
  Uncommitted& operator=(const Uncommitted&) = delete;

  /// A request that is alone is never too much.
  bool too_much() const {
    const auto& options = channel_.world_.options;
    return (all_events_ > options.uncommitted_events && all_events_ != events_) ||
           (all_bytes_ > options.uncommitted_bytes && all_bytes_ != bytes_);
  }

 private:
  Channel& channel_;
  std::size_t events_, bytes_, all_events_ = 0, all_bytes_ = 0;
};

asio::awaitable<Result<Receipt>> Channel::publish(std::vector<Event> events) { return publish(std::move(events), false); }

asio::awaitable<Result<Receipt>> Channel::publish(std::vector<Event> events, bool deduplicate) {
  if (!accepting_.load(std::memory_order_relaxed))
    co_return Error(Errc::overloaded, "the channel is not taking events: it is starting or stopping");
  if (world_.quota->storage_full())
    co_return Error(Errc::over_quota, "the tenant's stored_bytes are used up");
  if (const auto wait = world_.quota->take(events.size(), world_.clock.now()); wait > Duration::zero())
    co_return Error(Errc::over_quota, "over the tenant's events_per_second");
  if (events.empty()) co_return Receipt();

  std::vector<std::size_t> invalid;  // places of those that are to be dead letters, ascending
  if (const auto schemas = schemas_.load()) {
    auto checked = check_data(*schemas, events);
    if (!checked) co_return checked.error();
    invalid = std::move(*checked);
  }

  PublishOp op;
  op.deduplicate = deduplicate;
  op.events.reserve(events.size());
  const auto rules = rules_.load();
  op.generation = rules->generation;
  auto next_invalid = invalid.begin();
  for (auto& event : events) {
    if (&event != &events.back()) pipeline::Matcher::expect(*(&event + 1));
    auto stored = std::make_shared<StoredEvent>();
    stored->event = std::move(event);
    if (next_invalid == invalid.end() || *next_invalid != op.events.size()) {
      rules->match(stored->event, stored->matched);
    } else {
      assert(rules->invalid_rule && "schemas that make dead letters come after their rule");
      stored->matched.push_back(*rules->invalid_rule);
      ++next_invalid;
    }
    op.bytes += stored->event.record().size();
    op.events.push_back(std::move(stored));
  }
  const Uncommitted uncommitted(*this, op.events.size(), op.bytes);
  if (uncommitted.too_much())
    co_return Error(Errc::overloaded, "too many events are waiting to be stored on this channel");

  auto initiate = [this](auto handler, PublishOp* waiting) {
    waiting->done = std::make_unique<WaiterOf<decltype(handler)>>(std::move(handler));
    if (inbox_.push(waiting)) asio::post(strand_, [this] { drain_inbox(); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<Receipt>)>(
      initiate, asio::use_awaitable, &op);
}

/// Tags the events whose data does not fit its schema, or says why they are refused.  The places of those that are to be
/// dead letters, ascending.  Errors: invalid_data.
Result<std::vector<std::size_t>> Channel::check_data(const schema::EventSchemas& schemas, std::vector<Event>& events) {
  std::vector<ErrorDetail> details;
  std::vector<std::size_t> dead;
  std::size_t refused = 0, tagged = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto verdict = schemas.check(events[i]);
    if (verdict.faults.empty()) continue;
    if (verdict.on_invalid == schema::OnInvalid::tag) {
      events[i] = schema::tagged(events[i], verdict.faults);
      ++tagged;
      continue;
    }
    if (verdict.on_invalid == schema::OnInvalid::dead_letter) {
      events[i] = schema::tagged_with_all(events[i], verdict.faults);
      dead.push_back(i);
      continue;
    }
    ++refused;
    for (const auto& fault : verdict.faults)
      if (details.size() < kFaultsTold) details.push_back({i, fault.pointer, fault.message});
  }
  rejected_.fetch_add(refused, std::memory_order_relaxed);
  if (refused == 0) {
    tagged_.fetch_add(tagged, std::memory_order_relaxed);
    dead_lettered_.fetch_add(dead.size(), std::memory_order_relaxed);
    return dead;
  }
  auto message = events.size() == 1 ? std::string("the event's data does not fit its schema; it was not accepted")
                                    : "the data of " + std::to_string(refused) + " of " + std::to_string(events.size()) +
                                          " events does not fit its schema; nothing was accepted";
  return Error(Errc::invalid_data, std::move(message), std::move(details));
}

void Channel::drain_inbox() {
  Group group;
  for (auto* op = inbox_.take_all(); op != nullptr;) {
    auto* next = op->next;
    admit(*op, group);
    op = next;
  }
  if (!group.ops.empty()) commits_.spawn(commit(std::move(group)));
}

/// Takes one request into the group that is being formed, refuses it, or keeps it until duplicates can be told.
void Channel::admit(PublishOp& op, Group& group) {
  if (!accepting_) return complete(op, Error(Errc::overloaded, "the channel is stopping"));
  if (op.generation != generation_) rematch(op);
  const bool by_setting = plan_.load()->deduplicate > Duration::zero();
  if (op.deduplicate || by_setting) {
    if (!dedup_ready_) {
      waiting_for_dedup_.push_back(&op);
      start_filling_dedup();
      return;
    }
    take_out_duplicates(op);
  } else if (dedup_) {
    remember(op);
  }
  group.ops.push_back(&op);
  group.events.insert(group.events.end(), op.events.begin(), op.events.end());
}

void Channel::rematch(PublishOp& op) {
  const auto rules = rules_.load();
  for (auto& event : op.events)
    if (!rules->is_invalid(event->matched)) rules->match(event->event, event->matched);
  op.generation = rules->generation;
}

asio::awaitable<void> Channel::commit(Group group) {
  const auto accepted_at = world_.clock.wall_now();
  for (auto& event : group.events) event->accepted_at = accepted_at;
  Result<AppendReceipt> receipt = AppendReceipt{};
  if (group.events.empty()) {
    // Only duplicates: what they repeat is in an earlier group, and must be durable before they are acknowledged.
    const auto before = groups_submitted_;
    while (groups_committed_ < before) co_await group_committed_.wait();
  } else {
    ++groups_submitted_;
    receipt = co_await log_->append(group.events);
    ++groups_committed_;
    group_committed_.notify();
  }
  if (!receipt) {
    for (auto* op : group.ops) complete(*op, receipt.error());
    co_return;
  }
  if (!group.events.empty()) feed(group.events);
  Seq seq = receipt->first_seq;
  for (auto* op : group.ops) {
    op->receipt.accepted = op->events.size();
    if (!op->events.empty()) {
      op->receipt.first_seq = seq;
      seq += op->events.size();
      op->receipt.last_seq = seq - 1;
    }
    complete(*op, op->receipt);
  }
}

/// The events are durable: the lanes whose rules matched get them, in order.
void Channel::feed(const std::vector<std::shared_ptr<StoredEvent>>& events) {
  assert(events.front()->seq == durable_seq_ + 1 && "appends complete in the order in which they were started");
  durable_seq_ = events.back()->seq;
  accepted_rate_.mark(world_.clock.now(), static_cast<std::uint32_t>(events.size()));
  std::uint64_t unmatched = 0;
  for (const auto& event : events) {
    if (event->matched.empty() || event->matched.front() == unrouted_rule_) ++unmatched;
    for (auto rule : event->matched)
      if (rule.value < lanes_of_rule_.size())
        for (auto* lane : lanes_of_rule_[rule.value]) lane->offer(event);
    if (!tails_.empty()) fan_out_to_tails(event);
    if (samples_) show(event);
  }
  if (unmatched != 0) unmatched_ += unmatched;
  last_seq_.store(durable_seq_, std::memory_order_release);
  if (durable_seq_ - counted_seq_ >= kCountAtLeastEvery) {
    counted_seq_ = durable_seq_;
    if (!lanes_.empty()) lanes_.begin()->second->touch();
  }
  note_stored();
}

void Channel::complete(PublishOp& op, Result<Receipt> result) {
  const auto done = std::move(op.done);  // op is gone as soon as its owner goes on
  done->resume(std::move(result));
}

void Channel::note_stored() {
  const auto stored = log_->stored_bytes();
  world_.quota->add_stored(static_cast<std::int64_t>(stored) - static_cast<std::int64_t>(known_stored_));
  known_stored_ = stored;
  stored_bytes_.store(stored, std::memory_order_relaxed);
}

/// Lets schemas be made of the event, unless there is something wrong with it.
void Channel::show(const StoredEventPtr& event) {
  if (event->event.data_kind() != DataKind::json) return;
  if (event->matched.size() == 1 && event->matched.front() == invalid_rule_) return;
  const bool shown =
      samples_->take(event->event.type(), world_.clock.now()) && world_.options.sampler->offer(name_, event);
  if (!shown) samples_skipped_.fetch_add(1, std::memory_order_relaxed);
}

void Channel::fan_out_to_tails(const StoredEventPtr& event) {
  std::erase_if(tails_, [](const auto& tail) { return tail.use_count() == 1; });  // its listener has gone
  for (const auto& tail : tails_) tail->push(event);
}

// --- Duplicates ------------------------------------------------------------------------------------------------------

void Channel::remember(const PublishOp& op) {
  const auto now = world_.clock.wall_now();
  dedup_->forget_before(now);
  for (const auto& event : op.events) dedup_->insert(event->event.source(), event->event.id(), now);
}

void Channel::take_out_duplicates(PublishOp& op) {
  const auto now = world_.clock.wall_now();
  dedup_->forget_before(now);
  std::erase_if(op.events, [&](const auto& event) {
    const bool known = !dedup_->insert(event->event.source(), event->event.id(), now);
    op.receipt.duplicates += known;
    return known;
  });
}

void Channel::start_filling_dedup() {
  if (dedup_) return;
  const auto configured = plan_.load()->deduplicate;
  dedup_ = std::make_unique<DedupWindow>(configured > Duration::zero() ? configured : kDedupByRequest);
  runs_.spawn(fill_dedup_window());
}

/// Reads back what was accepted within the window, once; requests that need it wait meanwhile.
asio::awaitable<void> Channel::fill_dedup_window() {
  EventQuery query;
  query.from = world_.clock.wall_now() - std::chrono::duration_cast<std::chrono::microseconds>(dedup_->span());
  query.limit = kDedupPage;
  do {
    auto page = co_await log_->query(query);
    if (!page) {
      log::error("dedup.read_failed", "tenant={} channel={} error={}", name_.tenant, name_.channel,
                 log::quoted(page.error().message));
      break;
    }
    for (const auto& event : page->events)
      dedup_->insert(event->event.source(), event->event.id(), event->accepted_at);
    query.before = page->next_before;
  } while (query.before != 0 && dedup_->size() < DedupWindow::kMost);
  dedup_ready_ = true;
  Group group;
  for (auto* op : std::exchange(waiting_for_dedup_, {})) admit(*op, group);
  if (!group.ops.empty()) commits_.spawn(commit(std::move(group)));
}

}  // namespace signalbox::broker
