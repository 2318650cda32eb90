#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "signalbox/clock.hpp"

namespace signalbox::http {

/// The answer to one request.
struct ClientResponse {
  unsigned status = 0;          ///< 200 to 599
  std::string fields;           ///< the header fields, "name: value\r\n" each, names as sent
  std::string body;             ///< de-chunked; only its beginning when `truncated`
  bool truncated = false;       ///< the body was longer than the limit, or its framing in doubt

  ClientResponse() = default;
  /// The first field of that name (any case), "" when absent.
  std::string_view header(std::string_view name) const;
};

/// What one response may come to.
struct ResponseLimits {
  std::size_t head_bytes = 16 << 10;   ///< of one head, interim or final
  std::size_t fields = 200;
  std::size_t interim = 8;             ///< 1xx responses before the final one
  std::size_t body_bytes = 64 << 10;   ///< kept; a longer body is cut there
};

/// Reads one response from bytes as they come.  Does no I/O.
///
/// Stricter than Beast's own response_parser, which takes trailers of any size (and throws out of the event loop),
/// 1xx as final answers, and any status: reading stops at a trailer, up to `limits.interim` interim responses are
/// skipped, a status is 200 to 599.  What leaves the end of the response in doubt (Content-Length beside
/// Transfer-Encoding, several lengths, codings other than chunked, a body on 204, trailers, end by close) does not make
/// the status less true, but the connection is not reusable().
class ResponseParser {
 public:
  enum class State : std::uint8_t {
    reading,   ///< more bytes are needed
    complete,  ///< take() has the response
    failed,    ///< not HTTP: fault() says why
  };

  explicit ResponseParser(ResponseLimits limits);
  ~ResponseParser();

  /// Forgets everything, for the next response.
  void reset();

  /// Reads from the front of `bytes` and returns how many it is done with; the others are passed again, with more
  /// after them.  REQUIRES: state() == reading.
  std::size_t feed(std::string_view bytes);
  /// The peer closed the connection.  REQUIRES: state() == reading.
  void feed_end();

  State state() const;
  const std::string& fault() const;

  /// REQUIRES: state() == complete, once.
  ClientResponse take();
  /// After complete: the response ended beyond doubt and the server keeps the connection open.
  bool reusable() const;
  /// The server's own idle timeout (`Keep-Alive: timeout=5`), when it told.
  std::optional<Duration> keep_alive_timeout() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::http
