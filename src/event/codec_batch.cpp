#include <algorithm>

#include "event/codec_modes.hpp"
#include "event/fault_list.hpp"

namespace signalbox::event {
namespace {

constexpr std::size_t kTypicalEvent = 256;

DecodeFailure too_many(const Limits& limits) {
  FaultList faults;
  faults.of_event(limits.batch_events);
  faults.add_too_large(
      "", "is one event too many: at most " + std::to_string(limits.batch_events) + " are taken at once");
  return faults.take();
}

}  // namespace

DecodeResult decode_batch(std::string_view body, const Limits& limits) {
  FaultList faults;
  if (auto fault = validate_json_encoding(body)) {
    faults.add("", describe(*fault));
    return faults.take();
  }
  JsonCursor cursor(body, limits.json_depth);
  Decoded decoded;
  decoded.batch = true;
  decoded.events.reserve(std::min(limits.batch_events, body.size() / kTypicalEvent + 1));
  std::size_t element = 0;  // where the event at hand begins in the body
  if (cursor.enter_array()) {
    for (std::size_t index = 0; cursor.next_element(); ++index) {
      if (index == limits.batch_events) return too_many(limits);
      faults.of_event(index);
      element = cursor.offset();
      auto event = read_json_event(cursor, limits, faults);
      if (event) decoded.events.push_back(std::move(*event));
      // Events that will not be returned need not be kept.
      if (faults.count() != 0) decoded.events.clear();
    }
  }
  if (!cursor.failed()) faults.of_batch(), element = 0;
  if (!cursor.expect_end()) {
    auto fault = cursor.fault(std::min(element, cursor.fault_offset()));
    faults.add(fault.pointer, describe(fault));
  }
  if (faults.count() != 0) return faults.take();
  return decoded;
}

}  // namespace signalbox::event
