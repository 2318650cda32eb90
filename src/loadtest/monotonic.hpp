#pragma once
#include <chrono>
#include <cstdint>

namespace signalbox::loadtest {

/// Nanoseconds of CLOCK_MONOTONIC, which all processes of one machine share: a time taken by the generator
/// compares with one taken by the target.  Measuring real time is this module's purpose, so no Clock is
/// injected.
inline std::uint64_t monotonic_ns() {
  using std::chrono::nanoseconds;
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<nanoseconds>(since_boot).count());
}

/// A span as the unsigned nanoseconds that this module reckons in; negative spans count as zero.
template <class Rep, class Period>
std::uint64_t to_ns(std::chrono::duration<Rep, Period> span) {
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(span).count();
  return ns > 0 ? static_cast<std::uint64_t>(ns) : 0;
}

}  // namespace signalbox::loadtest
