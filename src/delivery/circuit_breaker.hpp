#pragma once
#include <cstdint>
#include <optional>

#include "signalbox/clock.hpp"
#include "signalbox/target.hpp"

namespace signalbox::delivery {

/// When a target's circuit opens and how it closes again.
struct CircuitSettings {
  std::uint32_t failures = 20;                      ///< in a row, and ...
  Duration failing_for = std::chrono::seconds(5);   ///< ... nothing but failures for so long
  Duration open_initial = std::chrono::seconds(1);  ///< until the first probe; doubles with each that fails
  Duration open_max = std::chrono::seconds(60);
  std::uint32_t probes = 1;  ///< attempts under way at once while half-open
  bool operator==(const CircuitSettings&) const = default;
};

/// Keeps attempts away from a target that does not work at the moment, so that none is wasted and none of a
/// delivery's attempts is used up: while the circuit is open the caller parks the lane until next_probe().
///
///     closed    --- `failures` failed attempts in a row over at least `failing_for` --->  open
///     open      --- next_probe() has come: the next try_begin() is a probe --->           half-open
///     half-open --- a probe fails --->  open, for twice as long;   an attempt works --->  closed
///
/// Both conditions must hold: twenty failures within a millisecond (a burst into one hiccup) open nothing,
/// nor do a few failures a long time apart.  Only Outcome::failed counts as a failure; `rejected` and
/// `disabled` are answers of a target that works.  What an attempt from before the circuit opened comes to
/// counts only when it worked.
///
/// Pure: time comes in.  Thread-safety: none; one executor's.
class CircuitBreaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };

  /// One attempt that was let through; given back to finish() or abandon(), exactly once.
  class Pass {
   private:
    friend class CircuitBreaker;
    explicit Pass(std::uint64_t epoch) : epoch_(epoch) {}
    std::uint64_t epoch_;
  };

  /// For status and metrics.
  struct Snapshot {
    State state = State::closed;
    std::uint32_t failures_in_row = 0;
    std::uint64_t times_opened = 0;       ///< since the start; a failed probe does not count
    std::optional<TimePoint> open_since;  ///< unless closed
    std::optional<TimePoint> next_probe;  ///< when open
  };

  explicit CircuitBreaker(CircuitSettings settings = {});

  /// A pass when an attempt may begin now.
  std::optional<Pass> try_begin(TimePoint now);

  /// When try_begin() is worth asking again: at once while closed; nullopt while probes are under way and no
  /// other may begin (one of them finishing changes that).
  std::optional<TimePoint> next_probe(TimePoint now) const;

  void finish(Pass pass, Outcome::Kind outcome, TimePoint now);
  /// The attempt was cancelled and says nothing about the target.
  void abandon(Pass pass);

  /// Closed, as new: the target is another one now, or an operator says that it works.  Passes given out before count
  /// for nothing.
  void reset();

  State state() const { return state_; }
  Snapshot snapshot() const;

 private:
  void failed(Pass pass, TimePoint now);
  void open(TimePoint now);
  void close();

  CircuitSettings settings_;
  State state_ = State::closed;
  std::uint64_t epoch_ = 0;  // a new one with each opening and each round of probes
  std::uint32_t failures_in_row_ = 0;
  std::uint32_t probes_under_way_ = 0;
  std::uint64_t times_opened_ = 0;
  TimePoint failing_since_{}, open_since_{}, next_probe_{};
  Duration interval_{};
};

}  // namespace signalbox::delivery
