#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/wakeup.hpp"
#include "delivery/circuit_breaker.hpp"
#include "delivery/token_bucket.hpp"
#include "signalbox/target.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::broker {

class TargetGate;
struct GateWaiter;

/// The right to make one attempt at a target.  Gives itself back when destroyed; an attempt that has not been
/// reported by then says nothing about the target.
class Permit {
 public:
  Permit() = default;
  Permit(std::shared_ptr<TargetGate> gate, delivery::CircuitBreaker::Pass pass) : gate_(std::move(gate)), pass_(pass) {}
  Permit(Permit&& other) noexcept
      : gate_(std::move(other.gate_)), pass_(std::exchange(other.pass_, std::nullopt)), aside_(other.aside_) {}
  Permit& operator=(Permit&& other) noexcept {
    std::swap(gate_, other.gate_);
    std::swap(pass_, other.pass_);
    std::swap(aside_, other.aside_);
    return *this;
  }
  ~Permit();

  /// Takes from the target's rate what one more call of the same attempt needs; when that is not to be had, when to ask
  /// again.
  std::optional<TimePoint> wait_for_another_call(TimePoint now);

  /// Lets others have the place while the attempt does something else than call the target.
  void step_aside();
  /// Takes a place again; false when all are taken: wait until the waiter is granted one, then ask again.
  bool step_back(const std::shared_ptr<GateWaiter>& waiter);
  /// The gate; REQUIRES: the permit was granted by one.
  TargetGate& gate() const { return *gate_; }

  /// Makes it the right to one more attempt at `gate`; false when it is of another gate, when somebody waits for the
  /// place, or when the target is not to be bothered now: then it is good for nothing more.
  /// REQUIRES: it has not stepped aside.
  bool renew(const std::shared_ptr<TargetGate>& gate, TimePoint now);

  /// What the attempt came to; at most once for each.
  void report(const Outcome& outcome, TimePoint now);

 private:
  std::shared_ptr<TargetGate> gate_;
  std::optional<delivery::CircuitBreaker::Pass> pass_;
  bool aside_ = false;
};

/// Somebody that waits for a turn at a gate; told on its own strand.
struct GateWaiter {
  GateWaiter(boost::asio::any_io_executor on, std::shared_ptr<base::Wakeup> by)
      : strand(std::move(on)), wakeup(std::move(by)) {}
  /// With a wakeup of its own.
  explicit GateWaiter(const boost::asio::any_io_executor& on) : GateWaiter(on, std::make_shared<base::Wakeup>(on)) {}

  boost::asio::any_io_executor strand;
  std::shared_ptr<base::Wakeup> wakeup;  ///< notified on the strand when it is worth asking again
  std::atomic<bool> granted{false};      ///< a place is kept for it: it asks again, or abandons it
  bool queued = false;                   ///< the gate's, as is:
  bool parked = false;                   ///< it was told `later`
};

/// What all lanes of a tenant that send to one target share: concurrency, rate, circuit breaker, "410 Gone".
///
/// Thread-safe.  Lanes of several channels meet here and nowhere else; the mutex is held for a few dozen
/// instructions and never across anything that waits.
class TargetGate : public std::enable_shared_from_this<TargetGate> {
 public:
  explicit TargetGate(TargetLimits limits);

  struct Answer {
    enum class Kind : std::uint8_t {
      granted,  ///< `permit` is it
      queued,   ///< all places are taken: wait until the waiter is granted one, then ask again
      later,    ///< ask again at `at` (rate, open circuit, disabled target), or when notified: it was enabled
    };
    Kind kind = Kind::later;
    Permit permit;
    TimePoint at{};
  };
  /// First come, first served.
  Answer acquire(const std::shared_ptr<GateWaiter>& waiter, TimePoint now);
  /// When attempts will be made again; nullopt when nothing but rate and concurrency keeps them away now.
  std::optional<TimePoint> closed_until(TimePoint now) const;
  /// The waiter no longer waits; a place kept for it goes to the next.
  void abandon(const std::shared_ptr<GateWaiter>& waiter);

  /// New settings after a reload; `changed`: the target is another one now, so breaker and "410 Gone" start afresh.
  void set(TargetLimits limits, bool changed);
  /// Ends "410 Gone" and closes the circuit; who was told to ask later is notified.
  void enable();

  struct Snapshot {
    std::size_t in_flight = 0;
    std::string circuit;  ///< "closed", "open", "half_open", "disabled"
    bool parked = false;  ///< no attempts are being made now
  };
  Snapshot snapshot() const;

 private:
  friend class Permit;
  std::optional<TimePoint> take_token(TimePoint now);
  std::optional<delivery::CircuitBreaker::Pass> pass_again(TimePoint now);
  std::optional<delivery::CircuitBreaker::Pass> begin_call(TimePoint now, TimePoint& ask_again);  // mutex_ held
  bool take_place(const std::shared_ptr<GateWaiter>& waiter);
  void finish(delivery::CircuitBreaker::Pass pass, const Outcome& outcome, TimePoint now);
  void abandon_pass(delivery::CircuitBreaker::Pass pass);
  void free_place();
  bool has_place(const std::shared_ptr<GateWaiter>& waiter);  // mutex_ held
  void grant_free_places();                                   // mutex_ held
  void wake_parked();                                         // mutex_ held

  mutable std::mutex mutex_;
  TargetLimits limits_;
  std::size_t taken_ = 0;  // places: attempts under way, and those kept for granted waiters
  bool disabled_ = false;
  delivery::CircuitBreaker breaker_;
  delivery::TokenBucket bucket_;
  std::list<std::shared_ptr<GateWaiter>> waiters_;  // of a lane, one for each attempt at most and one for the next
  std::set<std::shared_ptr<GateWaiter>> parked_;
};

/// Whichever way the wait ends, nobody stays in the gate's queue.
class GateWaiting {
 public:
  GateWaiting(TargetGate& gate, const std::shared_ptr<GateWaiter>& waiter) : gate_(gate), waiter_(waiter) {}
  ~GateWaiting() { gate_.abandon(waiter_); }
  GateWaiting(const GateWaiting&) = delete;
  GateWaiting& operator=(const GateWaiting&) = delete;

 private:
  TargetGate& gate_;
  const std::shared_ptr<GateWaiter>& waiter_;
};

}  // namespace signalbox::broker
