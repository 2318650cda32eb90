#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

namespace signalbox::test {

/// Runs `io` until `task` has ended, and returns what it returned.  `io` may have other work left.
template <class T>
T run_coroutine(boost::asio::io_context& io, boost::asio::awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr fault;
  auto on_end = [&](std::exception_ptr error, T value) {
    fault = error;
    result.emplace(std::move(value));
  };
  boost::asio::co_spawn(io, std::move(task), on_end);
  io.restart();
  while (!result && io.run_one() > 0) {}
  if (fault) std::rethrow_exception(fault);
  return std::move(*result);
}

}  // namespace signalbox::test
