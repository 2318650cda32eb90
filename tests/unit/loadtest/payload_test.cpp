#include "loadtest/payload.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadtest/event_token.hpp"
#include "loadtest/http_frame.hpp"

namespace signalbox::loadtest {
namespace {

using nlohmann::json;

const std::string kHead = "POST /v1/a/b/events HTTP/1.1\r\nHost: x\r\n";

HttpFrame made(std::string& text, const PayloadOptions& options, std::uint64_t sequence) {
  RequestTemplate(options, kHead).append_to(text, 9, sequence, 77);
  return read_frame(text, HttpFrameKind::request);
}

TEST(SampleData, has_exactly_the_size_asked_for_and_is_json_with_the_sequence_number) {
  for (const std::size_t size :
       {kMinDataBytes, std::size_t{100}, std::size_t{300}, std::size_t{1024}, std::size_t{65536}}) {
    const auto data = sample_data(size, 42);
    EXPECT_EQ(data.size(), size);
    EXPECT_EQ(json::parse(data)["order"], "000000000042");
  }
}

TEST(RequestTemplate, binary_mode_carries_the_token_the_type_the_subject_and_the_sample_data) {
  PayloadOptions options;
  options.types = {"even", "odd"};
  options.subjects = 10;
  std::string text;
  const auto frame = made(text, options, 123);
  ASSERT_EQ(frame.state, HttpFrame::State::complete);
  EXPECT_EQ(frame.length, text.size());
  EXPECT_EQ(frame.header("ce-id"), (EventToken{9, 123, 77}.text()));
  EXPECT_EQ(frame.header("ce-type"), "odd");
  EXPECT_EQ(frame.header("ce-subject"), "orders/000003");
  EXPECT_EQ(frame.body, sample_data(1024, 123));
}

TEST(RequestTemplate, batch_mode_numbers_its_events_from_the_sequence_on) {
  PayloadOptions options;
  options.mode = ContentMode::batch;
  options.batch_events = 5;
  options.types = {"a", "b", "c"};
  std::string text;
  const auto frame = made(text, options, 7);
  ASSERT_EQ(frame.state, HttpFrame::State::complete);
  EXPECT_EQ(frame.header("content-type"), "application/cloudevents-batch+json");
  const auto events = json::parse(frame.body);
  ASSERT_EQ(events.size(), 5u);
  for (std::uint64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(events[i]["id"], (EventToken{9, 7 + i, 77}.text()));
    EXPECT_EQ(events[i]["type"], options.types[(7 + i) % 3]);
    EXPECT_EQ(events[i]["data"], json::parse(sample_data(1024, 7 + i)));
  }
}

TEST(RequestTemplate, structured_mode_is_one_event) {
  PayloadOptions options;
  options.mode = ContentMode::structured;
  std::string text;
  const auto frame = made(text, options, 1);
  EXPECT_EQ(frame.header("content-type"), "application/cloudevents+json");
  EXPECT_EQ(json::parse(frame.body)["source"], options.source);
}

}  // namespace
}  // namespace signalbox::loadtest
