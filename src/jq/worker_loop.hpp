#pragma once
#include <cstdint>

namespace signalbox::jq {

/// The command of this binary that is a worker: `signalbox jq-worker MEMORY_BYTES`.  Not for people.
constexpr const char* kWorkerCommand = "jq-worker";

/// Becomes a worker: enters the sandbox, then answers requests from descriptor 0 on descriptor 1 until they
/// end. Never returns; exits with a WorkerExit.  The environment should be empty: programs see it.
[[noreturn]] void work(std::uint64_t memory_bytes);

/// The same with the arguments after the command.
[[noreturn]] void work(int argument_count, char** arguments);

}  // namespace signalbox::jq
