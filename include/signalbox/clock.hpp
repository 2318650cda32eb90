#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>

namespace signalbox {

/// Monotonic time: deadlines, intervals, timers.  Never stored.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// Calendar time in microseconds since 1970 (UTC): what is stored and shown.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// The only source of time.  Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall_now() const = 0;
  /// Completes at `when`, at once if it has passed, on the awaiting coroutine's executor.
  /// Cancellation: throws boost::system::system_error(operation_aborted).
  virtual boost::asio::awaitable<void> sleep_until(TimePoint when) = 0;
};

}  // namespace signalbox
