#include "jq/interpreter.hpp"

namespace signalbox::jq {

void Interpreter::handle(const Request& request, std::string& answers) {
  switch (request.kind) {
    case RequestKind::load:
      programs_.try_emplace(request.program, request.text);
      break;
    case RequestKind::drop:
      programs_.erase(request.program);
      break;
    case RequestKind::run:
    case RequestKind::confirm:
      append_answer(answers, answer(request));
      break;
  }
}

Answer Interpreter::answer(const Request& request) {
  const auto found = programs_.find(request.program);
  if (found == programs_.end()) return Failure{.kind = FailureKind::program, .message = "no such program"};
  auto& program = found->second;
  if (!program.fault().empty()) return Failure{.kind = FailureKind::program, .message = program.fault()};
  if (request.kind == RequestKind::confirm) return Results();
  if (request.text.size() > kInputBytesMax)
    return Failure{.kind = FailureKind::too_large, .message = "an event over 16 MiB"};
  return program.run(request.text);
}

}  // namespace signalbox::jq
