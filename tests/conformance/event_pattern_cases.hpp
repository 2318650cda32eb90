#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "pipeline/json_reader.hpp"
#include "suite_files.hpp"

namespace signalbox::conformance {

/// One case of the event patterns: a pattern and an event, both as JSON texts, and what event-ruler answered.
struct EventPatternCase {
  std::string id, pattern, event;
  std::string expected = "error";  ///< or "true", "false"
  std::string quirk;  ///< the suite's word for a bug of event-ruler's, as JSON; ours may do the right thing
};

inline EventPatternCase read_event_pattern_case(const std::string& line) {
  using pipeline::JsonToken;
  EventPatternCase out;
  pipeline::JsonReader reader(line, 8);
  EXPECT_EQ(reader.next(), JsonToken::object) << line;
  while (reader.next() == JsonToken::name) {
    const std::string name(reader.text());
    const auto type = reader.next();
    const auto begin = reader.begin();
    const std::string text(is_scalar(type) ? reader.text() : "");
    if (!is_scalar(type)) reader.skip_container();
    if (name == "id") out.id = text;
    if (name == "pattern") out.pattern = text;
    if (name == "event") out.event = text;
    if (name == "match") out.expected = text;
    if (name == "quirk") out.quirk = line.substr(begin, reader.end() - begin);
  }
  EXPECT_EQ(reader.next(), JsonToken::end) << line;
  return out;
}

/// All cases; none where there is no suite.
inline const std::vector<EventPatternCase>& event_pattern_cases() {
  static const auto all = [] {
    std::vector<EventPatternCase> out;
    std::ifstream in(suite("event-pattern") / "cases.jsonl");
    for (std::string line; std::getline(in, line);) out.push_back(read_event_pattern_case(line));
    return out;
  }();
  return all;
}

}  // namespace signalbox::conformance
