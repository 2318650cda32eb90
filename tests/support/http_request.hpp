#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loadtest/socket.hpp"

namespace signalbox::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first value of that name (any case); "" when absent.
std::string header_value(const Headers& headers, std::string_view name);

struct HttpResponse {
  unsigned status = 0;
  Headers headers;
  std::string body;  ///< de-chunked
  std::string header(std::string_view name) const { return header_value(headers, name); }
};

/// A plain TCP connection to 127.0.0.1 that speaks exactly the bytes a test gives it.  Blocks; throws
/// std::runtime_error when the peer breaks the framing, closes early or takes longer than the timeout.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port, std::chrono::milliseconds timeout = std::chrono::seconds(10));

  void send(std::string_view bytes);
  /// The next response, interim ones (1xx) included.
  HttpResponse read_response();
  /// Reads until `text` has come, and returns everything up to its end; for bodies without an end.
  std::string read_until(std::string_view text);
  /// True when the peer closes, without another byte, before the timeout.
  bool closed_by_peer();

 private:
  bool read_more();  ///< false at the end of the stream

  loadtest::Descriptor socket_;
  std::string in_;
};

/// The text of one request; Host and Content-Length are added.
std::string request_text(std::string_view method, std::string_view path, const Headers& headers,
                         std::string_view body);

/// One request on a connection of its own; `url` is "http://127.0.0.1:<port>/path".
HttpResponse http_request(const std::string& method, const std::string& url, const Headers& headers = {},
                          const std::string& body = {},
                          std::chrono::milliseconds timeout = std::chrono::seconds(10));

}  // namespace signalbox::test
