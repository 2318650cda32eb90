#pragma once
#include <string>
#include <string_view>

#include "jq/protocol.hpp"

struct jq_state;

namespace signalbox::jq {

/// A program compiled by libjq, which keeps state from run to run.  In a worker only: libjq reads files,
/// cannot be interrupted, and ends the process when it runs out of memory.
class CompiledProgram {
 public:
  /// See fault() whether it compiled.
  explicit CompiledProgram(std::string_view text);
  ~CompiledProgram();
  CompiledProgram(const CompiledProgram&) = delete;
  CompiledProgram& operator=(const CompiledProgram&) = delete;

  /// Why the program cannot run; empty when it can.
  const std::string& fault() const { return fault_; }

  /// All results of the program for one JSON text, or why there are none.  REQUIRES: fault() is empty.
  Answer run(std::string_view json);

 private:
  Answer collect();
  void reset();

  jq_state* state_ = nullptr;
  std::string fault_;
};

}  // namespace signalbox::jq
