#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::http {

/// The server's end of a connection, plain or TLS.  One read and one write may be under way at once; cancel()
/// or close() makes them fail.
///
/// Thread-safety: none; use it on its executor's strand only.
class Transport {
 public:
  /// `tls` empty: plain.
  Transport(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> tls);

  /// The other end's address; an IPv4 one as such, however the socket listens.
  boost::asio::ip::address peer() const;
  /// The TLS handshake; true at once when plain.
  boost::asio::awaitable<bool> handshake();
  /// The subject of the client's certificate (RFC 2253), "" without.  REQUIRES: handshake() has completed.
  std::string tls_subject();

  /// At least one byte; 0 when the peer has ended, on an error, or when cancelled.
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into);
  /// Hands the kernel what it takes at once of `first`, then `second`, without suspending: how much.  Always
  /// 0 with TLS, and on an error, which the write() that follows meets again.
  std::size_t write_now(std::string_view first, std::string_view second = {});
  /// All of it; false on an error or when cancelled.
  boost::asio::awaitable<bool> write(boost::asio::const_buffer bytes);

  /// Says that nothing more will be written; the peer can still be read with read_raw().
  boost::asio::awaitable<void> end_writing();
  /// Like read_some(), beneath TLS.
  boost::asio::awaitable<std::size_t> read_raw(boost::asio::mutable_buffer into);

  void cancel();
  void close();

 private:
  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<boost::asio::ssl::context> context_;  // shared and never changed: a reload makes a new one
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::system::error_code read_error_;
  boost::system::error_code write_error_;
};

}  // namespace signalbox::http
