// One attempt of a lane: what is transformed, what goes to the target in which call, and what follows.
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <exception>

#include "base/log.hpp"
#include "broker/lane.hpp"
#include "broker/transform_runner.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;
namespace log = base::log;
using std::chrono::microseconds;

namespace {

constexpr std::size_t kTakenMost = 1'024;    // partly taken deliveries a lane remembers
constexpr std::size_t kAskingMost = 64;        // events of a batch that wait for answers at once
constexpr std::size_t kErrorBytesMax = 512;    // of an attempt's record

struct CountInFlight {
  explicit CountInFlight(std::atomic<std::size_t>& n, std::size_t by) : count(n), size(by) { count += size; }
  ~CountInFlight() { count -= size; }
  CountInFlight(const CountInFlight&) = delete;
  CountInFlight& operator=(const CountInFlight&) = delete;
  std::atomic<std::size_t>& count;
  std::size_t size;
};

}  // namespace

/// One attempt at a target: what goes to it together next, and what came of it so far.
struct Lane::Shipping {
  Shipping(Target& t, TransformerPtr f, Permit& p, bool b)
      : target(t),
        transformer(std::move(f)),
        permit(p),
        call_most(std::max<std::size_t>(1, t.max_batch())),
        batches(b) {}

  bool has_room_for(const Work& work) const {
    if (works.empty()) return true;
    if (work.together || works.front()->together) return false;
    return !work.is_raw() && !works.front()->is_raw() && count + work.shipments() <= call_most;
  }
  /// Shipments in one call: a raw body goes alone, a batch together.
  std::size_t call_size() const {
    if (works.front()->is_raw()) return 1;
    return goes_together() ? count : call_most;
  }
  bool goes_together() const { return batches && works.front()->together; }
  void add(Work& work) {
    works.push_back(&work);
    count += work.shipments();
  }
  /// The target could not take what it was sent last: no use in sending more now.
  bool broken() const { return outcome.kind == Outcome::Kind::failed || outcome.kind == Outcome::Kind::disabled; }

  Target& target;
  const TransformerPtr transformer;
  Permit& permit;
  const std::size_t call_most;  // shipments in one call, unless they are raw or a batch
  const bool batches;           // the target takes any number of them as one batch
  std::vector<Work*> works;     // several only when one call carries all they have
  std::size_t count = 0;        // of their shipments
  bool called = false;
  Outcome outcome = Outcome::delivered(0);  // of the last call
};

std::size_t Lane::Work::shipments() const {
  if (!made.empty()) return made.size() - taken;
  return members.empty() ? 1 : members.size();
}

bool Lane::Work::is_raw() const { return !made.empty() && made.front().raw; }

std::span<const Seq> Lane::Work::seqs() const {
  if (retry && retry->group) return retry->group->members;
  return {&seq, 1};
}

std::span<const Seq> Lane::Work::going() const { return left_out.empty() ? seqs() : std::span<const Seq>(rest); }

/// One attempt after the other while there is something to do: going on costs less than beginning anew.
asio::awaitable<void> Lane::attempt_on(std::vector<Work> works, Permit permit) {
  while (!works.empty()) {
    co_await attempt(works, permit);
    works = take_more(permit);
  }
  wakeup_->notify();
}

/// What the same permit will do for, when nobody else waits for it.  Empty: the lane's run() sees to what comes next.
std::vector<Lane::Work> Lane::take_more(Permit& permit) {
  const bool asks = settings_.transformer && settings_.transformer->asks_targets();
  const bool goes_on = !stopping_ && !asks && ready() && !attempts_.is_over_limit();
  if (!goes_on || !permit.renew(settings_.gate, world_.clock.now())) return {};
  return take_work();
}

asio::awaitable<void> Lane::attempt(std::vector<Work>& works, Permit& permit) {
  const CountInFlight counting(in_flight_, works.size());
  const auto target = settings_.target;  // a reload may replace them meanwhile
  const Change change{settings_.transformer, settings_.enrichments};
  Shipping shipping(*target, change.transformer, permit, settings_.batches);
  const bool asks = change.transformer && change.transformer->asks_targets();
  const bool pure = !change.transformer || change.transformer->is_pure();
  if (asks) co_await prepare_aside(works, change, permit);
  for (auto& work : works) {
    const bool at_hand = work.event && !work.retry && !settings_.aggregate;
    if (!asks && !(at_hand && pure)) co_await prepare(work, change);
    else if (at_hand && pure && change.transformer) work.ended = !transform_now(work, change);
    if (work.ended) continue;
    if (!shipping.has_room_for(work)) co_await ship(shipping);
    shipping.add(work);
  }
  if (!shipping.works.empty()) co_await ship(shipping);
  if (shipping.called) permit.report(shipping.outcome, world_.clock.now());
}

/// Makes the work ready to be sent, or ends it.
asio::awaitable<void> Lane::prepare(Work& work, const Change& change) {
  const bool loaded = co_await bring(work);
  const bool goes_on = loaded && (!change.transformer || co_await transform(work, change));
  work.ended = !goes_on;
}

/// While other targets are asked, the place at the lane's own is free for others: whoever holds a place calls, and
/// waits for no other one, so that lanes cannot wait for each other.
asio::awaitable<void> Lane::prepare_aside(std::vector<Work>& works, const Change& change, Permit& permit) {
  permit.step_aside();
  if (works.size() == 1) co_await prepare(works.front(), change);
  else co_await prepare_together(works, change);
  if (!std::ranges::all_of(works, &Work::ended)) co_await step_back(permit);
}

/// The events of a batch, several at once: each waits for answers.
asio::awaitable<void> Lane::prepare_together(std::vector<Work>& works, const Change& change) {
  base::TaskGroup group(world_.strand, kAskingMost);
  std::exception_ptr stopped;
  try {
    for (auto& work : works) {
      co_await group.wait_for_room();
      group.spawn(prepare(work, change));
    }
    co_await group.join();
  } catch (const std::exception&) {
    stopped = std::current_exception();
  }
  if (!stopped) co_return;
  co_await asio::this_coro::reset_cancellation_state();
  group.cancel();
  co_await group.join();
  std::rethrow_exception(stopped);
}

asio::awaitable<void> Lane::step_back(Permit& permit) {
  const auto waiter = std::make_shared<GateWaiter>(world_.strand);
  const GateWaiting waiting(permit.gate(), waiter);
  while (!permit.step_back(waiter))
    while (!waiter->granted) co_await waiter->wakeup->wait();
}

/// Has the events at hand that are to go out, as they go into the transform.  False when there are none: that was the
/// end of the delivery.
asio::awaitable<bool> Lane::bring(Work& work) {
  const bool is_group = work.retry && work.retry->group;
  if (is_group && !work.event) co_return co_await load_group(work);
  if (!work.event && !co_await load(work)) co_return false;
  if (settings_.aggregate && !is_group) make_group_of(work);
  co_return true;
}

pipeline::TransformContext Lane::context_of(const StoredEvent& event) const {
  return {world_.channel.tenant, world_.channel.channel, state_.rule_name, event.accepted_at};
}

/// For transforms that are not pure.
asio::awaitable<TransformResult> Lane::run_steps(const StoredEvent& event, const Change& change) {
  const auto context = context_of(event);
  const TransformServices services{world_.programs, change.enrichments.get(), world_.clock};
  const auto deadline = world_.clock.now() + settings_.timeout + change.transformer->asking_time();
  co_return co_await run_transform(*change.transformer, event.event, context, services, deadline);
}

/// False when that was the end of the delivery: nothing came of the event, or it could not be transformed.
asio::awaitable<bool> Lane::transform(Work& work, const Change& change) {
  if (!work.members.empty()) co_return co_await transform_each(work, change);
  if (change.transformer->is_pure()) co_return transform_now(work, change);
  const Began began{world_.clock.now(), wall_now()};
  auto result = co_await run_steps(*work.event, change);
  co_return take_result(work, std::move(result), change.transformer, began);
}

/// The same of a pure transform, which waits for nothing.
bool Lane::transform_now(Work& work, const Change& change) {
  const Began began{world_.clock.now(), wall_now()};
  auto result = result_of(change.transformer->apply(work.event->event, context_of(*work.event)));
  return take_result(work, std::move(result), change.transformer, began);
}

bool Lane::take_result(Work& work, TransformResult result, const TransformerPtr& transformer, Began began) {
  if (const auto* failure = std::get_if<Outcome>(&result)) {
    AttemptRecord record;
    record.at = began.wall;
    record.took = std::chrono::duration_cast<microseconds>(world_.clock.now() - began.at);
    fail_transform(work, *failure, std::move(record));
    return false;
  }
  auto& made = std::get<pipeline::Transformed>(result);
  if (made.empty()) {
    log::debug("delivery.empty", "tenant={} channel={} rule={} target={} seq={}", world_.channel.tenant,
               world_.channel.channel, state_.rule_name, state_.target_name, work.seq);
    drop(work, "the transform made no event of it");
    return false;
  }
  work.made = std::move(made);
  const auto before = taken_.find(work.seq);
  if (before != taken_.end() && before->second.transformer == transformer && before->second.of == work.made.size())
    work.taken = before->second.count;
  return true;
}

/// Sends what is gathered, settles it and makes room for more.
asio::awaitable<void> Lane::ship(Shipping& shipping) {
  AttemptRecord record;
  record.at = wall_now();
  const auto began = world_.clock.now();
  std::size_t taken = 0;
  if (shipping.broken()) {
    record.error = "not sent, as what went before it in the attempt failed: ";
  } else {
    taken = co_await send(shipping);
  }
  const auto& outcome = shipping.outcome;
  record.took = std::chrono::duration_cast<microseconds>(world_.clock.now() - began);
  record.status = static_cast<std::uint16_t>(outcome.status);
  if (outcome.kind != Outcome::Kind::delivered) {
    if (taken > 0) record.error = std::to_string(taken) + " of " + std::to_string(shipping.count) + " events taken, then ";
    record.error = (record.error + outcome.detail).substr(0, kErrorBytesMax);
    if (taken > 0) remember_taken(shipping, taken);
  }
  for (auto* work : shipping.works) settle(*work, outcome, record);
  shipping.works.clear();
  shipping.count = 0;
}

/// Makes the calls that all shipments need, one after the other, until one does not deliver.  How many shipments were
/// taken.
asio::awaitable<std::size_t> Lane::send(Shipping& shipping) {
  std::vector<Shipment> shipments;
  shipments.reserve(shipping.count);
  for (const auto* work : shipping.works) append_shipments(*work, shipments);
  if (shipping.goes_together())
    for (auto& shipment : shipments) shipment.together = true;
  std::size_t taken = 0;
  while (taken < shipments.size()) {
    while (shipping.called) {  // the permit is for one call
      const auto at = shipping.permit.wait_for_another_call(world_.clock.now());
      if (!at) break;
      co_await world_.clock.sleep_until(*at);
    }
    shipping.called = true;
    const auto rest = std::span<const Shipment>(shipments).subspan(taken);
    const auto call = rest.first(std::min(rest.size(), shipping.call_size()));
    shipping.outcome = co_await deliver(shipping.target, call, world_.clock.now() + settings_.timeout);
    if (shipping.outcome.kind != Outcome::Kind::delivered) break;
    taken += call.size();
  }
  co_return taken;
}

void Lane::append_shipments(const Work& work, std::vector<Shipment>& shipments) {
  Shipment shipment;
  shipment.attempt = (work.retry ? work.retry->attempts_made : 0) + 1;
  shipment.event = &work.event->event;
  if (work.made.empty() && work.members.empty()) return shipments.push_back(shipment);
  if (work.made.empty()) {
    for (const auto& member : work.members) {
      shipment.event = &member->event;
      shipments.push_back(shipment);
    }
    return;
  }
  for (auto i = work.taken; i < work.made.size(); ++i) {
    const auto& made = work.made[i];
    shipment.event = &made.event;
    shipment.raw = made.raw ? &*made.raw : nullptr;
    shipments.push_back(shipment);
  }
}

/// The next attempt goes on behind what the target has of the events made of one.
void Lane::remember_taken(const Shipping& shipping, std::size_t count) {
  const auto& work = *shipping.works.front();
  if (work.made.empty()) return;
  if (taken_.size() >= kTakenMost && !taken_.contains(work.seq)) return;
  taken_[work.seq] = Taken{shipping.transformer, work.taken + count, work.made.size()};
}

/// A target that throws, whatever it was sent or answered, costs this attempt and nothing else.
asio::awaitable<Outcome> Lane::deliver(Target& target, std::span<const Shipment> shipments, TimePoint deadline) {
  std::string thrown;
  try {
    co_return co_await target.deliver(shipments, deadline);
  } catch (const std::exception& error) {
    if (base::is_cancellation(std::current_exception())) throw;
    thrown = error.what();
  }
  log::error("delivery.exception", "tenant={} channel={} target={} error={}", world_.channel.tenant,
             world_.channel.channel, state_.target_name, log::quoted(thrown));
  co_return Outcome::failed(0, "internal error: " + thrown);
}

void Lane::settle(Work& work, const Outcome& outcome, AttemptRecord record) {
  counters_.attempted();
  std::uniform_real_distribution<double> uniform(0, 1);
  const auto attempts_made = (work.retry ? work.retry->attempts_made : 0) + 1;
  settle(work, delivery::decide(settings_.retry, outcome, attempts_made, age(work), uniform(world_.random)),
         std::move(record));
}

}  // namespace signalbox::broker
