#pragma once
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"

namespace signalbox::loadtest {

/// What the generator knows of one request: events `first` to `first + count - 1` of its run.
struct RequestOutcome {
  enum class Kind {
    acknowledged,  ///< a 2xx was read to its end
    refused,       ///< another answer was read to its end
    unknown,       ///< the connection ended, or the wait for the answer did
  };
  Kind kind = Kind::unknown;
  std::uint32_t run = 0;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  unsigned status = 0;       ///< 0: none read
  std::uint64_t due_ns = 0;  ///< monotonic_ns(); with run and sequence it makes the ids (EventToken)
  std::uint64_t end_ns = 0;  ///< when the answer had been read, or the connection was given up
  bool operator==(const RequestOutcome&) const = default;
};

/// A file with one line a request: "acknowledged <run> <first> <count> <status> <due_ns> <end_ns>".
class OutcomeLog {
 public:
  /// Replaces what `path` held.  Errors: storage.
  static Result<OutcomeLog> create(const std::string& path);
  void append(const RequestOutcome& outcome);
  /// Hands what was appended to the kernel.
  void flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit OutcomeLog(std::FILE* file) : file_(file) {}
  std::unique_ptr<std::FILE, Close> file_;
};

/// One line without its end; nullopt when it is none.
std::optional<RequestOutcome> parse_outcome(std::string_view line);
/// Everything in the file; a torn last line is left out.  Errors: storage; corrupt (line number in the
/// message).
Result<std::vector<RequestOutcome>> read_outcomes(const std::string& path);

}  // namespace signalbox::loadtest
