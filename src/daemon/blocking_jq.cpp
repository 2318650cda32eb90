#include "daemon/blocking_jq.hpp"

#include <variant>

namespace signalbox::daemon {

jq::BlockingWorkers& BlockingJq::workers() {
  if (!workers_) {
    jq::WorkersOptions options;
    options.workers = 1;
    workers_ = std::make_unique<jq::BlockingWorkers>(std::move(options));
  }
  return *workers_;
}

std::string BlockingJq::fault_of(const pipeline::Transformer& transformer) {
  for (const auto& step : transformer.steps()) {
    const auto* program = std::get_if<std::unique_ptr<const pipeline::ProgramStep>>(&step);
    if (program == nullptr) continue;
    const auto compiled = workers().compile(std::string((*program)->program()));
    if (!compiled) return compiled.error().message;
  }
  return {};
}

Result<std::vector<std::string>> BlockingJq::run(std::string_view program, std::string_view input) {
  const auto compiled = workers().compile(std::string(program));
  if (!compiled) return compiled.error();
  return workers().run(*compiled, input);
}

}  // namespace signalbox::daemon
