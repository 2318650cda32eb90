#pragma once
#include <string_view>

#include "event/json_scan.hpp"
#include "signalbox/event.hpp"

namespace signalbox::fuzz {

/// An event with these bytes as its data.
inline Event event_of_data(std::string_view data) {
  const auto kind = event::validate_json(data, 64) ? DataKind::binary : DataKind::json;
  return EventBuilder()
      .set("specversion", "1.0")
      .set("id", "1")
      .set("source", "/s")
      .set("type", "t")
      .set("size", "7", AttributeType::integer)
      .data(kind, data)
      .build();
}

}  // namespace signalbox::fuzz
