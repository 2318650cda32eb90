#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace signalbox::base {

/// A few threads for calls that block (store reads, client libraries), so that no I/O thread ever does.  The execution
/// contexts of those who await must outlive the pool: a thread may still be leaving one when its call has completed.
class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads) : threads_(threads) {}
  /// Waits for the calls under way.
  ~BlockingPool() { threads_.join(); }
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// Runs `call()` on one of the threads and completes with its value on the awaiting coroutine's executor.
  /// `call` must not throw; its result must be default-constructible.  It is not interrupted by cancellation:
  /// run() then still completes when `call` has returned.
  template <class Call, class Value = std::invoke_result_t<Call>>
  boost::asio::awaitable<Value> run(Call call) {
    auto initiate = [this](auto handler, Call work) {
      auto executor = boost::asio::get_associated_executor(handler);
      auto guard = boost::asio::make_work_guard(executor);
      auto job = [handler = std::move(handler), guard = std::move(guard), work = std::move(work)]() mutable {
        auto value = std::make_unique<Value>(work());
        auto finish = [handler = std::move(handler), value = std::move(value)]() mutable {
          std::move(handler)(std::move(*value));
        };
        boost::asio::post(guard.get_executor(), std::move(finish));
      };
      boost::asio::post(threads_, std::move(job));
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(Value)>(
        initiate, boost::asio::use_awaitable, std::move(call));
  }

  /// Runs `call()` on one of the threads for its effect; nobody waits.  `call` must not throw.
  template <class Call>
  void start(Call call) {
    boost::asio::post(threads_, std::move(call));
  }

 private:
  boost::asio::thread_pool threads_;
};

}  // namespace signalbox::base
