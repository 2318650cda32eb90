// Any bytes as the beginning of a connection: the head's end, the scan, and the chunks behind a chunked head.
// links: signalbox_http
#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/head_scan.hpp"
#include "http/request_parser.hpp"

namespace {

using namespace signalbox::http;

bool lies_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()) ||
         part == "/";
}

/// Gives the parser its input in pieces of `step` bytes, as a slow client does.
void parse_chunks(std::string_view head, std::string_view rest, std::size_t step) {
  constexpr std::size_t kBodyLimit = 1000;
  std::string body;
  RequestParser parser(head, body, kBodyLimit);
  std::size_t used = 0;
  for (std::size_t end = std::min(step, rest.size());; end = std::min(rest.size(), end + step)) {
    const auto state = parser.put(rest.substr(used, end - used));
    used += parser.consumed();
    assert(used <= end && body.size() <= kBodyLimit);
    if (state != RequestParser::State::more || end == rest.size()) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 16;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  HeadEnd whole;
  const auto state = whole.find(bytes);
  HeadEnd in_pieces;
  auto state_in_pieces = HeadEnd::State::incomplete;
  for (std::size_t end = 0; end < bytes.size() && state_in_pieces == HeadEnd::State::incomplete;) {
    end = std::min(bytes.size(), end + step);
    state_in_pieces = in_pieces.find(bytes.substr(0, end));
  }
  assert(state == state_in_pieces);
  if (state != HeadEnd::State::complete) return 0;
  assert(whole.size() == in_pieces.size());

  const auto head = bytes.substr(0, whole.size());
  HeadScan scan(20);
  if (scan.scan(head)) return 0;
  const auto& found = scan.head();
  assert(lies_within(found.method, head) && lies_within(found.target, head) &&
         lies_within(found.path, head) && lies_within(found.query, head));
  for (const auto& field : found.headers)
    assert(lies_within(field.name, head) && lies_within(field.value, head));
  if (found.chunked) parse_chunks(head, bytes.substr(head.size()), step);
  return 0;
}
