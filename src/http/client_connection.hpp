#pragma once
#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/client_tls.hpp"
#include "http/response_parser.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"

namespace signalbox::http {

/// One request, ready to be sent; the views outlive the exchange.
struct ClientRequest {
  std::string_view head;  ///< request line and header fields with the empty line; any method but HEAD and CONNECT
  std::string_view body;  ///< sent as it is: the head announces its length

  ClientRequest(std::string_view h, std::string_view b) : head(h), body(b) {}
};

/// One connection to a server: opens, exchanges one request at a time, is closed.
///
/// It keeps no timer.  Its owner watches `deadline` and calls expire() when it has passed: what is under way then
/// fails with timed_out.
/// Thread-safety: none; use it on its executor's strand only.
class ClientConnection {
 public:
  ClientConnection(boost::asio::any_io_executor executor, ResponseLimits limits);
  ~ClientConnection();
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  TimePoint deadline = TimePoint::max();    ///< of what is under way, or of idling
  TimePoint idle_since = TimePoint::min();  ///< when it was last given back

  /// Connects to the address; a second try is a second object.
  /// Errors: network, timed_out.  Cancellation: throws operation_aborted.
  boost::asio::awaitable<Status> connect(boost::asio::ip::tcp::endpoint endpoint);
  /// TLS on top of it.  `session` outlives the connection.  Errors and cancellation as for connect().
  boost::asio::awaitable<Status> secure(const ClientTls& tls, const std::string& host, ClientTls::Session& session);

  /// Sends the request and reads its response.
  /// Errors: network, timed_out; the connection is then of no more use.  Cancellation: throws operation_aborted, likewise.
  boost::asio::awaitable<Result<ClientResponse>> exchange(ClientRequest request);

  /// After exchange() failed: the server had closed the connection, and not a byte of a response came.
  bool closed_unanswered() const { return closed_unanswered_; }
  /// After exchange() returned a response: fit for another request, as far as the response tells.
  bool reusable() const { return parser_.reusable() && filled_ == 0; }
  /// Bytes came after the end of a response: they would be taken for the next one's answer.
  bool has_surplus() const { return surplus_; }
  std::optional<Duration> keep_alive_timeout() const { return parser_.keep_alive_timeout(); }

  /// Of an idle connection.
  enum class Idle : std::uint8_t {
    quiet,   ///< still open, nothing came
    closed,  ///< the server has gone
    spoke,   ///< something came that nobody asked for
  };
  Idle look();

  /// Fails what is under way with timed_out.
  void expire();
  void close();

 private:
  using Parts = std::array<boost::asio::const_buffer, 2>;
  boost::system::error_code write_now(Parts& parts);
  boost::asio::awaitable<boost::system::error_code> send_plain(Parts parts);
  boost::asio::awaitable<boost::system::error_code> send_secure(ClientRequest request);
  void take_in(std::size_t got);
  Error fault(std::string_view doing, const boost::system::error_code& ec) const;
  void throw_if_cancelled(const boost::system::error_code& ec) const;
  void make_room();

  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::asio::ip::tcp::endpoint peer_;
  ResponseParser parser_;
  std::size_t most_buffered_;
  std::string in_;           // bytes received; the first `filled_` are not yet parsed
  std::size_t filled_ = 0;
  bool answer_began_ = false, closed_unanswered_ = false, surplus_ = false, expired_ = false;
};

}  // namespace signalbox::http
