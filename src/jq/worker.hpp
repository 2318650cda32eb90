#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/wakeup.hpp"
#include "jq/flight.hpp"
#include "jq/frame.hpp"
#include "jq/job_queue.hpp"
#include "jq/loaded_programs.hpp"
#include "jq/protocol.hpp"
#include "jq/worker_process.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"

namespace signalbox::jq {

/// What each worker is and may.
struct WorkerSettings {
  std::string executable = "/proc/self/exe";  ///< that has the command `jq-worker`
  /// For one event, or to compile one program: of computing, or ten times that of waiting for a processor.
  Duration time_limit = std::chrono::seconds(1);
  std::uint64_t memory_bytes = 256 * 1024 * 1024;
  /// Kept compiled, at least 1.  Compiling takes 15 ms; what is compiled takes a few KiB.
  std::size_t programs_max = 1'000;
};

/// Whom a worker works for.
class WorkerOwner {
 public:
  virtual ~WorkerOwner() = default;
  /// It is ready, or has answered: it may take more.
  virtual void worker_has_room() = 0;
  virtual void worker_answered(Job& job, Result<Results> result) = 0;
  /// Jobs for another worker, in order.
  virtual void worker_gave_back(const std::vector<Job*>& jobs) = 0;
};

/// One worker as the daemon sees it: a process after the other, each with jobs under way.
///
/// Thread-safety: none; use it on its strand only.
class Worker {
 public:
  Worker(boost::asio::any_io_executor strand, Clock& clock, const WorkerSettings& settings,
         WorkerOwner& owner);

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Takes jobs.
  bool ready() const { return ready_; }
  const Flight& flight() const { return flight_; }
  bool has_room() const;
  /// At an event of a slow program, or at one that turns out to be slow.
  bool is_slow() const;

  /// REQUIRES: ready().
  void send(Job& job);
  /// Nobody waits for the job any more.
  void forget(const Job& job) { flight_.forget(job); }
  /// Ends the process for good; live() returns soon.
  void end();

  /// How a life went.
  struct Life {
    bool started = false;
    std::size_t answered = 0;  ///< jobs
    std::string end;           ///< for a person
  };
  /// The life of one process, from its start until it has been reaped and its jobs are settled.
  boost::asio::awaitable<Life> live();

 private:
  enum class Trouble { none, hangs, talks_nonsense };

  boost::asio::awaitable<Status> greet();
  boost::asio::awaitable<void> read_answers();
  boost::asio::awaitable<void> write_requests();
  boost::asio::awaitable<void> watch();
  bool has_unread();
  void give_back_all_but_first();
  Duration patience() const;
  Duration time_left() const;
  Duration computed() const;
  bool take_answer(const Frame& frame);
  boost::asio::awaitable<Life> end_of_life(Life life);
  void settle(const ProcessEnd& end);
  Error blame(const ProcessEnd& end) const;
  bool maybe_innocent(const ProcessEnd& end) const;
  std::string describe(const ProcessEnd& end) const;

  const boost::asio::any_io_executor strand_;
  Clock& clock_;
  const WorkerSettings& settings_;
  WorkerOwner& owner_;

  bool ready_ = false, asked_to_end_ = false;
  std::unique_ptr<WorkerProcess> process_;
  FrameReader answers_;
  std::string outbox_, writing_;
  base::Wakeup queued_;
  LoadedPrograms programs_;
  Flight flight_;
  Duration cpu_time_begun_{};  // the process's, when it began the job under way
  bool gave_back_ = false;      // the jobs behind the one under way
  Trouble trouble_ = Trouble::none;
  std::size_t answered_ = 0;
};

}  // namespace signalbox::jq
