#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"

namespace signalbox {

/// Runs the programs that steps of transforms are written in, where they can do no harm.
class ProgramRunner {
 public:
  virtual ~ProgramRunner() = default;

  /// What `program` makes of `input` (JSON): any number of JSON texts, in order.  `program` and `input` outlive the call.
  ///
  /// Waits for the program, at most until `deadline`.
  /// Cancellation: terminal; throws operation_aborted.
  /// Thread-safe: many calls may be under way at once, from any executor.
  /// Errors: invalid_argument (the program, or what it did), too_large, timed_out: it would be so again.  overloaded,
  /// cancelled: the program was not run, or not to its end, through no fault of its own; later it may be.
  virtual boost::asio::awaitable<Result<std::vector<std::string>>> run(std::string_view program, std::string_view input,
                                                                       TimePoint deadline) = 0;
};

}  // namespace signalbox
