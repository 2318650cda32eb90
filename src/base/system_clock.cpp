#include "base/system_clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/wakeup.hpp"

namespace signalbox::base {

boost::asio::awaitable<void> SystemClock::sleep_until(TimePoint when) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, when);
  co_await wait_for_wakeup(timer);
}

}  // namespace signalbox::base
