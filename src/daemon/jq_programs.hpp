#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "jq/workers.hpp"
#include "signalbox/program_runner.hpp"

namespace signalbox::daemon {

/// Workers as the configuration wants them; they are this executable again.
jq::WorkersOptions jq_options(const config::Jq& settings);

/// An error of jq as a person meets it outside of jq.
Error named_jq(Error error);

/// The jq programs of transforms, run by a pool of workers.  close() before it goes.
class JqPrograms final : public ProgramRunner {
 public:
  JqPrograms(boost::asio::any_io_executor executor, Clock& clock, const config::Jq& settings)
      : workers_(std::move(executor), clock, jq_options(settings)) {}

  /// As Workers::run().
  boost::asio::awaitable<Result<std::vector<std::string>>> run(std::string_view program,
                                                               std::string_view input,
                                                               TimePoint deadline) override;
  boost::asio::awaitable<void> close() { return workers_.close(); }

 private:
  jq::Workers workers_;
};

}  // namespace signalbox::daemon
