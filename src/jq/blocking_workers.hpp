#pragma once
#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/system_clock.hpp"
#include "jq/workers.hpp"

namespace signalbox::jq {

/// A pool of workers for a command that runs no event loop: each call returns when it is done.
class BlockingWorkers {
 public:
  explicit BlockingWorkers(WorkersOptions options);
  ~BlockingWorkers();
  BlockingWorkers(const BlockingWorkers&) = delete;
  BlockingWorkers& operator=(const BlockingWorkers&) = delete;

  /// As Workers::compile().
  Result<Program> compile(std::string text);
  /// As Workers::run().
  Result<Results> run(const Program& program, std::string_view json);
  Result<Results> run(std::string_view text, std::string_view json);
  /// All of them at once, by as many workers as there are; in their order.
  std::vector<Result<Program>> compile_all(const std::vector<std::string>& texts);

 private:
  base::SystemClock clock_;
  boost::asio::io_context io_;
  Workers workers_;
};

}  // namespace signalbox::jq
