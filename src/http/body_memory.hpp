#pragma once
#include <atomic>
#include <cstddef>

namespace signalbox::http {

/// How much memory the bodies of all connections of a server hold together, and the bound on it. Thread-safe.
class BodyMemory {
 public:
  explicit BodyMemory(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  /// Whether `bytes` more would fit now; takes nothing.
  bool has_room(std::size_t bytes) const {
    const auto used = used_.load(std::memory_order_relaxed);
    return used <= bytes_max_ && bytes <= bytes_max_ - used;
  }

  /// One request's share; gives it back when it dies.  Thread-safety: none.
  class Share {
   public:
    explicit Share(BodyMemory& memory) : memory_(memory) {}
    ~Share() { clear(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    /// Makes the share at least `bytes`; false, and nothing changes, when that does not fit.
    bool grow_to(std::size_t bytes) {
      if (bytes <= bytes_) return true;
      const auto more = bytes - bytes_;
      if (memory_.used_.fetch_add(more, std::memory_order_relaxed) + more > memory_.bytes_max_) {
        memory_.used_.fetch_sub(more, std::memory_order_relaxed);
        return false;
      }
      bytes_ = bytes;
      return true;
    }
    void clear() {
      if (bytes_ != 0) memory_.used_.fetch_sub(bytes_, std::memory_order_relaxed);
      bytes_ = 0;
    }

   private:
    BodyMemory& memory_;
    std::size_t bytes_ = 0;
  };

 private:
  alignas(64) std::atomic<std::size_t> used_{0};
  std::size_t bytes_max_;
};

}  // namespace signalbox::http
