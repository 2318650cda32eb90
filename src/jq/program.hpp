#pragma once
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "jq/protocol.hpp"
#include "signalbox/clock.hpp"

namespace signalbox::jq {

struct Job;

/// What a pool of workers keeps about a program; the pool's strand's, but for `id` and `text`.
struct ProgramState {
  ProgramState(ProgramId i, std::string t) : id(i), text(std::move(t)) {}
  const ProgramId id;
  const std::string text;
  std::deque<Job*> waiting;  ///< first come first served
  bool in_turn = false;      ///< among the programs whose jobs wait
  bool compiles = false;     ///< a worker has said so
  /// What one event takes, as measured lately; a guess before the first.
  Duration cost = std::chrono::microseconds(500);
};

/// A jq program that compiles; what Workers::compile() gives.  A value; copies are the same program.
class Program {
 public:
  explicit Program(std::shared_ptr<ProgramState> state) : state_(std::move(state)) {}
  const std::string& text() const { return state_->text; }
  const std::shared_ptr<ProgramState>& state() const { return state_; }

 private:
  std::shared_ptr<ProgramState> state_;
};

}  // namespace signalbox::jq
