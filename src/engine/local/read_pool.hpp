#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/blocking_pool.hpp"

namespace signalbox::engine::local {

/// Where the store is read: on a few threads of its own, or at once when the store answers from memory.
class ReadPool {
 public:
  /// `threads` 0: at once.
  explicit ReadPool(std::size_t threads) {
    if (threads > 0) pool_ = std::make_unique<base::BlockingPool>(threads);
  }

  /// `call()`'s answer, on the awaiting coroutine's executor.  Cancellation does not interrupt it.
  template <class Call, class Value = std::invoke_result_t<Call>>
  boost::asio::awaitable<Value> run(Call call) {
    if (pool_) return pool_->run(std::move(call));
    return at_once<Call, Value>(std::move(call));
  }

  /// Runs `call()` for its effect; nobody waits.
  template <class Call>
  void start(Call call) {
    if (pool_) pool_->start(std::move(call));
    else call();
  }

 private:
  template <class Call, class Value>
  static boost::asio::awaitable<Value> at_once(Call call) {
    co_return call();
  }
  std::unique_ptr<base::BlockingPool> pool_;
};

}  // namespace signalbox::engine::local
