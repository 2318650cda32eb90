#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>

namespace signalbox::base {

/// True when `error` is Asio's operation_aborted: stopped, not failed.
bool is_cancellation(const std::exception_ptr& error);

/// Waits until `timer` expires or is cancelled, whichever way: the caller looks at its own state again.
/// Cancellation: throws operation_aborted.
boost::asio::awaitable<void> wait_for_wakeup(boost::asio::steady_timer& timer);

/// "Look again" from one part of an actor to coroutines of the same actor that wait: a condition variable for a
/// strand.  Thread-safety: none; use it on its executor's strand only.
class Wakeup {
 public:
  explicit Wakeup(boost::asio::any_io_executor executor)
      : timer_(std::move(executor), boost::asio::steady_timer::time_point::max()) {}
  /// Returns at the next notify() after the call.  Cancellation: throws operation_aborted.
  boost::asio::awaitable<void> wait() { return wait_for_wakeup(timer_); }
  /// Wakes all that wait now.
  void notify() { timer_.cancel(); }

 private:
  boost::asio::steady_timer timer_;
};

/// Marks the time in which only one coroutine of an actor may be somewhere, whichever way it leaves; the others wait
/// with `while (flag) co_await freed.wait();`.
class Busy {
 public:
  Busy(bool& flag, Wakeup& freed) : flag_(flag), freed_(freed) { flag_ = true; }
  ~Busy() {
    flag_ = false;
    freed_.notify();
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  bool& flag_;
  Wakeup& freed_;
};

}  // namespace signalbox::base
