#include "loadtest/socket.hpp"

#include <netdb.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace signalbox::loadtest {
namespace {

constexpr int kListenBacklog = 1024;

Error socket_error(const std::string& what) {
  const auto code = errno == EADDRINUSE ? Errc::conflict : Errc::network;
  return Error(code, what + ": " + std::strerror(errno));
}

void set_flag(const Descriptor& socket, int level, int name) {
  const int on = 1;
  ::setsockopt(socket.get(), level, name, &on, sizeof on);
}

}  // namespace

void Descriptor::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<SocketAddress> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) return Error(Errc::network, "resolving " + host + ": " + ::gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  SocketAddress address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.length = found->ai_addrlen;
  return address;
}

Descriptor begin_connect(const SocketAddress& to) {
  Descriptor socket(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.open()) return socket;
  set_no_delay(socket);
  if (::connect(socket.get(), to.get(), to.length) != 0 && errno != EINPROGRESS) socket.reset();
  return socket;
}

bool connected(const Descriptor& socket) {
  int failure = 0;
  socklen_t size = sizeof failure;
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0;
}

Result<Descriptor> listen_on(const SocketAddress& at) {
  Descriptor listener(::socket(at.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener.open()) return socket_error("opening a socket");
  set_flag(listener, SOL_SOCKET, SO_REUSEADDR);
  if (::bind(listener.get(), at.get(), at.length) != 0) return socket_error("binding the target's address");
  if (::listen(listener.get(), kListenBacklog) != 0) return socket_error("listening on the target's address");
  return listener;
}

std::uint16_t bound_port(const Descriptor& listener) {
  SocketAddress at;
  at.length = sizeof at.storage;
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&at.storage), &at.length);
  if (at.storage.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&at.storage)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&at.storage)->sin_port);
}

void set_no_delay(const Descriptor& socket) { set_flag(socket, IPPROTO_TCP, TCP_NODELAY); }

}  // namespace signalbox::loadtest
