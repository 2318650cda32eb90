#pragma once
#include <cstdint>

#include "signalbox/error.hpp"

namespace signalbox::jq {

/// Shuts the process in, for good: it can read descriptor 0, write descriptor 1, and have `memory_bytes` more
/// than it has now.  It opens nothing, starts nothing, signals nobody; each such call fails with EPERM.
///
/// Errors: unsupported, when the system grants no such sandbox; what has been shut by then stays shut.
Status enter_sandbox(std::uint64_t memory_bytes);

}  // namespace signalbox::jq
