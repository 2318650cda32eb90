#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jq/workers.hpp"
#include "signalbox/program_runner.hpp"

namespace signalbox::daemon {

/// Runs the jq programs of transforms in a pool of workers.  Thread-safe.
class JqRunner final : public ProgramRunner {
 public:
  JqRunner(boost::asio::any_io_executor executor, Clock& clock) : clock_(clock), workers_(std::move(executor), clock, {}) {}

  boost::asio::awaitable<Result<std::vector<std::string>>> run(std::string_view program, std::string_view input,
                                                               TimePoint deadline) override;
  /// Ends the workers; to be awaited before it goes.
  boost::asio::awaitable<void> close() { return workers_.close(); }

 private:
  static constexpr std::size_t kProgramsMost = 1'000;

  boost::asio::awaitable<Result<std::vector<std::string>>> run_once(std::string_view program, std::string_view input);
  std::optional<jq::Program> find(std::string_view text);
  void keep(const jq::Program& program);

  Clock& clock_;
  jq::Workers workers_;
  std::mutex mutex_;
  std::map<std::string, jq::Program, std::less<>> programs_;  // by text; kept so that each is compiled once
};

}  // namespace signalbox::daemon
