// links: signalbox_pipeline
// Event patterns as aws/event-ruler decides them: each case is a pattern and an event, both as JSON texts,
// and what event-ruler itself answered.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "pipeline/eval.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/json_reader.hpp"
#include "suite_files.hpp"

namespace signalbox::pipeline {
namespace {

struct Case {
  std::string id, pattern, event;
  std::string expected = "error";  ///< or "true", "false"
  std::string quirk;  ///< the suite's word for a bug of event-ruler's, as JSON; ours may do the right thing
};

Case read_case(const std::string& line) {
  Case out;
  JsonReader reader(line, 8);
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

std::vector<Case> read_cases() {
  std::vector<Case> out;
  std::ifstream in(conformance::suite("event-pattern") / "cases.jsonl");
  for (std::string line; std::getline(in, line);) out.push_back(read_case(line));
  return out;
}

const std::vector<Case>& cases() {
  static const auto all = read_cases();
  return all;
}

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
  const auto& all = cases();
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
  const auto& all = cases();
  if (all.empty()) GTEST_SKIP() << "no suite at " << conformance::suite("event-pattern");
  for (const auto& c : all) {
    const auto line = R"({"compat":"eventbridge","pattern":)" + c.pattern + R"(,"event":)" + c.event + "}";
    EXPECT_EQ(verdict_of(eval_pattern(line)), answer(c)) << line;
  }
}

}  // namespace
}  // namespace signalbox::pipeline
