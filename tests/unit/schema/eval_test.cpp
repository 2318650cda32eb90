#include "schema/eval.hpp"

#include <gtest/gtest.h>

namespace signalbox::schema {
namespace {

TEST(Eval, a_schema_line_answers_a_verdict) {
  const struct {
    const char *line, *answer;
  } rows[] = {
      {R"({"schema":{"type":"integer"},"data":1.0})", R"({"valid":true})"},
      {R"( {"note":1, "data" : "x", "schema":{"properties":{}}} )", R"({"valid":true})"},
      {R"({"schema":{"properties":{"a/b":{"enum":["\""]}}},"data":{"a/b":null}})",
       R"({"valid":false,"errors":[{"pointer":"/a~1b","keyword":"/properties/a~1b/enum","message":"must be one of \"\\\"\""}]})"},
      {R"({"schema":false,"data":1})",
       R"({"valid":false,"errors":[{"pointer":"","keyword":"","message":"is not allowed"}]})"},
      {R"({"schema":{"items":[true]},"data":[],"draft":"7"})", R"({"valid":true})"},
      {R"({"schema":{"format":"date"},"data":"x"})", R"({"valid":true})"},
      {R"({"schema":{"format":"date"},"data":"x","format":"check"})",
       R"({"valid":false,"errors":[{"pointer":"","keyword":"/format","message":"must have the format \"date\""}]})"},
  };
  for (const auto& row : rows) EXPECT_EQ(eval_schema(row.line), row.answer) << row.line;
}

TEST(Eval, a_bad_line_answers_an_error) {
  const struct {
    const char *line, *answer;
  } rows[] = {
      {"", R"({"error":"the line is not valid JSON at byte 0: ends where a value was expected"})"},
      {"[]", R"({"error":"the line is not a JSON object"})"},
      {R"({"data":1})", R"({"error":"the line has no \"schema\""})"},
      {R"({"schema":{}})", R"({"error":"the line has no \"data\""})"},
      {R"({"schema":{},"data":1,"draft":"4"})", R"({"error":"\"draft\" is \"7\" or \"2020-12\""})"},
      {R"({"schema":{},"data":1,"format":true})", R"({"error":"\"format\" is \"annotate\" or \"check\""})"},
      {R"({"schema":{"type":1},"data":1})",
       R"({"error":"/type: must be the name of a type, or a list of such"})"},
      {R"({"schema":{},"data":{"a":1,"a":2}})",
       R"({"error":"the line is not valid JSON at byte 27: a member's name comes twice"})"},
      {"{\"\xFF\":1}", R"({"error":"the line is not valid JSON at byte 2: not valid UTF-8"})"},
  };
  for (const auto& row : rows) EXPECT_EQ(eval_schema(row.line), row.answer) << row.line;
}

}  // namespace
}  // namespace signalbox::schema
