#include "pipeline/jq_step.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

Event an_event() {
  return EventBuilder()
      .set("specversion", "1.0")
      .set("id", "1")
      .set("source", "/s")
      .set("type", "t")
      .set("dataschema", "urn:old")
      .data(DataKind::json, R"({"a":1})")
      .build();
}

TEST(JqStep, the_program_reads_the_event_in_the_json_format) {
  const auto step = make_jq_step(".data");
  const auto call = step->call(an_event(), {});
  EXPECT_EQ(call.program, ".data");
  EXPECT_NE(call.input.find(R"("data":{"a":1})"), std::string::npos) << call.input;
  EXPECT_NE(call.input.find(R"("id":"1")"), std::string::npos);
}

TEST(JqStep, a_result_without_specversion_is_the_data_of_the_same_event) {
  const auto made = make_jq_step(".")->accept({R"({"b":[2]})"}, an_event(), {});
  ASSERT_TRUE(made);
  ASSERT_EQ(made->size(), 1u);
  const auto& event = made->front().event;
  EXPECT_EQ(event.data(), R"({"b":[2]})");
  EXPECT_EQ(event.id(), "1");
  EXPECT_EQ(event.value("datacontenttype"), "application/json");
  EXPECT_EQ(event.value("dataschema"), "") << "it described the data that was";
}

TEST(JqStep, a_result_with_specversion_is_an_event_of_its_own) {
  const auto made = make_jq_step(".")->accept(
      {R"({"specversion":"1.0","id":"9","source":"/x","type":"u","data":[]})", "7"}, an_event(), {});
  ASSERT_TRUE(made);
  ASSERT_EQ(made->size(), 2u);
  EXPECT_EQ((*made)[0].event.type(), "u");
  EXPECT_EQ((*made)[1].event.data(), "7");
}

TEST(JqStep, a_result_that_is_no_valid_event_is_an_error_with_its_reason) {
  const auto made = make_jq_step(".")->accept({R"({"specversion":"1.0","id":"","source":"/x","type":"u"})"},
                                              an_event(), {});
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("id"), std::string::npos) << made.error().message;
}

TEST(JqStep, no_results_make_no_events) {
  const auto made = make_jq_step("empty")->accept({}, an_event(), {});
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->empty());
}

}  // namespace
}  // namespace signalbox::pipeline
