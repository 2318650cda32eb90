#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::http::test {

/// One response as it came.
struct RawResponse {
  unsigned status = 0;
  std::string head;  ///< status line and fields
  std::string body;
  bool has(std::string_view text) const { return head.find(text) != head.npos; }
};

/// A blocking TCP connection to 127.0.0.1 that sends exactly what it is told.  Gives up reading after 10 s.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int at_once = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    connected_ = ::connect(fd_, generic, sizeof address) == 0;
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  int descriptor() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void end_writing() { ::shutdown(fd_, SHUT_WR); }

  /// False when the peer does not take it.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// The next response with a Content-Length (or without a body); nullopt when none comes.  `method` is that
  /// of the request: HEAD has no body.
  std::optional<RawResponse> read(std::string_view method = "GET") {
    std::size_t head = 0;
    while ((head = in_.find("\r\n\r\n")) == in_.npos)
      if (!receive()) return std::nullopt;
    RawResponse response;
    response.head = in_.substr(0, head + 2);
    in_.erase(0, head + 4);
    response.status = static_cast<unsigned>(std::strtoul(response.head.c_str() + 9, nullptr, 10));
    constexpr std::string_view kLength = "Content-Length: ";
    const auto at = response.head.find(kLength);
    if (at == response.head.npos || method == "HEAD") return response;
    const auto size = std::strtoul(response.head.c_str() + at + kLength.size(), nullptr, 10);
    while (in_.size() < size)
      if (!receive()) return std::nullopt;
    response.body = in_.substr(0, size);
    in_.erase(0, size);
    return response;
  }
  /// The status of the next response; 0 when none comes.
  unsigned status() {
    const auto response = read();
    return response ? response->status : 0;
  }
  /// Everything until the peer ends, or until `text` has come.
  std::string read_until(std::string_view text) {
    while (in_.find(text) == in_.npos && receive()) {
    }
    return in_;
  }
  /// True when the peer has ended, or reset, the connection without another byte.
  bool is_at_end() { return in_.empty() && !receive() && !timed_out_; }

 private:
  bool receive() {
    char piece[16 << 10];
    const auto got = ::recv(fd_, piece, sizeof piece, 0);
    timed_out_ = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (got <= 0) return false;
    in_.append(piece, static_cast<std::size_t>(got));
    return true;
  }

  int fd_;
  bool connected_ = false;
  bool timed_out_ = false;
  std::string in_;
};

}  // namespace signalbox::http::test
