#pragma once
#include <chrono>
#include <thread>

namespace signalbox::test {

/// How long a condition of a real daemon may take to come true before a test gives up; slow machines and
/// sanitizers included.  A test that passes does not wait so long.
inline constexpr std::chrono::seconds kPatience{20};

/// Waits until `condition()` holds and returns true, or returns false after `patience`.  Looks every 5 ms:
/// for conditions of other processes, which cannot wake us.
template <class Condition>
bool wait_until(Condition condition, std::chrono::steady_clock::duration patience = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace signalbox::test
