#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

namespace signalbox::loadtest {

/// What a process has used, from /proc.
struct ProcessUsage {
  std::chrono::nanoseconds cpu{0};   ///< user and system time of all its threads
  std::uint64_t resident_bytes = 0;  ///< RSS
  bool operator==(const ProcessUsage&) const = default;
};

/// nullopt when there is no such process.
std::optional<ProcessUsage> usage_of(int pid);

}  // namespace signalbox::loadtest
