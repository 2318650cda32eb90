#pragma once
#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include "signalbox/clock.hpp"

namespace signalbox::http {

/// Coroutines that wait to be called, first come first served, each until a deadline of its own.
///
/// Thread-safety: none; use it on its executor's strand only.
class WaitingLine {
 public:
  explicit WaitingLine(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// True when called, false at the deadline.  Who was called looks for itself whether there is still what it waited
  /// for, and calls the next if that is no use to it.  Cancellation: throws operation_aborted.
  boost::asio::awaitable<bool> wait(Clock& clock, TimePoint deadline) {
    boost::asio::steady_timer call(executor_);
    call.expires_after(deadline - clock.now());
    const Place place(waiting_, call);
    const auto [ec] = co_await call.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return static_cast<bool>(ec);
  }
  /// Calls the first; it is out of the line when it has heard the call.
  void call_first() {
    if (!waiting_.empty()) waiting_.front()->cancel();
  }
  void call_all() {
    for (auto* call : waiting_) call->cancel();
  }

 private:
  using Calls = std::vector<boost::asio::steady_timer*>;
  struct Place {
    Place(Calls& in, boost::asio::steady_timer& own) : all(in), call(own) { all.push_back(&call); }
    ~Place() { std::erase(all, &call); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Calls& all;
    boost::asio::steady_timer& call;
  };

  boost::asio::any_io_executor executor_;
  Calls waiting_;
};

}  // namespace signalbox::http
