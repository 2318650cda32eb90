#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/header_field.hpp"

namespace signalbox::http {

/// The head of a request, strictly checked.  The views live until the request has been answered.
struct RequestHead {
  std::string_view method;                        ///< "GET", "POST", ...; never CONNECT or TRACE
  std::string_view target;                        ///< as sent: "/v1/acme/orders/events?x=1"
  std::string_view path;                          ///< of the target, percent-encoded as sent
  std::string_view query;                         ///< without '?', percent-encoded as sent
  std::span<const base::HeaderField> headers;     ///< names as sent, values trimmed
  std::optional<std::uint64_t> content_length;    ///< nullopt: chunked or none
  boost::asio::ip::address peer;
  std::string_view tls_subject;                   ///< the client certificate's, "" without
  /// The value, or "" when absent.
  std::string_view header(std::string_view name) const {
    const auto* field = base::find_header(headers, name);
    return field ? field->value : std::string_view();
  }
};

struct Request : RequestHead {
  std::string body;   ///< whole, de-chunked; the handler may move it away
};

/// Sends pieces of a response body that has no end yet (server-sent events).  One write() at a time; closed() may wait
/// beside it.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  /// Completes when handed to the kernel; false when the peer has gone or the server shuts down.
  virtual boost::asio::awaitable<bool> write(std::string bytes) = 0;
  /// Completes when the peer has gone or the server shuts down.
  virtual boost::asio::awaitable<void> closed() = 0;
};

struct Response {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  ///< without Content-Length, Date, Connection: the server's
  std::string body;
  bool close = false;                                        ///< close the connection after it
  /// When set, the body is ignored: the head goes out chunked and this writes the body until it returns.
  /// The connection is closed after it.
  std::function<boost::asio::awaitable<void>(ResponseStream&)> stream;
};

/// What the server asks about a request whose head has come: go on, with how large a body at most, or answer now.
struct Admission {
  std::uint64_t body_limit = 0;
  std::optional<Response> refusal;
  static Admission admit(std::uint64_t body_limit) { return Admission(body_limit, std::nullopt); }
  static Admission refuse(Response response) { return Admission(0, std::move(response)); }

 private:
  Admission(std::uint64_t limit, std::optional<Response> response) : body_limit(limit), refusal(std::move(response)) {}
};

/// Answers requests.  Called from many connections at once, on any I/O thread.
class Handler {
 public:
  virtual ~Handler() = default;
  /// Before the body is read: refuse early (no such path, not authorised, overloaded).  Does not block.
  virtual Admission on_head(const RequestHead& head) = 0;
  /// `request` outlives the awaited call.  An exception becomes 500 and a log line.
  virtual boost::asio::awaitable<Response> on_request(Request& request) = 0;
  /// A refusal the server itself makes (400, 408, 411, 413, 417, 431, 501, 503, 505; 500 when the handler threw): gives
  /// the body in the house's form (RFC 9457).  `detail` says what was wrong.
  virtual Response on_fault(unsigned status, std::string_view detail) = 0;
};

}  // namespace signalbox::http
