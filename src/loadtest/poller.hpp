#pragma once
#include <sys/epoll.h>

#include <cstdint>
#include <span>

#include "loadtest/socket.hpp"

namespace signalbox::loadtest {

/// An epoll instance and an eventfd that ends its waits from other threads.  Bare epoll rather than Asio: the
/// measuring side shares the machine's cores with the daemon it measures.
class Poller {
 public:
  Poller();

  enum class Interest { read, read_and_write };
  /// `owner` comes back with each event of the socket; it must not be null.
  void add(const Descriptor& socket, void* owner, Interest interest);
  void change(const Descriptor& socket, void* owner, Interest interest);

  /// Waits until something is ready, wake() was called or `timeout_ns` is over.  The events are valid until
  /// the next call.
  std::span<const epoll_event> wait(std::uint64_t timeout_ns);

  /// Thread-safe.
  void wake();

 private:
  static constexpr int kMaxEvents = 256;
  void control(int operation, const Descriptor& socket, void* owner, Interest interest);

  Descriptor epoll_, wakeup_;
  epoll_event events_[kMaxEvents];
};

}  // namespace signalbox::loadtest
