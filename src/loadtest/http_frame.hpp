#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace signalbox::loadtest {

/// One HTTP/1.1 message found at the beginning of a buffer; the views point into it.
///
/// Just enough framing for a measuring peer that talks to a daemon under test: Content-Length and chunked
/// bodies.
struct HttpFrame {
  enum class State { complete, incomplete, malformed };
  State state = State::incomplete;
  std::string_view start_line;
  std::string_view headers;  ///< from after the start line to before the blank line
  std::string_view body;     ///< of a chunked body the chunks as sent; decoded_body() joins them
  std::size_t length = 0;    ///< of the whole message
  bool chunked = false;
  bool close = false;  ///< the peer ends the connection after it

  /// The status of a response; 0 when there is none.
  unsigned status() const;
  /// The first value of that header (any case), trimmed; "" when absent.
  std::string_view header(std::string_view name) const;
};

enum class HttpFrameKind { request, response };

/// Past it a head without an end is malformed.
inline constexpr std::size_t kMaxFrameHeadBytes = 64 * 1024;

/// Reads one message.  A body cut short is incomplete, never shorter.
HttpFrame read_frame(std::string_view in, HttpFrameKind kind);

/// The body with the chunk framing removed.  REQUIRES: frame.state is complete.
std::string decoded_body(const HttpFrame& frame);

}  // namespace signalbox::loadtest
