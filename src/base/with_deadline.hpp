#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <optional>
#include <variant>

#include "signalbox/clock.hpp"

namespace signalbox::base {

/// Runs `task` until `deadline`; nullopt when the deadline came first, and `task` was then cancelled and waited for.
template <class T>
boost::asio::awaitable<std::optional<T>> with_deadline(boost::asio::awaitable<T> task, Clock& clock, TimePoint deadline) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto first = co_await (std::move(task) || clock.sleep_until(deadline));
  if (first.index() == 1) co_return std::nullopt;
  co_return std::move(std::get<0>(first));
}

/// The same for a task without a result: true when it finished in time.
inline boost::asio::awaitable<bool> with_deadline(boost::asio::awaitable<void> task, Clock& clock, TimePoint deadline) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto first = co_await (std::move(task) || clock.sleep_until(deadline));
  co_return first.index() == 0;
}

}  // namespace signalbox::base
