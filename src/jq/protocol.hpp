#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "jq/frame.hpp"

namespace signalbox::jq {

/// A program as one pool of workers knows it.
using ProgramId = std::uint64_t;

constexpr std::size_t kProgramBytesMax = 64 * 1024;
constexpr std::size_t kInputBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kResultsMax = 1'000;
constexpr std::size_t kResultBytesMax = 1024 * 1024;
constexpr std::size_t kAllResultsBytesMax = 8 * 1024 * 1024;
constexpr std::size_t kErrorBytesMax = 1024;
constexpr std::size_t kRequestPayloadMax = kInputBytesMax + sizeof(ProgramId);
constexpr std::size_t kAnswerPayloadMax = kAllResultsBytesMax + (kResultsMax + 1) * sizeof(std::uint32_t);

/// What a worker is asked.  It does one after the other.
enum class RequestKind : std::uint8_t {
  load = 1,     ///< compile the text and keep the program; not answered
  drop = 2,     ///< forget the program; not answered
  run = 3,      ///< run the program on the text
  confirm = 4,  ///< say whether the program compiled
};

struct Request {
  RequestKind kind = RequestKind::run;
  ProgramId program = 0;
  std::string_view text;  ///< of a program or of JSON
};

/// Why there are no results.
enum class FailureKind : std::uint8_t {
  program = 2,    ///< jq says so: a runtime error, or a program that does not compile
  too_large = 3,  ///< too many results, or too large ones
};

struct Failure {
  FailureKind kind = FailureKind::program;
  std::string message;  ///< at most kErrorBytesMax
  bool operator==(const Failure&) const = default;
};

/// JSON texts, within the bounds above.
using Results = std::vector<std::string>;
using Answer = std::variant<Results, Failure>;

/// What a worker sends before any answer: it is in its sandbox.  A failure in its place says why it is not.
constexpr std::uint8_t kReadyKind = 9;

/// How a worker ends that does not simply end with its input.
enum WorkerExit : int {
  kInputEnded = 0,
  kOutOfMemory = 3,
  kNoSandbox = 4,
  kBadFrame = 5,
};

void append_request(std::string& to, const Request& request);
void append_answer(std::string& to, const Answer& answer);
/// nullopt when the frame is none.
std::optional<Request> to_request(const Frame& frame);
/// nullopt when the frame is none, or breaks a bound.
std::optional<Answer> to_answer(const Frame& frame);

}  // namespace signalbox::jq
