#include <gtest/gtest.h>

#include "decoding.hpp"

namespace signalbox::event {
namespace {

std::string event_called(const std::string& id, const std::string& members = "") {
  return R"({"specversion":"1.0","id":")" + id + R"(","source":"/s","type":"t")" + members + "}";
}

TEST(DecodeBatch, events_come_in_their_order) {
  const auto result =
      decode_batch_body(" [" + event_called("1") + " ,\n" + event_called("2", ",\"data\":[1]") + "] ");
  ASSERT_EQ(faults_of(result), "");
  const auto& decoded = std::get<Decoded>(result);
  EXPECT_TRUE(decoded.batch);
  ASSERT_EQ(decoded.events.size(), 2u);
  EXPECT_EQ(decoded.events[0].id(), "1");
  EXPECT_EQ(decoded.events[1].id(), "2");
  EXPECT_EQ(decoded.events[1].data(), "[1]");
}

TEST(DecodeBatch, an_empty_batch_is_legal) {
  const auto result = decode_batch_body(" [ ] ");
  ASSERT_EQ(faults_of(result), "");
  EXPECT_TRUE(std::get<Decoded>(result).batch);
  EXPECT_TRUE(std::get<Decoded>(result).events.empty());
}

TEST(DecodeBatch, each_fault_names_its_event) {
  const auto result = decode_batch_body("[" + event_called("1") + "," + event_called("", ",\"X\":1") + ",7," +
                                        event_called("4") + ",{}]");
  ASSERT_EQ(kind_of(result), DecodeFailure::Kind::malformed);
  std::string seen;
  for (const auto& fault : std::get<DecodeFailure>(result).faults)
    seen += std::to_string(*fault.index) + fault.where + " ";
  EXPECT_EQ(seen, "1id 1X 2 4specversion 4id 4source 4type ");
}

TEST(DecodeBatch, broken_json_names_the_event_it_is_in) {
  struct Case {
    std::string body;
    std::optional<std::size_t> index;
    const char* where;
  };
  const Case cases[] = {
      {"", std::nullopt, ""},
      {"{}", std::nullopt, ""},
      {event_called("1"), std::nullopt, ""},
      {"[" + event_called("1") + "]x", std::nullopt, ""},
      {"[" + event_called("1") + "," + event_called("2", ",\"data\":{\"a\":[tru]}") + "]", 1, "/data/a/0"},
      {"[" + event_called("1") + "," + event_called("2", ",\"id\":\"3\"") + "]", 1, "/id"},
      {"[" + event_called("1") + "," + event_called("2").substr(0, 20), 1, "/specversion"},
      {"[nope]", 0, ""},
      {"[\"\xff\"]", std::nullopt, ""},
  };
  for (const auto& c : cases) {
    const auto result = decode_batch_body(c.body);
    ASSERT_EQ(kind_of(result), DecodeFailure::Kind::malformed) << c.body;
    EXPECT_EQ(std::get<DecodeFailure>(result).faults.back().index, c.index) << c.body;
    EXPECT_EQ(std::get<DecodeFailure>(result).faults.back().where, c.where) << c.body;
  }
}

TEST(DecodeBatch, names_may_come_again_in_the_next_event_and_depth_starts_anew) {
  const auto event = event_called("1", R"(,"\u0078":1,"data":[[{"a":1}]])");
  const auto result = decode_batch_body("[" + event + "," + event + "]", {.json_depth = 3});
  EXPECT_EQ(faults_of(result), "");
  EXPECT_NE(faults_of(decode_batch_body("[" + event + "," + event + "]", {.json_depth = 2})), "");
}

TEST(DecodeBatch, too_many_events_and_too_large_ones_are_too_large) {
  const std::string two =
      "[" + event_called("1") + "," + event_called("2", ",\"data\":\"" + std::string(100, 'x') + "\"") + "]";
  EXPECT_EQ(kind_of(decode_batch_body(two, {.batch_events = 2})), std::nullopt);
  const auto many = decode_batch_body(two, {.batch_events = 1});
  EXPECT_EQ(kind_of(many), DecodeFailure::Kind::too_large);
  const auto large = decode_batch_body(two, {.event_bytes = 100});
  EXPECT_EQ(kind_of(large), DecodeFailure::Kind::too_large);
  EXPECT_EQ(std::get<DecodeFailure>(large).faults.front().index, 1u);
}

TEST(EncodeBatch, is_an_array_of_structured_events) {
  const auto event = only_event(decode_structured_body(event_called("1", ",\"data\":{}")));
  const Event* const both[] = {&event, &event};
  EXPECT_EQ(encode_batch(both).body, "[" + to_json(event) + "," + to_json(event) + "]");
  EXPECT_EQ(encode_batch(both).headers, (Headers{{"content-type", "application/cloudevents-batch+json"}}));
  EXPECT_EQ(encode_batch({}).body, "[]");
}

}  // namespace
}  // namespace signalbox::event
