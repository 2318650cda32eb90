// Any bytes as a server's answer: the response parser in one piece and in small ones comes to the same.
// links: signalbox_http
#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/response_parser.hpp"

namespace {

using namespace signalbox::http;
using State = ResponseParser::State;

constexpr ResponseLimits kLimits{.head_bytes = 2048, .fields = 20, .interim = 3, .body_bytes = 256};

/// Feeds the parser as a connection does, `step` bytes at a time; what it left unread.
std::size_t feed(ResponseParser& parser, std::string_view bytes, std::size_t step) {
  std::string pending;
  while (parser.state() == State::reading && !bytes.empty()) {
    pending += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    const auto used = parser.feed(pending);
    assert(used <= pending.size());
    pending.erase(0, used);
    // What a connection must hold for the parser stays bounded.
    assert(parser.state() != State::reading || pending.size() <= 2 * kLimits.head_bytes + step);
  }
  if (parser.state() == State::reading) parser.feed_end();
  return pending.size() + bytes.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 16;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  ResponseParser whole(kLimits), pieces(kLimits);
  const auto left_whole = feed(whole, bytes, std::max<std::size_t>(1, bytes.size()));
  const auto left_pieces = feed(pieces, bytes, step);
  assert(whole.state() != State::reading && pieces.state() != State::reading);
  // Only where the line between head and body is crossed in one piece may a limit be noticed a piece later.
  if (whole.state() != State::complete || pieces.state() != State::complete) return 0;
  assert(whole.reusable() == pieces.reusable());
  assert(!whole.reusable() || left_whole == left_pieces);
  const auto one = whole.take(), other = pieces.take();
  assert(one.status == other.status && one.status >= 200 && one.status <= 599);
  assert(one.fields == other.fields && one.body == other.body);
  assert(one.body.size() <= kLimits.body_bytes);
  return 0;
}
