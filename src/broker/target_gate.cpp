#include "broker/target_gate.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace signalbox::broker {

namespace {

using namespace std::chrono_literals;
constexpr Duration kLookAgain = 1s;          // at a disabled target: a reload or an operator changes that
constexpr Duration kProbeUnderWay = 200ms;   // until its outcome is known

/// A target that does not answer, or asks for a pause, is left alone for a while without spending attempts.  One that
/// answers, with a 500 even, is up: its failures are those of the deliveries.
bool is_down(const Outcome& outcome) {
  return outcome.kind == Outcome::Kind::failed && (outcome.status == 0 || outcome.status == 429 || outcome.status == 503);
}

void notify(const std::shared_ptr<GateWaiter>& waiter) {
  boost::asio::post(waiter->strand, [waiter] { waiter->wakeup->notify(); });
}

}  // namespace

Permit::~Permit() {
  if (!gate_) return;
  if (pass_) gate_->abandon_pass(*pass_);
  if (!aside_) gate_->free_place();
}

void Permit::step_aside() {
  if (gate_ && !std::exchange(aside_, true)) gate_->free_place();
}

bool Permit::step_back(const std::shared_ptr<GateWaiter>& waiter) {
  if (!gate_ || !aside_) return true;
  aside_ = !gate_->take_place(waiter);
  return !aside_;
}

std::optional<TimePoint> Permit::wait_for_another_call(TimePoint now) {
  return gate_ ? gate_->take_token(now) : std::nullopt;
}

bool Permit::renew(const std::shared_ptr<TargetGate>& gate, TimePoint now) {
  if (!gate_ || gate_ != gate) return false;
  if (pass_) gate_->abandon_pass(*std::exchange(pass_, std::nullopt));
  pass_ = gate_->pass_again(now);
  return pass_.has_value();
}

void Permit::report(const Outcome& outcome, TimePoint now) {
  if (!gate_ || !pass_) return;
  gate_->finish(*pass_, outcome, now);
  pass_.reset();
}

TargetGate::TargetGate(TargetLimits limits) : limits_(limits), bucket_(limits.rate) {}

TargetGate::Answer TargetGate::acquire(const std::shared_ptr<GateWaiter>& waiter, TimePoint now) {
  const std::lock_guard lock(mutex_);
  Answer answer;
  if (!has_place(waiter)) {
    answer.kind = Answer::Kind::queued;
    return answer;
  }
  // A place is ours from here on, unless the target is not to be bothered now.
  const auto pass = begin_call(now, answer.at);
  if (!pass) {
    --taken_;
    if (!std::exchange(waiter->parked, true)) parked_.insert(waiter);
    grant_free_places();
    return answer;
  }
  answer.kind = Answer::Kind::granted;
  answer.permit = Permit(shared_from_this(), *pass);
  return answer;
}

/// For somebody that has a place: the pass and the token of one call; nullopt when the target is not to be bothered now,
/// and when to ask again.
std::optional<delivery::CircuitBreaker::Pass> TargetGate::begin_call(TimePoint now, TimePoint& ask_again) {
  const auto next_token = bucket_.next_available(1, now);
  if (disabled_) ask_again = now + kLookAgain;
  else if (next_token > now) ask_again = next_token;
  if (disabled_ || next_token > now) return std::nullopt;
  const auto pass = breaker_.try_begin(now);
  if (pass) bucket_.try_take(1, now);
  else ask_again = breaker_.next_probe(now).value_or(now + kProbeUnderWay);
  return pass;
}

/// The one kept for the waiter, or a free one; without either it is queued.
bool TargetGate::has_place(const std::shared_ptr<GateWaiter>& waiter) {
  if (waiter->granted.exchange(false)) return true;
  if (taken_ < limits_.concurrency && waiters_.empty()) {
    ++taken_;
    return true;
  }
  if (!std::exchange(waiter->queued, true)) waiters_.push_back(waiter);
  return false;
}

bool TargetGate::take_place(const std::shared_ptr<GateWaiter>& waiter) {
  const std::lock_guard lock(mutex_);
  return has_place(waiter);
}

std::optional<TimePoint> TargetGate::closed_until(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  if (disabled_) return now + kLookAgain;
  const auto next = breaker_.next_probe(now).value_or(now + kProbeUnderWay);
  return next > now ? std::optional(next) : std::nullopt;
}

void TargetGate::abandon(const std::shared_ptr<GateWaiter>& waiter) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(waiter->parked, false)) parked_.erase(waiter);
  if (std::exchange(waiter->queued, false)) waiters_.remove(waiter);
  if (waiter->granted.exchange(false)) {
    --taken_;
    grant_free_places();
  }
}

std::optional<TimePoint> TargetGate::take_token(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (bucket_.try_take(1, now)) return std::nullopt;
  return bucket_.next_available(1, now);
}

/// For somebody that has a place.
std::optional<delivery::CircuitBreaker::Pass> TargetGate::pass_again(TimePoint now) {
  const std::lock_guard lock(mutex_);
  const bool wanted_by_others = !waiters_.empty() || taken_ > limits_.concurrency;
  TimePoint ask_again{};
  return wanted_by_others ? std::nullopt : begin_call(now, ask_again);
}

void TargetGate::finish(delivery::CircuitBreaker::Pass pass, const Outcome& outcome, TimePoint now) {
  const std::lock_guard lock(mutex_);
  breaker_.finish(pass, is_down(outcome) ? Outcome::Kind::failed : Outcome::Kind::rejected, now);
  if (outcome.kind == Outcome::Kind::disabled) disabled_ = true;
}

void TargetGate::abandon_pass(delivery::CircuitBreaker::Pass pass) {
  const std::lock_guard lock(mutex_);
  breaker_.abandon(pass);
}

void TargetGate::free_place() {
  const std::lock_guard lock(mutex_);
  --taken_;
  grant_free_places();
}

void TargetGate::grant_free_places() {
  while (!waiters_.empty() && taken_ < limits_.concurrency) {
    auto waiter = std::move(waiters_.front());
    waiters_.pop_front();
    waiter->queued = false;
    waiter->granted = true;
    ++taken_;
    notify(waiter);
  }
}

void TargetGate::wake_parked() {
  for (const auto& waiter : std::exchange(parked_, {})) {
    waiter->parked = false;
    notify(waiter);
  }
}

void TargetGate::set(TargetLimits limits, bool changed) {
  const std::lock_guard lock(mutex_);
  if (!(limits.rate == limits_.rate)) bucket_ = delivery::TokenBucket(limits.rate);
  limits_ = limits;
  if (changed) {
    disabled_ = false;
    breaker_.reset();
    wake_parked();
  }
  grant_free_places();
}

void TargetGate::enable() {
  const std::lock_guard lock(mutex_);
  disabled_ = false;
  breaker_.reset();
  wake_parked();
}

TargetGate::Snapshot TargetGate::snapshot() const {
  const std::lock_guard lock(mutex_);
  Snapshot snapshot;
  snapshot.in_flight = taken_;
  using State = delivery::CircuitBreaker::State;
  switch (breaker_.state()) {
    case State::closed: snapshot.circuit = "closed"; break;
    case State::open: snapshot.circuit = "open"; break;
    case State::half_open: snapshot.circuit = "half_open"; break;
  }
  if (disabled_) snapshot.circuit = "disabled";
  snapshot.parked = disabled_ || breaker_.state() == State::open;
  return snapshot;
}

}  // namespace signalbox::broker
