#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "signalbox/clock.hpp"

namespace signalbox::http {

/// The standard reason phrase; "" for a status that has none.
std::string_view reason_phrase(unsigned status);

/// The Date field, written anew once a second.  Thread-safety: none.
class DateField {
 public:
  /// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"; valid until the next call.
  std::string_view at(WallTime now);

 private:
  std::int64_t second_ = -1;
  std::array<char, 48> text_{};
  std::size_t size_ = 0;
};

/// How the end of a response's body is told.
enum class BodyEnd {
  by_length,  ///< Content-Length
  by_chunks,  ///< chunked
  by_close,   ///< the connection's end (HTTP/1.0)
};
/// What follows the response.
enum class Persistence {
  keep_alive,      ///< HTTP/1.1: goes without saying
  keep_alive_1_0,  ///< said
  close,           ///< said
};

/// Appends the head of `response` to `out`.  Fields that are the server's own (Content-Length, Date,
/// Connection, Transfer-Encoding) are left out of the response's; line breaks in a value become spaces.
void append_response_head(std::string& out, const Response& response, BodyEnd end, Persistence persistence,
                          std::string_view date_field);

/// Whether a response of that status can have a body at all.
inline bool may_have_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace signalbox::http
