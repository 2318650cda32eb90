#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/header_field.hpp"

namespace signalbox::http {

/// Why the server refuses a request by itself.
struct Fault {
  Fault() = default;
  Fault(unsigned s, std::string_view d) : status(s), detail(d) {}
  unsigned status = 400;
  std::string_view detail;  ///< what was wrong, for the sender; static text
};

/// Looks for the empty line that ends a request head while its bytes come in; no byte is looked at twice.
class HeadEnd {
 public:
  enum class State {
    incomplete,
    complete,
    malformed,  ///< a line feed without carriage return, or a first byte that begins no request: more will
                ///< not mend it
  };
  /// `bytes` begins where the head begins and holds at least what the last call was given.
  State find(std::string_view bytes);
  /// Of the head, its empty line included.  REQUIRES: find() answered complete.
  std::size_t size() const { return line_; }
  /// True until a byte has been looked at.
  bool is_fresh() const { return seen_ == 0; }
  /// For the next head.
  void reset() { seen_ = line_ = 0; }

 private:
  std::size_t seen_ = 0;  // bytes looked at
  std::size_t line_ = 0;  // where the present line begins
};

/// A request head that passed the scan.  The views point into the bytes scanned.
struct ScannedHead {
  std::string_view method;
  std::string_view target;  ///< as sent
  std::string_view path;    ///< "/..." or "*"
  std::string_view query;   ///< without '?'
  std::vector<base::HeaderField> headers;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool http_1_0 = false;
  bool keep_alive = true;  ///< the client would send another request on this connection
  bool expects_continue = false;
};

/// The strict scan of a raw request head (RFC 9112 without its leniencies), before anything else looks at it.
/// Whatever two servers could read in two ways is refused: doubled or malformed framing, Host or
/// Content-Type, folded lines, stray control characters, codings other than chunked, CONNECT and TRACE, a
/// POST without a length.
///
/// Thread-safety: none.  Keeps its memory from one head to the next.
class HeadScan {
 public:
  /// What a POST, PUT or PATCH without Content-Length and Transfer-Encoding is.
  enum class LengthlessBody : std::uint8_t {
    refused,  ///< 411: a sender of events who forgot the length has lost them
    empty,    ///< as RFC 9112 section 6.3 says, and as clients that have nothing to say send it
  };
  /// More than `headers_max` fields are a 431.
  explicit HeadScan(std::size_t headers_max, LengthlessBody lengthless = LengthlessBody::refused)
      : headers_max_(headers_max), lengthless_(lengthless) {}
  /// `head` ends with its empty line (see HeadEnd).  nullopt: accepted, and head() says what it holds.
  std::optional<Fault> scan(std::string_view head);
  const ScannedHead& head() const { return head_; }
  /// Forgets the head, whose bytes are going away.
  void clear();

 private:
  struct Seen;  // which fields have come
  std::optional<Fault> scan_request_line(std::string_view& rest);
  std::optional<Fault> scan_target();
  std::optional<Fault> scan_field(std::string_view& rest, Seen& seen);
  std::optional<Fault> note_field(const base::HeaderField& field, Seen& seen);
  std::optional<Fault> check_framing(const Seen& seen) const;

  std::size_t headers_max_;
  LengthlessBody lengthless_;
  ScannedHead head_;
};

}  // namespace signalbox::http
