#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jq/blocking_workers.hpp"
#include "pipeline/transformer.hpp"

namespace signalbox::daemon {

/// jq for commands without an event loop, and for reading a configuration: workers are started at the first use.
/// Thread-safety: none.
class BlockingJq {
 public:
  /// The first program of the transform that does not compile, in jq's words; "" when all do.  A program that nothing can
  /// be said of, since no worker starts, is at fault too.
  std::string fault_of(const pipeline::Transformer& transformer);
  /// All results, as JSON texts.  Errors: as jq::Workers::run().
  Result<std::vector<std::string>> run(std::string_view program, std::string_view input);

 private:
  jq::BlockingWorkers& workers();

  std::unique_ptr<jq::BlockingWorkers> workers_;
};

}  // namespace signalbox::daemon
