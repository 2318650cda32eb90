#pragma once
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace signalbox::test {

/// One request as it came over the wire.
struct RawRequest {
  std::string head;  ///< with the empty line
  std::string body;
  unsigned connection = 0;  ///< from 1, in the order of acceptance

  /// The first field of that name (lower-case compare), "" when absent.
  std::string field(std::string_view name) const {
    auto lower = [](std::string_view text) {
      std::string out(text);
      std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
      return out;
    };
    const auto heads = lower(head);
    const auto at = heads.find("\r\n" + lower(name) + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

/// A server for what real ones seldom do: each connection runs a script on a thread of its own, byte for byte.
class LoopbackServer {
 public:
  class Peer;
  using Script = std::function<void(Peer&)>;

  /// With `tls` (which outlives the server) each connection begins with a handshake.
  explicit LoopbackServer(Script script, SSL_CTX* tls = nullptr) : script_(std::move(script)), tls_(tls) {
    std::signal(SIGPIPE, SIG_IGN);  // SSL_write to a peer that has gone
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 128) != 0 ||
        ::getsockname(listener_, generic, &size) != 0)
      throw std::runtime_error("loopback server cannot listen");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~LoopbackServer() {
    const std::uint64_t one = 1;
    if (::write(stop_, &one, sizeof one) != sizeof one) std::terminate();  // the threads would never end
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
    ::close(stop_);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view target = "/hook") const {
    return (tls_ ? "https" : "http") + std::string("://127.0.0.1:") + std::to_string(port_) + std::string(target);
  }
  /// Connections accepted so far.
  unsigned connections() const { return connections_; }
  /// Requests read whole so far.
  std::vector<RawRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  /// The server's side of one connection.
  class Peer {
   public:
    unsigned number() const { return number_; }

    /// The next request; nullopt when the client has closed or the server stops.
    std::optional<RawRequest> read_request() {
      std::size_t end = 0;
      while ((end = in_.find("\r\n\r\n")) == std::string::npos)
        if (!read_more()) return std::nullopt;
      RawRequest request;
      request.head = in_.substr(0, end + 4);
      request.connection = number_;
      std::size_t length = 0;
      const auto text = request.field("content-length");
      std::from_chars(text.data(), text.data() + text.size(), length);
      while (in_.size() < end + 4 + length)
        if (!read_more()) return std::nullopt;
      request.body = in_.substr(end + 4, length);
      in_.erase(0, end + 4 + length);
      const std::lock_guard lock(server_.mutex_);
      server_.requests_.push_back(request);
      return request;
    }

    /// False when the client has gone.
    bool send(std::string_view bytes) {
      while (!bytes.empty()) {
        const auto sent = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      return true;
    }
    /// A byte at a time, until all is sent, the client has gone or the server stops.
    void dribble(std::string_view bytes, std::chrono::milliseconds pause) {
      for (const char byte : bytes)
        if (!send(std::string_view(&byte, 1)) || !pass_time(pause)) return;
    }
    /// False when the server stops or the client has closed meanwhile.
    bool pass_time(std::chrono::milliseconds time) { return wait(static_cast<int>(time.count())) == 0; }
    /// Until the client closes or the server stops.
    void wait_for_close() {
      while (read_more()) {}
    }
    /// Until the client closes or the server stops, without reading.
    void stay_deaf() {
      pollfd both[2] = {{socket_, POLLRDHUP, 0}, {server_.stop_, POLLIN, 0}};
      ::poll(both, 2, -1);
    }
    /// Closes with RST instead of FIN.
    void reset() {
      const linger hard{1, 0};
      ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
    /// Resumed from an earlier TLS session.
    bool resumed() const { return ssl_ && SSL_session_reused(ssl_) == 1; }

   private:
    friend LoopbackServer;
    Peer(LoopbackServer& server, int socket, unsigned number) : server_(server), socket_(socket), number_(number) {}
    // 0: time is over, 1: readable, -1: the server stops.
    int wait(int timeout_ms) {
      pollfd both[2] = {{socket_, POLLIN, 0}, {server_.stop_, POLLIN, 0}};
      if (::poll(both, 2, timeout_ms) == 0) return 0;
      return both[1].revents ? -1 : 1;
    }
    bool read_more() {
      if (!(ssl_ && SSL_pending(ssl_) > 0) && wait(-1) < 0) return false;
      char buffer[16384];
      const auto got = ssl_ ? SSL_read(ssl_, buffer, sizeof buffer) : ::recv(socket_, buffer, sizeof buffer, 0);
      if (got <= 0) return false;
      in_.append(buffer, static_cast<std::size_t>(got));
      return true;
    }
    LoopbackServer& server_;
    int socket_;
    unsigned number_;
    SSL* ssl_ = nullptr;
    std::string in_;
  };

 private:
  void accept_all() {
    for (;;) {
      pollfd both[2] = {{listener_, POLLIN, 0}, {stop_, POLLIN, 0}};
      ::poll(both, 2, -1);
      if (both[1].revents) return;
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      const unsigned number = ++connections_;
      threads_.emplace_back([this, socket, number] { serve(socket, number); });
    }
  }
  void serve(int socket, unsigned number) {
    Peer peer(*this, socket, number);
    bool ready = true;
    if (tls_) {
      peer.ssl_ = SSL_new(tls_);
      SSL_set_fd(peer.ssl_, socket);
      ready = SSL_accept(peer.ssl_) == 1;
    }
    if (ready) script_(peer);
    if (peer.ssl_) {
      SSL_shutdown(peer.ssl_);
      SSL_free(peer.ssl_);
    }
    ::close(socket);
  }

  Script script_;
  SSL_CTX* tls_;
  int listener_ = -1;
  int stop_ = ::eventfd(0, EFD_CLOEXEC);
  std::uint16_t port_ = 0;
  std::atomic<unsigned> connections_ = 0;
  mutable std::mutex mutex_;
  std::vector<RawRequest> requests_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A script that answers each request with the same bytes and keeps the connection open.
inline LoopbackServer::Script answer_always(std::string response) {
  return [response = std::move(response)](LoopbackServer::Peer& peer) {
    while (peer.read_request())
      if (!peer.send(response)) return;
  };
}

/// A script that answers one request with these bytes and closes.
inline LoopbackServer::Script answer_once(std::string response) {
  return [response = std::move(response)](LoopbackServer::Peer& peer) {
    if (peer.read_request()) peer.send(response);
  };
}

}  // namespace signalbox::test
