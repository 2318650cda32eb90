// links: signalbox_pipeline
// Event patterns as aws/event-ruler decides them: each case is a pattern and an event, both as JSON texts,
// and what event-ruler itself answered.
#include <gtest/gtest.h>

#include <string>

#include "event_pattern_cases.hpp"
#include "pipeline/eval.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {
namespace {

using conformance::event_pattern_cases;
using Case = conformance::EventPatternCase;

/// "true", "false" or "error".
std::string answer(const Case& c) {
  const auto filter = compile_filter({FilterSpec::Kind::pattern, c.pattern, true});
  if (!filter) return "error";
  FieldSet fields;
  for (const auto& path : (*filter)->shape().fields) fields.add(path);
  FilterInput input;
  if (!input.fill_from_json(fields, c.event)) return "error";
  return (*filter)->matches(input) ? "true" : "false";
}

std::string verdict_of(const std::string& line) {
  if (line == R"({"match":true})") return "true";
  if (line == R"({"match":false})") return "false";
  EXPECT_TRUE(line.starts_with(R"({"error":")")) << line;
  return "error";
}

TEST(EventPattern, every_case_is_decided_as_event_ruler_does) {
  const auto& all = event_pattern_cases();
  if (all.empty()) GTEST_SKIP() << "no suite at " << conformance::suite("event-pattern");
  int agreed = 0, quirks = 0;
  for (const auto& c : all) {
    const auto ours = answer(c);
    if (ours == c.expected)
      ++agreed;
    else if (!c.quirk.empty())
      ++quirks;
    else
      ADD_FAILURE() << c.id << ": " << c.pattern << " on " << c.event << ": ours " << ours << ", theirs "
                    << c.expected;
  }
  std::cout << all.size() << " cases: " << agreed << " agree, " << quirks << " quirks differ\n";
}

TEST(EventPattern, eval_answers_a_line_as_the_library_does) {
  const auto& all = event_pattern_cases();
  if (all.empty()) GTEST_SKIP() << "no suite at " << conformance::suite("event-pattern");
  for (const auto& c : all) {
    const auto line = R"({"compat":"eventbridge","pattern":)" + c.pattern + R"(,"event":)" + c.event + "}";
    EXPECT_EQ(verdict_of(eval_pattern(line)), answer(c)) << line;
  }
}

}  // namespace
}  // namespace signalbox::pipeline
