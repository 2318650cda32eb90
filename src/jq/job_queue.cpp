#include "jq/job_queue.hpp"

#include <algorithm>
#include <cassert>

namespace signalbox::jq {

void JobQueue::enter(const std::shared_ptr<ProgramState>& program) {
  if (program->in_turn) return;
  program->in_turn = true;
  (is_slow(*program) ? slow_ : quick_).push_back(program);
}

void JobQueue::leave(const ProgramState& program) {
  const auto is_it = [&program](const auto& other) { return other.get() == &program; };
  if (std::erase_if(quick_, is_it) == 0) std::erase_if(slow_, is_it);
}

bool JobQueue::push(Job& job) {
  auto& waiting = job.program->waiting;
  if (waiting.size() >= waiting_max_) return false;
  waiting.push_back(&job);
  enter(job.program);
  return true;
}

void JobQueue::push_front(Job& job) {
  job.program->waiting.push_front(&job);
  enter(job.program);
}

void JobQueue::erase(Job& job) {
  auto& program = *job.program;
  const auto erased = std::erase(program.waiting, &job);
  assert(erased == 1);
  if (!program.waiting.empty()) return;
  program.in_turn = false;
  leave(program);
}

Job* JobQueue::take(Room room) {
  slow_is_next_ = !slow_is_next_;
  if (auto* job = take_once(room)) return job;
  return take_once(room);  // a program may have been filed anew where the first round had looked before
}

Job* JobQueue::take_once(Room room) {
  if (slow_is_next_ && room.slow)
    if (auto* job = take_from(slow_, Duration::max())) return job;
  if (auto* job = take_from(quick_, room.cost)) return job;
  return room.slow ? take_from(slow_, Duration::max()) : nullptr;
}

Job* JobQueue::take_from(Turn& turn, Duration cost_max) {
  for (std::size_t left = turn.size(); left > 0; --left) {
    auto program = std::move(turn.front());
    turn.pop_front();
    auto& own_turn =
        is_slow(*program) ? slow_ : quick_;  // it may have become slower, or quicker, while it waited
    if (&own_turn != &turn || program->cost > cost_max) {
      own_turn.push_back(std::move(program));
      continue;
    }
    auto* job = program->waiting.front();
    program->waiting.pop_front();
    program->in_turn = !program->waiting.empty();
    if (program->in_turn) turn.push_back(std::move(program));
    return job;
  }
  return nullptr;
}

}  // namespace signalbox::jq
