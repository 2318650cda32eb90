#include <gtest/gtest.h>

#include "decoding.hpp"

namespace signalbox::event {
namespace {

/// A valid event's headers with `more` behind them.
Headers headers_with(const Headers& more) {
  Headers headers{{"ce-specversion", "1.0"}, {"ce-id", "1"}, {"ce-source", "/s"}, {"ce-type", "t"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

TEST(DecodeBinary, headers_become_attributes_whatever_their_case) {
  const auto event = only_event(decode_message({{"Host", "x"},
                                                {"CE-Zulu", "7"},
                                                {"cE-TIME", "2018-04-05T17:31:00Z"},
                                                {"Ce-Type", "t"},
                                                {"ce-source", "/s%2520"},
                                                {"ce-id", "\"a \\\"b\\\"\""},
                                                {"Content-Type", "text/plain"},
                                                {"ce-specversion", "1.0"},
                                                {"ce-empty", ""},
                                                {"cet", "no attribute"},
                                                {"ce", "no attribute"}},
                                               ""));
  std::string seen;
  for (auto attribute : event.attributes()) {
    (((seen += attribute.name) += "=") += attribute.value) += "\n";
    EXPECT_EQ(attribute.type, AttributeType::string);
  }
  EXPECT_EQ(
      seen,
      "specversion=1.0\nid=a "
      "\"b\"\nsource=/s%20\ntype=t\ndatacontenttype=text/plain\ntime=2018-04-05T17:31:00Z\nzulu=7\nempty=\n");
}

TEST(DecodeBinary, faulty_headers_are_refused_and_named) {
  const std::pair<base::HeaderField, const char*> cases[] = {
      {{"ce-x", "%"}, "ce-x"},
      {{"ce-x", "100%"}, "ce-x"},
      {{"ce-x", "%C0%A0"}, "ce-x"},
      {{"ce-x", "%ED%A0%80"}, "ce-x"},
      {{"ce-x", "%ff"}, "ce-x"},
      {{"ce-x", "\xff"}, "ce-x"},
      {{"ce-x", "%00"}, "ce-x"},
      {{"ce-x", "%0d%0aevil: 1"}, "ce-x"},
      {{"ce-x", "%7F"}, "ce-x"},
      {{"ce-x", "%C2%85"}, "ce-x"},
      {{"ce-x", "%EF%BF%BE"}, "ce-x"},
      {{"ce-x", "\"open"}, "ce-x"},
      {{"ce-X_Y", "1"}, "ce-x_y"},
      {{"ce-my-ext", "1"}, "ce-my-ext"},
      {{"ce-", "1"}, "ce-"},
      {{"ce-data", "1"}, "ce-data"},
      {{"ce-datacontenttype", "a/b"}, "ce-datacontenttype"},
      {{"CE-DataContentType", "a/b"}, "ce-datacontenttype"},
      {{"CE-ID", "2"}, "ce-id"},
      {{"ce-subject", ""}, "ce-subject"},
      {{"ce-time", "now"}, "ce-time"},
      {{"ce-dataschema", "x"}, "ce-dataschema"},
      {{"content-type", ""}, "content-type"},
      {{"content-type", "json"}, "content-type"},
      {{"content-type", "text/plain, text/html"}, "content-type"},
  };
  for (const auto& [header, where] : cases) {
    const auto result =
        decode_message(headers_with({{std::string(header.name), std::string(header.value)}}), "");
    EXPECT_EQ(places_of(result), where) << header.name << ": " << header.value << "\n" << faults_of(result);
    EXPECT_EQ(kind_of(result), DecodeFailure::Kind::malformed);
  }
}

TEST(DecodeBinary, twice_the_same_header_is_refused) {
  EXPECT_EQ(places_of(decode_message(headers_with({{"ce-x", "1"}, {"CE-X", "1"}}), "")), "ce-x");
  EXPECT_EQ(places_of(decode_message(headers_with({{"content-type", "a/b"}, {"Content-Type", "a/b"}}), "")),
            "content-type");
}

TEST(DecodeBinary, every_fault_is_listed) {
  EXPECT_EQ(places_of(decode_message({{"ce-specversion", "0.3"},
                                      {"ce-source", "a b"},
                                      {"ce-x", "%"},
                                      {"content-type", "application/json"}},
                                     "{")),
            "ce-specversion ce-source ce-x body ce-id ce-type");
}

TEST(DecodeBinary, the_kind_of_data_follows_content_type_and_body) {
  struct Case {
    const char* type;
    const char* body;
    DataKind kind;
  };
  for (const auto& c :
       {Case{"application/json", " {\"a\": 1}\n", DataKind::json},
        Case{"a/b+json; charset=utf-8", "1", DataKind::json},
        Case{"application/json", "\"\\ud800\"", DataKind::json}, Case{"application/json", "", DataKind::none},
        Case{"text/plain", "hé", DataKind::text}, Case{"text/plain", "\xff", DataKind::binary},
        Case{"application/xml", "<a/>", DataKind::text}, Case{"image/svg+xml", "<a/>", DataKind::text},
        Case{"text/plain; charset=iso-8859-1", "\xe9", DataKind::binary},
        Case{"text/plain; charset=iso-8859-1", "e", DataKind::text},
        Case{"text/plain; charset=iso-8859-1", "é", DataKind::binary},
        Case{"text/plain; charset=utf-16le", "e", DataKind::binary},
        Case{"application/octet-stream", "{}", DataKind::binary}, Case{"", "{}", DataKind::binary}}) {
    const auto headers = headers_with(*c.type ? Headers{{"Content-Type", c.type}} : Headers{});
    const auto event = only_event(decode_message(headers, c.body));
    EXPECT_EQ(event.data_kind(), c.kind) << c.type << " " << c.body;
    EXPECT_EQ(event.data(), c.body);
    EXPECT_EQ(event.value("datacontenttype"), c.type);
  }
}

TEST(DecodeBinary, a_body_announced_as_json_must_be_json) {
  for (const std::string body :
       {"{", "{\"a\":1,\"a\":2}", "nope", "\xEF\xBB\xBF{}", "\"\xff\"", "{} {}", " ", "[[[[1]]]]"}) {
    const auto result =
        decode_message(headers_with({{"Content-Type", "application/json"}}), body, {.json_depth = 3});
    EXPECT_EQ(places_of(result), "body") << body;
  }
  EXPECT_EQ(
      places_of(decode_message(headers_with({{"Content-Type", "application/json"}}), std::string("{}\0", 3))),
      "body");
  EXPECT_NE(
      faults_of(decode_message(headers_with({{"Content-Type", "application/json"}}), R"({"a":{"b":x}})"))
          .find("at byte 10"),
      std::string::npos);
}

TEST(DecodeBinary, size_and_number_of_attributes_are_bounded) {
  const std::string body(100, 'x');
  const auto size = only_event(decode_message(headers_with({}), body)).record().size();
  EXPECT_EQ(kind_of(decode_message(headers_with({}), body, {.event_bytes = size})), std::nullopt);
  EXPECT_EQ(kind_of(decode_message(headers_with({}), body, {.event_bytes = size - 1})),
            DecodeFailure::Kind::too_large);
  EXPECT_EQ(kind_of(decode_message(headers_with({}), body, {.event_bytes = 99})),
            DecodeFailure::Kind::too_large);
  EXPECT_EQ(places_of(decode_message(headers_with({{"ce-a", ""}, {"ce-b", ""}}), body, {.attributes = 5})),
            "ce-b");
}

TEST(EncodeBinary, headers_are_percent_encoded_and_content_type_comes_last) {
  const auto event = only_event(decode_message(
      headers_with({{"ce-subject", "50%25 \xE2\x82\xAC"}, {"content-type", "text/plain; charset=\"utf-8\""}}),
      "hi"));
  const auto encoded = encode_binary(event);
  EXPECT_EQ(encoded.headers, (Headers{{"ce-specversion", "1.0"},
                                      {"ce-id", "1"},
                                      {"ce-source", "/s"},
                                      {"ce-type", "t"},
                                      {"ce-subject", "50%25%20%E2%82%AC"},
                                      {"content-type", "text/plain; charset=\"utf-8\""}}));
  EXPECT_EQ(encoded.body, "hi");
}

TEST(EncodeBinary, json_without_a_media_type_is_announced_as_json) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t");
  EXPECT_EQ(encode_binary(builder.build()).headers.size(), 4u);
  EXPECT_EQ(encode_binary(builder.data(DataKind::binary, "x").build()).headers.size(), 4u);
  EXPECT_EQ(encode_binary(builder.data(DataKind::json, "1").build()).headers.back(),
            (std::pair<std::string, std::string>("content-type", "application/json")));
}

TEST(AppendBinaryHeaders, gives_the_lines_of_encode_binary) {
  EventBuilder builder;
  builder.set("specversion", "1.0")
      .set("id", "a b")
      .set("source", "/s")
      .set("type", "t")
      .set("datacontenttype", "a/b")
      .set("n", "1", AttributeType::integer);
  for (auto kind : {DataKind::json, DataKind::none}) {
    const auto event = builder.data(kind, kind == DataKind::none ? "" : "1").build();
    std::string expected = "POST / HTTP/1.1\r\n", head = expected;
    for (const auto& [name, value] : encode_binary(event).headers) expected += name + ": " + value + "\r\n";
    append_binary_headers(head, event);
    EXPECT_EQ(head, expected);
    builder.remove("datacontenttype");
  }
}

}  // namespace
}  // namespace signalbox::event
