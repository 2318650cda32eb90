// The JSON parsing suite of nst/JSONTestSuite as the data of events: what begins with y_ must be taken, n_
// refused, i_ is ours to decide.
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "event/codec.hpp"
#include "suite_files.hpp"

namespace signalbox::event {
namespace {

using conformance::contents, conformance::files_in, conformance::suite;

// Some texts of the suite are 100,000 levels deep or end with the depth; 500 levels are the most that it
// wants taken.
constexpr Limits kLimits{.json_depth = 512};

/// Of the suite's y_ texts these have a member's name twice.  RFC 8259 section 4 calls what a receiver makes
/// of that unpredictable, so events with them are refused.
bool names_a_member_twice(const std::string& file) {
  return file == "y_object_duplicated_key.json" || file == "y_object_duplicated_key_and_value.json";
}

bool taken_in_binary_mode(const std::string& text) {
  const base::HeaderField headers[] = {{"ce-specversion", "1.0"},
                                       {"ce-id", "1"},
                                       {"ce-source", "/s"},
                                       {"ce-type", "t"},
                                       {"content-type", "application/json"}};
  const auto result = decode(headers, text, kLimits);
  if (!std::holds_alternative<Decoded>(result)) return false;
  // An empty body is no data at all, which is legal but no JSON value taken.
  const auto& event = std::get<Decoded>(result).events.at(0);
  EXPECT_EQ(event.data(), text);
  return event.data_kind() == DataKind::json;
}

bool taken_in_structured_mode(const std::string& text, const char* content_type, const char* before,
                              const char* after) {
  const base::HeaderField headers[] = {{"content-type", content_type}};
  const auto body =
      before + (R"({"specversion":"1.0","id":"1","source":"/s","type":"t","data":)" + text) + "}" + after;
  const auto result = decode(headers, body, kLimits);
  if (!std::holds_alternative<Decoded>(result)) return false;
  const auto& data = std::get<Decoded>(result).events.at(0).data();
  EXPECT_NE(text.find(data), std::string::npos) << "not the bytes that came";
  return true;
}

TEST(JsonParsing, texts_are_taken_and_refused_as_the_suite_says_in_every_mode) {
  const auto folder = suite("json-parsing");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no suite at " << folder;
  int well_formed = 0, broken = 0;
  for (const auto& path : files_in(folder)) {
    const auto file = path.filename().string();
    const auto text = contents(path);
    const bool binary = taken_in_binary_mode(text);
    const bool structured = taken_in_structured_mode(text, "application/cloudevents+json", "", "");
    const bool batch = taken_in_structured_mode(text, "application/cloudevents-batch+json", "[", "]");
    EXPECT_EQ(binary, structured) << file;
    EXPECT_EQ(structured, batch) << file;
    if (file.starts_with("y_")) {
      EXPECT_EQ(binary, !names_a_member_twice(file)) << file;
      ++well_formed;
    } else if (file.starts_with("n_")) {
      EXPECT_FALSE(binary) << file;
      ++broken;
    }
  }
  EXPECT_GE(well_formed, 90);
  EXPECT_GE(broken, 180);
}

}  // namespace
}  // namespace signalbox::event
