// links: signalbox_event
// Any bytes as a message in binary mode: lines "name: value", an empty line, the body.
#include <cstdint>

#include "fuzz/round_trip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbox;
  using namespace signalbox::event;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<base::HeaderField> headers;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) break;
    const auto colon = line.find(':');
    auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    headers.push_back({line.substr(0, colon), value});
  }
  const Limits limits{.event_bytes = 4096, .batch_events = 20, .json_depth = 16, .attributes = 20};
  check_result(decode(headers, rest, limits), limits);
  return 0;
}
