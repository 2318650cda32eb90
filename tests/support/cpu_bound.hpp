#pragma once
#include <ctime>

#include <chrono>

namespace signalbox::test {

/// Whether this build runs under a sanitizer, which makes the code several times slower and maps much more memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// The CPU time this thread takes from here on.  Bounds on work are bounds on it: other processes on the machine
/// do not count.
class CpuStopwatch {
 public:
  std::chrono::nanoseconds taken() const { return now() - begun_; }

 private:
  static std::chrono::nanoseconds now() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }

  std::chrono::nanoseconds begun_ = now();
};

/// What an optimised build must keep to; a sanitizer's takes up to ten times as long.
constexpr std::chrono::seconds cpu_bound(std::chrono::seconds optimised) {
  return optimised * (kSanitized ? 10 : 1);
}

}  // namespace signalbox::test
