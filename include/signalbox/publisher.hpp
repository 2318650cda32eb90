#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"
#include "signalbox/ids.hpp"

namespace signalbox {

/// What publish() answers: the events are durable.
struct Receipt {
  std::size_t accepted = 0;    ///< stored now
  std::size_t duplicates = 0;  ///< recognised and not stored again
  Seq first_seq = 0;           ///< of those stored; 0 when none was
  Seq last_seq = 0;
};

/// Takes events into one channel.
class Publisher {
 public:
  virtual ~Publisher() = default;
  /// All or none; they are durable when it completes with a value.
  /// Errors: invalid_data, over_quota, overloaded, no_space, storage.
  virtual boost::asio::awaitable<Result<Receipt>> publish(std::vector<Event> events) = 0;
};

/// The channels of one tenant, for targets that publish.  Thread-safe.
class TenantChannels {
 public:
  virtual ~TenantChannels() = default;
  /// Publishes one event; it is durable when this completes with a value.  Waits until `deadline` for a channel that is
  /// still to start.  A publish that has begun is waited for, whatever `deadline` and cancellation say: it is on its way
  /// into the log.
  /// Errors: those of Publisher, not_found.
  /// Cancellation: terminal; throws operation_aborted, as it does when all channels are being stopped.
  virtual boost::asio::awaitable<Result<Receipt>> publish(std::string channel, Event event,
                                                          TimePoint deadline) const = 0;
};

}  // namespace signalbox
