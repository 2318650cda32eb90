#include "delivery/circuit_breaker.hpp"

#include <algorithm>
#include <limits>

namespace signalbox::delivery {

CircuitBreaker::CircuitBreaker(CircuitSettings settings)
    : settings_(settings), interval_(settings.open_initial) {
  settings_.failures = std::max(settings_.failures, 1u);
  settings_.probes = std::max(settings_.probes, 1u);
}

std::optional<CircuitBreaker::Pass> CircuitBreaker::try_begin(TimePoint now) {
  if (state_ == State::closed) return Pass(epoch_);
  if (state_ == State::open) {
    if (now < next_probe_) return std::nullopt;
    state_ = State::half_open;
    probes_under_way_ = 0;
    ++epoch_;
  }
  if (probes_under_way_ == settings_.probes) return std::nullopt;
  ++probes_under_way_;
  return Pass(epoch_);
}

std::optional<TimePoint> CircuitBreaker::next_probe(TimePoint now) const {
  switch (state_) {
    case State::closed:
      return now;
    case State::open:
      return std::max(now, next_probe_);
    case State::half_open:
      if (probes_under_way_ < settings_.probes) return now;
      return std::nullopt;
  }
  return now;
}

void CircuitBreaker::finish(Pass pass, Outcome::Kind outcome, TimePoint now) {
  if (outcome == Outcome::Kind::failed) return failed(pass, now);
  close();
}

void CircuitBreaker::abandon(Pass pass) {
  if (state_ == State::half_open && pass.epoch_ == epoch_) --probes_under_way_;
}

void CircuitBreaker::reset() {
  close();
  ++epoch_;
}

CircuitBreaker::Snapshot CircuitBreaker::snapshot() const {
  Snapshot snapshot;
  snapshot.state = state_;
  snapshot.failures_in_row = failures_in_row_;
  snapshot.times_opened = times_opened_;
  if (state_ != State::closed) snapshot.open_since = open_since_;
  if (state_ == State::open) snapshot.next_probe = next_probe_;
  return snapshot;
}

void CircuitBreaker::failed(Pass pass, TimePoint now) {
  if (pass.epoch_ != epoch_ || state_ == State::open)
    return;  // begun before the circuit opened: known already
  if (failures_in_row_ == 0) failing_since_ = now;
  if (failures_in_row_ < std::numeric_limits<std::uint32_t>::max()) ++failures_in_row_;
  if (state_ == State::half_open) {
    interval_ = std::min(interval_ * 2, settings_.open_max);
    open(now);
  } else if (failures_in_row_ >= settings_.failures && now - failing_since_ >= settings_.failing_for) {
    ++times_opened_;
    open_since_ = now;
    interval_ = std::min(settings_.open_initial, settings_.open_max);
    open(now);
  }
}

void CircuitBreaker::open(TimePoint now) {
  state_ = State::open;
  ++epoch_;
  next_probe_ = now + interval_;
}

void CircuitBreaker::close() {
  if (state_ != State::closed) ++epoch_;
  state_ = State::closed;
  failures_in_row_ = 0;
}

}  // namespace signalbox::delivery
