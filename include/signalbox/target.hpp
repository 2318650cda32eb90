#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "signalbox/clock.hpp"
#include "signalbox/event.hpp"
#include "signalbox/raw_body.hpp"

namespace signalbox {

class Enricher;

/// What one attempt came to.
struct Outcome {
  enum class Kind {
    delivered,  ///< the target took it
    rejected,   ///< it never will: dead letter at once
    failed,     ///< it may later: retry by schedule
    disabled,   ///< the target asked for no more events (410): fails like `rejected`, and the target is disabled
  };
  Kind kind = Kind::failed;
  unsigned status = 0;                  ///< HTTP status, 0 when there was no answer
  std::optional<Duration> retry_after;  ///< the target's own wish
  std::string detail;                   ///< for the journey and the dead letter; never a secret, at most 512 bytes
  const char* reason = nullptr;         ///< of `rejected`: the dead letter's reason, where it is not "rejected"

  Outcome() = default;
  static Outcome delivered(unsigned status) { return Outcome(Kind::delivered, status, std::nullopt, {}); }
  static Outcome rejected(unsigned status, std::string detail) {
    return Outcome(Kind::rejected, status, std::nullopt, std::move(detail));
  }
  /// `reason`: lives for ever, a name as in delivery/dead_letter.hpp.
  static Outcome rejected_because(const char* reason, std::string detail) {
    auto outcome = rejected(0, std::move(detail));
    outcome.reason = reason;
    return outcome;
  }
  static Outcome failed(unsigned status, std::string detail, std::optional<Duration> retry_after = std::nullopt) {
    return Outcome(Kind::failed, status, retry_after, std::move(detail));
  }
  static Outcome disabled(unsigned status, std::string detail) {
    return Outcome(Kind::disabled, status, std::nullopt, std::move(detail));
  }

 private:
  Outcome(Kind k, unsigned s, std::optional<Duration> r, std::string d)
      : kind(k), status(s), retry_after(r), detail(std::move(d)) {}
};

/// One event on its way out.
struct Shipment {
  const Event* event = nullptr;  ///< outlives the call
  unsigned attempt = 1;          ///< from 1; `Signalbox-Attempt`
  /// Sent in the event's place, which then only names it (signature, trace), unless nullptr; outlives the call.
  const RawBody* raw = nullptr;
  /// Of all of a call, or of none: they go out as one batch, whatever max_batch() and the target's own way say.  Only
  /// for targets whose TargetLimits::batches says so; none of them is raw.
  bool together = false;
};

/// Somewhere events go.  Sends once: retries, concurrency, rate, circuit breaking and dead letters are its caller's.
///
/// Each channel has its own Target object for each target it uses; all calls on one object are made from that
/// channel's strand, many may be under way at once.
class Target {
 public:
  virtual ~Target() = default;

  /// What answers questions about events in this target's place; nullptr when nothing does (most only take).  Lives as
  /// long as the target.
  virtual Enricher* enricher() { return nullptr; }

  /// How many events one call may carry: 1 unless the target batches.
  virtual std::size_t max_batch() const { return 1; }

  /// One attempt at all of `events` (1 to max_batch(), or all that go together); one outcome for all.  Must finish by `deadline`.
  /// Cancellation: terminal; throws operation_aborted.
  virtual boost::asio::awaitable<Outcome> deliver(std::span<const Shipment> events, TimePoint deadline) = 0;

  /// Closes idle connections; called before destruction, when no deliver() is under way.
  virtual void close() {}
};

}  // namespace signalbox
