#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/placement.hpp"

namespace signalbox::base {

/// The I/O threads of the process: one that controls it and some that carry events, each with an event loop of its own.
///
/// An actor stays on the thread it was placed on, so that what it does needs no lock and hands over nothing; a long
/// computation on one thread delays only the actors there.
class IoThreads final : public Placement {
 public:
  using Executor = boost::asio::io_context::executor_type;

  /// `carriers`: at least one.
  explicit IoThreads(std::size_t carriers);
  ~IoThreads() override;
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  /// Of the controlling thread.
  Executor control() { return loops_.front()->io.get_executor(); }
  /// Of the carrying threads, in turn.
  boost::asio::any_io_executor place() override;

  /// Runs until end() and nothing is left to be done; the caller's thread is the controlling one.
  void run();
  /// The carrying threads end when they have nothing more to do.  Thread-safe; once.
  void end();

 private:
  struct Loop {
    boost::asio::io_context io{1};  // run by one thread only
    boost::asio::executor_work_guard<Executor> busy{io.get_executor()};
  };
  static void run(boost::asio::io_context& io);

  std::vector<std::unique_ptr<Loop>> loops_;  // the controlling one first
  std::atomic<std::size_t> placed_{0};
};

}  // namespace signalbox::base
