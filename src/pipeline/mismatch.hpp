#pragma once
#include <string>

namespace signalbox::pipeline {

/// Why a filter does not match an event: the first of its conditions that fails, for people.
struct Mismatch {
  std::string
      place{};  ///< the condition's place in the filter: a JSON Pointer, or "character 7" in an expression
  std::string path{};    ///< the event's field that it looks at, as in FieldSet; "" when it is not about one
  std::string wanted{};  ///< what it asks for: "one of \"CH\", \"AT\"", "a number > 1000"
  std::string found{};   ///< what the event has there, as JSON and cut to a line: "\"DE\"", "nothing"
};

}  // namespace signalbox::pipeline
