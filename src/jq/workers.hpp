#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/task_group.hpp"
#include "base/wakeup.hpp"
#include "jq/job_queue.hpp"
#include "jq/known_programs.hpp"
#include "jq/program.hpp"
#include "jq/worker.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"

namespace signalbox::jq {

struct WorkersOptions {
  std::size_t workers = 2;  ///< at most so many processes, at least 1
  WorkerSettings each;
  /// At most so many calls wait for one program.
  std::size_t waiting_max = 1'000;
};

/// Live figures of a pool of workers.
struct WorkersStatus {
  std::size_t running = 0;               ///< processes that can be given work
  std::uint64_t started = 0, ended = 0;  ///< processes, since the pool began; `ended` without being asked to
};

/// jq in processes of their own, which a sandbox shuts in.
///
/// Processes are started when there is work for them and kept.  One that hangs or dies is replaced; what it
/// was at fails, and nothing else: the rest goes to another.  Programs stay compiled in the workers.
///
/// Thread-safe: its state belongs to a strand, and its members hop there.
/// Lifetime: close() it, and await that, before it goes.
class Workers final : private WorkerOwner {
 public:
  Workers(boost::asio::any_io_executor executor, Clock& clock, WorkersOptions options);
  ~Workers() override;
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// A program for run(), compiled by a worker; at once for a text that was compiled lately.
  /// Errors: invalid_argument (jq's message), too_large, timed_out; overloaded, cancelled: no word about the
  /// program.
  boost::asio::awaitable<Result<Program>> compile(std::string text);

  /// All results of a program of this pool for one JSON text, as JSON texts in order.
  ///
  /// Cancellation: throws operation_aborted; a run under way ends by itself.
  /// Errors that the program or the event is at fault for, and would be again: invalid_argument (jq's
  /// message, or it crashed), timed_out (longer than WorkerSettings::time_limit), too_large (of input,
  /// results, memory).  Others: overloaded (too many wait, no process can be started), cancelled (the pool is
  /// closing).
  boost::asio::awaitable<Result<Results>> run(Program program, std::string_view json);

  /// The same for the program of that text, which is compiled when it is first used, until `deadline`: by
  /// then it is timed_out when it is under way, overloaded when it has waited all the time.
  boost::asio::awaitable<Result<Results>> run(std::string_view text, std::string_view json,
                                              TimePoint deadline);

  /// Ends all processes; calls that wait fail with `cancelled`, as do later ones.
  boost::asio::awaitable<void> close();

  boost::asio::awaitable<WorkersStatus> status();

 private:
  class Submission;
  /// A place for a worker.
  struct Slot {
    explicit Slot(Workers& pool) : worker(pool.strand_, pool.clock_, pool.options_.each, pool) {}

    Worker worker;
    bool taken = false;  ///< there is a process, or one is being started or ended
    Duration delay{};    ///< before the next is started
  };

  void worker_has_room() override;
  void worker_answered(Job& job, Result<Results> result) override;
  void worker_gave_back(const std::vector<Job*>& jobs) override;

  boost::asio::awaitable<Result<Program>> compile_on_strand(std::string text);
  boost::asio::awaitable<Result<Results>> run_on_strand(std::shared_ptr<ProgramState> program,
                                                        RequestKind kind, std::string_view json,
                                                        TimePoint deadline);
  boost::asio::awaitable<Result<Results>> run_text_on_strand(std::string_view text, std::string_view json,
                                                             TimePoint deadline);
  boost::asio::awaitable<void> close_on_strand();
  boost::asio::awaitable<WorkersStatus> status_on_strand();

  void feed();
  bool give_job(Worker& worker);
  Worker* freest();
  std::size_t slow_workers() const;
  void start_one();
  bool any_ready() const;
  boost::asio::awaitable<void> tend(Slot& slot);
  void note_end(Slot& slot, const Worker::Life& life);
  void fail_waiting(const Error& error);

  const boost::asio::any_io_executor strand_;
  Clock& clock_;
  const WorkersOptions options_;

  // The strand's.
  JobQueue queue_;
  std::vector<std::unique_ptr<Slot>> slots_;
  KnownPrograms programs_;
  WorkersStatus counts_;
  bool closing_ = false;
  base::Wakeup closing_began_;
  base::TaskGroup lives_;
};

}  // namespace signalbox::jq
