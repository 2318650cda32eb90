#pragma once
#include <cstddef>
#include <deque>
#include <memory>

#include "jq/job.hpp"

namespace signalbox::jq {

/// What one worker may have under way, unless it is a single job: so long a job waits behind others on the
/// same worker.
constexpr Duration kFlightCost = std::chrono::milliseconds(5);

/// Jobs that wait for a worker.  Programs take turns, so that many events of one do not hold up another's;
/// slow programs, of which one event takes longer than kFlightCost, take turns among themselves.
///
/// Thread-safety: none; the pool's strand's.
class JobQueue {
 public:
  /// At most so many jobs wait for one program.
  explicit JobQueue(std::size_t waiting_max) : waiting_max_(waiting_max) {}

  bool empty() const { return quick_.empty() && slow_.empty(); }
  /// False when too many wait for the program.
  bool push(Job& job);
  /// Comes before the others of its program, whatever the bound: it has waited before.
  void push_front(Job& job);
  /// Must be in the queue.
  void erase(Job& job);

  struct Room {
    Duration cost{};  ///< no more than that, if quick
    bool slow = false;
  };
  /// The next job that fits; nullptr when there is none.
  Job* take(Room room);

 private:
  using Turn = std::deque<std::shared_ptr<ProgramState>>;

  void enter(const std::shared_ptr<ProgramState>& program);
  void leave(const ProgramState& program);
  Job* take_once(Room room);
  Job* take_from(Turn& turn, Duration cost_max);

  std::size_t waiting_max_;
  Turn quick_, slow_;
  bool slow_is_next_ = false;
};

/// Whether one event of the program takes so long that it is alone on its worker.
inline bool is_slow(const ProgramState& program) { return program.cost > kFlightCost; }

}  // namespace signalbox::jq
