#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <utility>

#include "signalbox/error.hpp"

namespace signalbox::loadtest {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

/// An IPv4 or IPv6 socket address.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Resolves a name or literal; blocks while it asks the name service.  Errors: network.
Result<SocketAddress> resolve(const std::string& host, std::uint16_t port);

/// Begins to connect without blocking: the socket turns writable when it is decided.  Not open when that
/// failed at once.
Descriptor begin_connect(const SocketAddress& to);
/// How a connect begun came out; REQUIRES: the socket has turned writable.
bool connected(const Descriptor& socket);

/// A non-blocking listener.  Errors: conflict (address in use), network.
Result<Descriptor> listen_on(const SocketAddress& at);
/// The port a listener is bound to.
std::uint16_t bound_port(const Descriptor& listener);

/// Sends small writes at once.
void set_no_delay(const Descriptor& socket);

}  // namespace signalbox::loadtest
