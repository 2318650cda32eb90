#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "base/wakeup.hpp"
#include "signalbox/channel_log.hpp"

namespace signalbox::broker {

/// One listener to the events of a channel as they become durable.  Bounded: a listener too slow misses events, and is
/// told how many.
///
/// Thread-safety: push() comes from the channel's strand, next() from the listener's executor.
class TailFeed : public std::enable_shared_from_this<TailFeed> {
 public:
  static constexpr std::size_t kMost = 1'000;
  explicit TailFeed(boost::asio::any_io_executor listener) : listener_(listener), wakeup_(listener) {}

  void push(const StoredEventPtr& event);
  /// No more events: the channel is gone or the daemon stops.
  void close();

  struct Item {
    StoredEventPtr event;          ///< nullptr: closed
    std::uint64_t missed = 0;      ///< events left out just before this one
  };
  /// Waits for the next event.  Cancellation: throws operation_aborted.
  boost::asio::awaitable<Item> next();

 private:
  void wake();

  boost::asio::any_io_executor listener_;
  base::Wakeup wakeup_;            // touched on the listener's executor only
  std::mutex mutex_;               // a listener is an operator's, not an event's way
  std::deque<StoredEventPtr> queue_;
  std::uint64_t missed_ = 0;
  bool closed_ = false;
};

}  // namespace signalbox::broker
