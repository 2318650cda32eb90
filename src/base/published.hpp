#pragma once
#include <memory>
#include <mutex>
#include <utility>

namespace signalbox::base {

/// An immutable snapshot that one side replaces whole and many threads read: Published<const Settings>.
///
/// Thread-safe.  A mutex held for the copy of a pointer, and not std::atomic<std::shared_ptr>: that one is a spin lock
/// in libstdc++ 12, whose load() releases it without ordering (ThreadSanitizer finds it).
template <class T>
class Published {
 public:
  Published() = default;
  explicit Published(std::shared_ptr<T> first) : current_(std::move(first)) {}

  std::shared_ptr<T> load() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  /// Returns what was there; the last reader destroys it.
  std::shared_ptr<T> exchange(std::shared_ptr<T> next) {
    const std::lock_guard lock(mutex_);
    return std::exchange(current_, std::move(next));
  }
  void store(std::shared_ptr<T> next) { exchange(std::move(next)); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<T> current_;
};

}  // namespace signalbox::base
