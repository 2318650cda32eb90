#pragma once
#include <map>
#include <string>

#include "jq/compiled_program.hpp"
#include "jq/protocol.hpp"

namespace signalbox::jq {

/// The programs of one worker.  Who asks it keeps their number within bounds.
class Interpreter {
 public:
  /// Does what is asked and appends the answer, if there is to be one.
  void handle(const Request& request, std::string& answers);

 private:
  Answer answer(const Request& request);

  std::map<ProgramId, CompiledProgram> programs_;
};

}  // namespace signalbox::jq
