#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <list>

namespace signalbox::base {

/// At most `limit` child coroutines, all on one executor; the owner joins them before it dies.
///
/// Thread-safety: none; use it on its executor's strand only.
class TaskGroup {
 public:
  TaskGroup(boost::asio::any_io_executor executor, std::size_t limit);
  /// Asserts that no child is left.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  std::size_t size() const { return tasks_.size(); }
  std::size_t room() const { return limit_ > tasks_.size() ? limit_ - tasks_.size() : 0; }
  /// More children than a limit that was lowered meanwhile.
  bool is_over_limit() const { return tasks_.size() > limit_; }
  /// From now on; children beyond a smaller limit go on.
  void set_limit(std::size_t limit);

  /// Cancellation: throws operation_aborted.
  boost::asio::awaitable<void> wait_for_room();

  /// Starts `task`.  It reports its own errors; an exception that leaves it other than cancellation ends the process
  /// (a bug).  REQUIRES: room() > 0.
  void spawn(boost::asio::awaitable<void> task);

  /// Asks every child to stop (terminal cancellation).
  void cancel();

  /// Waits until no child is left.  Cancellation: throws operation_aborted, the children go on.
  boost::asio::awaitable<void> join();

 private:
  boost::asio::awaitable<void> change();

  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer changed_;  // never expires; cancel() means "look again"
  std::list<boost::asio::cancellation_signal> tasks_;
  std::size_t limit_;
};

}  // namespace signalbox::base
