#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

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
  /// nullptr while there is no such channel: none is configured, or it is still to start.
  virtual std::shared_ptr<Publisher> find(std::string_view channel) const = 0;
  /// Whether all are being stopped, for good: what they refuse then comes again after the next start.
  virtual bool stopping() const = 0;
};

}  // namespace signalbox
