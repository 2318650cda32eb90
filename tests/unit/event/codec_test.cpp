#include "event/codec.hpp"

#include <gtest/gtest.h>

#include "decoding.hpp"
#include "event/validate.hpp"

namespace signalbox::event {
namespace {

const std::string kEvent = R"({"specversion":"1.0","id":"1","source":"/s","type":"t"})";

TEST(Decode, the_content_type_chooses_the_mode) {
  struct Case {
    const char* type;
    std::string body;
    std::optional<DecodeFailure::Kind> failure;
  };
  using Kind = DecodeFailure::Kind;
  const Case cases[] = {
      {"application/cloudevents+json", kEvent, std::nullopt},
      {"Application/CloudEvents+JSON; charset=UTF-8", kEvent, std::nullopt},
      {"application/cloudevents+json;charset=\"utf-8\"", kEvent, std::nullopt},
      {"application/cloudevents-batch+json", "[" + kEvent + "]", std::nullopt},
      {"application/cloudevents-batch+json; charset=utf-8", "[]", std::nullopt},
      {"application/cloudevents+json", "[" + kEvent + "]", Kind::malformed},
      {"application/cloudevents-batch+json", kEvent, Kind::malformed},
      {"application/cloudevents", kEvent, Kind::unsupported_media_type},
      {"application/cloudevents+avro", kEvent, Kind::unsupported_media_type},
      {"application/cloudevents-batch+avro", kEvent, Kind::unsupported_media_type},
      {"application/cloudevents+jsonx", kEvent, Kind::unsupported_media_type},
      {"application/cloudevents+json; charset=iso-8859-1", kEvent, Kind::unsupported_media_type},
      {"application/cloudevents-batch+json; charset=utf-16", kEvent, Kind::unsupported_media_type},
      {"application/cloudevents+json; charset", kEvent, Kind::malformed},
      {"application/json", kEvent, Kind::malformed},
      {"", kEvent, Kind::malformed},
  };
  for (const auto& c : cases)
    EXPECT_EQ(kind_of(decode_message({{"content-type", c.type}}, c.body)), c.failure) << c.type;
}

TEST(Decode, what_is_no_cloudevent_is_told_how_to_be_one) {
  for (const auto& headers : {Headers{}, Headers{{"Content-Type", "application/json"}, {"Host", "x"}}}) {
    const auto result = decode_message(headers, "{}");
    EXPECT_EQ(places_of(result), "content-type");
    for (const char* word : {"ce-", "application/cloudevents+json", "application/cloudevents-batch+json"})
      EXPECT_NE(faults_of(result).find(word), std::string::npos) << word;
  }
}

TEST(Decode, two_content_types_are_refused_in_every_mode) {
  for (const char* first :
       {"application/cloudevents+json", "application/cloudevents-batch+json", "text/plain"})
    EXPECT_EQ(places_of(decode_message({{"content-type", first},
                                        {"Content-Type", "application/cloudevents+json"},
                                        {"ce-specversion", "1.0"},
                                        {"ce-id", "1"},
                                        {"ce-source", "/s"},
                                        {"ce-type", "t"}},
                                       kEvent)),
              "content-type");
}

TEST(Decode, headers_of_binary_mode_are_ignored_in_the_others) {
  const auto event = only_event(decode_message(
      {{"ce-id", "other"}, {"ce-bad_name", "%"}, {"content-type", "application/cloudevents+json"}}, kEvent));
  EXPECT_EQ(event.id(), "1");
}

/// Events as each mode can bring them, with every kind of data and of attribute.
std::vector<Event> sample_events() {
  std::vector<Event> events;
  const std::string types =
      R"(,"b":true,"n":-3,"s":"é \"%\"","subject":"x y","time":"2018-04-05t17:31:00z","dataschema":"u:r#i")";
  for (const std::string data :
       {"", R"(,"data":null)", R"(,"data":{"a" : [1.0,"\ud83d\ude00"]})",
        R"(,"data":"x","datacontenttype":"a/b+json")", R"(,"data":"<é/>\u0000","datacontenttype":"text/xml")",
        R"(,"data":"x","datacontenttype":"image/png")", R"(,"data_base64":"\/\/8=")",
        R"(,"data_base64":"","datacontenttype":"a/b")"})
    for (const auto& attributes : {std::string(), types})
      events.push_back(
          only_event(decode_structured_body(kEvent.substr(0, kEvent.size() - 1) + attributes + data + "}")));
  for (const std::string type : {"", "application/json", "text/plain", "application/octet-stream"})
    for (const std::string body : {"", "{\"a\": 1}", "[\"\\u00e9\"]"}) {
      Headers headers{{"ce-x", "%20%22a%22%25"},
                      {"ce-specversion", "1.0"},
                      {"ce-type", "t"},
                      {"ce-id", "1"},
                      {"ce-source", "/s"}};
      if (!type.empty()) headers.emplace_back("content-type", type);
      events.push_back(only_event(decode_message(headers, body)));
    }
  return events;
}

AnyDecoded decode_again(const Encoded& encoded) { return decode_message(encoded.headers, encoded.body); }

TEST(RoundTrip, structured_mode_gives_the_same_event) {
  for (const auto& event : sample_events())
    EXPECT_EQ(only_event(decode_again(encode_structured(event))), event) << to_json(event);
}

TEST(RoundTrip, batch_mode_gives_the_same_events) {
  const auto events = sample_events();
  std::vector<const Event*> pointers;
  for (const auto& event : events) pointers.push_back(&event);
  const auto again = decode_again(encode_batch(pointers));
  ASSERT_EQ(faults_of(again), "");
  EXPECT_EQ(std::get<Decoded>(again).events, events);
}

/// What binary mode can carry of an event: see codec.hpp.
Event as_binary_mode_has_it(const Event& event) {
  auto builder = EventBuilder();
  if (event.data_kind() == DataKind::json) builder.set("datacontenttype", "application/json");
  for (const auto name : kCoreAttributes)
    if (const auto attribute = event.find(name)) builder.set(name, attribute->value);
  for (const auto attribute : event.attributes()) builder.set(attribute.name, attribute.value);
  const auto type = std::string(event.find("datacontenttype") ? event.value("datacontenttype") : "");
  auto kind = event.data_kind();
  if (kind == DataKind::text && type.starts_with("image/")) kind = DataKind::binary;
  if (event.data().empty()) kind = DataKind::none;
  return builder.data(kind, event.data()).build();
}

TEST(RoundTrip, binary_mode_gives_the_same_event_but_for_what_it_cannot_carry) {
  for (const auto& event : sample_events())
    EXPECT_EQ(only_event(decode_again(encode_binary(event))), as_binary_mode_has_it(event))
        << to_json(event);
}

TEST(RoundTrip, binary_mode_gives_exactly_the_event_that_came_in_binary_mode) {
  for (const auto& event : sample_events()) {
    if (!event.find("x")) continue;
    EXPECT_EQ(only_event(decode_again(encode_binary(event))), event) << to_json(event);
  }
}

}  // namespace
}  // namespace signalbox::event
