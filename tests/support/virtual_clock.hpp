#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <memory>

#include "base/wakeup.hpp"
#include "signalbox/clock.hpp"

namespace signalbox::test {

/// Time that passes only when the test says so.  Single-threaded.
class VirtualClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override {
    return WallTime(std::chrono::hours(24 * 365 * 55)) +
           std::chrono::duration_cast<std::chrono::microseconds>(now_.time_since_epoch());
  }

  boost::asio::awaitable<void> sleep_until(TimePoint when) override {
    if (when <= now_) co_return;
    auto timer = std::make_shared<boost::asio::steady_timer>(co_await boost::asio::this_coro::executor, TimePoint::max());
    const Entry entry(sleepers_, sleepers_.emplace(when, timer));
    co_await base::wait_for_wakeup(*timer);
  }

  /// Runs `io` until nothing is ready and nobody sleeps (or `until` is reached), jumping from deadline to deadline.
  void run(boost::asio::io_context& io, TimePoint until = TimePoint::max()) {
    do {
      io.restart();
      io.poll();
    } while (wake_next(until));
  }

  /// Runs `io` for `span` of virtual time.
  void run_for(boost::asio::io_context& io, Duration span) {
    const auto until = now_ + span;
    run(io, until);
    now_ = until;
    io.restart();
    io.poll();
  }

 private:
  using Sleepers = std::multimap<TimePoint, std::shared_ptr<boost::asio::steady_timer>>;
  struct Entry {
    Entry(Sleepers& s, Sleepers::iterator a) : all(s), at(a) {}
    ~Entry() { all.erase(at); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    Sleepers& all;
    Sleepers::iterator at;
  };

  bool wake_next(TimePoint until) {
    if (sleepers_.empty() || sleepers_.begin()->first > until) return false;
    now_ = std::max(now_, sleepers_.begin()->first);
    for (auto& [when, timer] : sleepers_) {
      if (when > now_) break;
      timer->cancel();
    }
    return true;
  }

  TimePoint now_{};
  Sleepers sleepers_;
};

}  // namespace signalbox::test
