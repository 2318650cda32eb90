// links: signalbox_event
// Any bytes as the body of structured mode and of batch mode.
#include <cstdint>

#include "fuzz/round_trip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbox;
  using namespace signalbox::event;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const Limits limits{.event_bytes = 4096, .batch_events = 20, .json_depth = 16, .attributes = 20};
  for (const char* type : {"application/cloudevents+json", "application/cloudevents-batch+json"}) {
    const base::HeaderField headers[] = {{"content-type", type}};
    check_result(decode(headers, body, limits), limits);
  }
  return 0;
}
