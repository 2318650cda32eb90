#include "loadtest/http_frame.hpp"

#include <charconv>
#include <optional>
#include <system_error>

#include "base/ascii_text.hpp"
#include "base/header_field.hpp"

namespace signalbox::loadtest {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kStatusAt = 9;  // "HTTP/1.1 "

std::optional<std::size_t> parse_size(std::string_view digits, int base) {
  std::size_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

struct Chunk {
  HttpFrame::State state = HttpFrame::State::incomplete;
  std::string_view bytes;
  std::size_t next = 0;  // where the one after it begins
};

Chunk read_chunk(std::string_view in, std::size_t at) {
  Chunk chunk;
  const auto line_end = in.find(kLineEnd, at);
  if (line_end == std::string_view::npos) return chunk;
  const auto size = parse_size(in.substr(at, line_end - at), 16);
  if (!size || *size > in.max_size() / 2) {
    chunk.state = HttpFrame::State::malformed;
    return chunk;
  }
  const auto begin = line_end + kLineEnd.size();
  chunk.next = begin + *size + kLineEnd.size();
  if (chunk.next > in.size()) return chunk;
  chunk.bytes = in.substr(begin, *size);
  chunk.state = HttpFrame::State::complete;
  return chunk;
}

bool has_no_body(const HttpFrame& frame, HttpFrameKind kind) {
  if (kind == HttpFrameKind::request) return false;
  const auto status = frame.status();
  return status < 200 || status == 204 || status == 304;
}

void read_chunked_body(HttpFrame& frame, std::string_view in, std::size_t body_at) {
  frame.chunked = true;
  for (auto at = body_at;;) {
    const auto chunk = read_chunk(in, at);
    frame.state = chunk.state;
    if (chunk.state != HttpFrame::State::complete) return;
    at = chunk.next;
    if (!chunk.bytes.empty()) continue;
    frame.length = at;
    frame.body = in.substr(body_at, at - body_at);
    return;
  }
}

void read_sized_body(HttpFrame& frame, std::string_view in, std::size_t body_at, std::string_view length) {
  const auto size = length.empty() ? 0 : parse_size(length, 10);
  if (!size) {
    frame.state = HttpFrame::State::malformed;
    return;
  }
  if (in.size() - body_at < *size) return;
  frame.body = in.substr(body_at, *size);
  frame.length = body_at + *size;
  frame.state = HttpFrame::State::complete;
}

}  // namespace

unsigned HttpFrame::status() const {
  if (!start_line.starts_with("HTTP/1.") || start_line.size() < kStatusAt + 3) return 0;
  return static_cast<unsigned>(parse_size(start_line.substr(kStatusAt, 3), 10).value_or(0));
}

std::string_view HttpFrame::header(std::string_view name) const {
  for (std::size_t at = 0; at < headers.size();) {
    auto end = headers.find(kLineEnd, at);
    if (end == std::string_view::npos) end = headers.size();
    const auto line = headers.substr(at, end - at);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        base::equals_ignoring_case(line.substr(0, name.size()), name)) {
      return base::trim_blanks(line.substr(name.size() + 1));
    }
    at = end + kLineEnd.size();
  }
  return {};
}

HttpFrame read_frame(std::string_view in, HttpFrameKind kind) {
  HttpFrame frame;
  const auto head_end = in.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    if (in.size() > kMaxFrameHeadBytes) frame.state = HttpFrame::State::malformed;
    return frame;
  }
  const auto line_end = in.find(kLineEnd);
  frame.start_line = in.substr(0, line_end);
  if (line_end != head_end) frame.headers = in.substr(line_end + 2, head_end - line_end - 2);
  frame.close = base::equals_ignoring_case(frame.header("connection"), "close");
  if (kind == HttpFrameKind::response && frame.status() == 0) {
    frame.state = HttpFrame::State::malformed;
    return frame;
  }
  const auto body_at = head_end + 4;
  if (has_no_body(frame, kind)) {
    frame.length = body_at;
    frame.state = HttpFrame::State::complete;
  } else if (base::equals_ignoring_case(frame.header("transfer-encoding"), "chunked")) {
    read_chunked_body(frame, in, body_at);
  } else {
    read_sized_body(frame, in, body_at, frame.header("content-length"));
  }
  return frame;
}

std::string decoded_body(const HttpFrame& frame) {
  if (!frame.chunked) return std::string(frame.body);
  std::string body;
  for (auto chunk = read_chunk(frame.body, 0); !chunk.bytes.empty();
       chunk = read_chunk(frame.body, chunk.next)) {
    body += chunk.bytes;
  }
  return body;
}

}  // namespace signalbox::loadtest
