#include "pipeline/eval.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

constexpr const char* kYes = R"({"match":true})";
constexpr const char* kNo = R"({"match":false})";

TEST(Eval, a_pattern_line_answers_a_verdict) {
  EXPECT_EQ(eval_pattern(R"({"pattern":{"a":[1]},"event":{"a":1.0}})"), kYes);
  EXPECT_EQ(eval_pattern(R"( {"event" : {"a":2} , "note":[1,{}], "pattern":{"a":[1]}} )"), kNo);
}

TEST(Eval, texts_are_taken_as_they_are_written) {
  EXPECT_EQ(eval_pattern(R"({"pattern":{"a":[1e309]},"event":{"a":1e309}})"), kYes);
  EXPECT_EQ(eval_pattern(R"({"pattern":{"a":[1e309]},"event":{"a":1E309}})"), kNo);
  EXPECT_EQ(eval_pattern(R"({"pattern":{"a":[1]},"event":{"a":1,"a":2}})"), kYes);
  EXPECT_EQ(eval_pattern(R"({"pattern":{"a":["\ud83d"]},"event":{"a":"\uD83D"}})"), kYes);
}

TEST(Eval, compat_chooses_the_reading_of_event_ruler) {
  EXPECT_EQ(eval_pattern(R"({"pattern":{"$or":[1,2]},"event":{"$or":2},"compat":"eventbridge"})"), kYes);
  EXPECT_EQ(eval_pattern(R"({"pattern":{"$or":[1,2]},"event":{"$or":2}})"),
            R"({"error":"/$or/0: \"$or\" is a list of objects, each with fields"})");
  EXPECT_EQ(eval_pattern(R"({"pattern":{"a":[1]},"event":{},"compat":"aws"})"),
            R"({"error":"\"compat\" can only be \"eventbridge\""})");
}

TEST(Eval, a_filters_line_answers_a_verdict) {
  EXPECT_EQ(eval_filters(R"({"filters":[{"exact":{"id":"1"}}],"event":{"id":"1","n":1}})"), kYes);
  EXPECT_EQ(eval_filters(R"({"filters":[{"exact":{"n":"2"}}],"event":{"id":"1","n":1}})"), kNo);
  EXPECT_EQ(eval_filters(R"({"filters":[{"exct":{"n":"2"}}],"event":{}})"),
            R"({"error":"/0: unknown dialect \"exct\"; did you mean \"exact\"?"})");
}

TEST(Eval, a_bad_line_answers_an_error) {
  const struct {
    const char *line, *answer;
  } rows[] = {
      {"", R"({"error":"the line is not a JSON object"})"},
      {"[]", R"({"error":"the line is not a JSON object"})"},
      {R"({"event":{}})", R"({"error":"the line has no \"pattern\""})"},
      {R"({"pattern":{"a":[1]}})", R"({"error":"the line has no \"event\""})"},
      {R"({"pattern":[],"event":{}})", R"({"error":"\"pattern\" is not an object"})"},
      {R"({"pattern":{"a":[1]},"event":null})", R"({"error":"\"event\" is not an object"})"},
      {R"({"pattern":{"a":[1]},"event":{},"event":{}})", R"({"error":"\"event\" is given twice"})"},
      {R"({"pattern":{"a":[1]},"event":{}} x)",
       R"({"error":"the line is not valid JSON at byte 33: something follows the value"})"},
      {R"({"pattern":{"a":[1]},"event":{"a":01}})",
       R"({"error":"the line is not valid JSON at byte 35: a number with a leading zero"})"},
      {"{\"\xFF\":1}", R"({"error":"the line is not valid UTF-8"})"},
  };
  for (const auto& row : rows) EXPECT_EQ(eval_pattern(row.line), row.answer) << row.line;
  EXPECT_EQ(eval_filters("{}"), R"({"error":"the line has no \"filters\""})");
}

}  // namespace
}  // namespace signalbox::pipeline
