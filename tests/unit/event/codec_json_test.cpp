#include <gtest/gtest.h>

#include "decoding.hpp"

namespace signalbox::event {
namespace {

using namespace std::string_literals;

/// A valid event with `members` behind the required ones.
std::string event_with(const std::string& members) {
  return R"({"specversion":"1.0","id":"1","source":"/s","type":"t")" +
         (members.empty() ? "" : "," + members) + "}";
}

TEST(DecodeStructured, attributes_keep_their_values_and_types_in_the_record_s_order) {
  const auto event = only_event(decode_structured_body(
      R"( {"zulu":"z", "time":"2018-04-05T17:31:00.5+02:00", "type":"t", "flag":true, "id":"A\u0042é", "count":-7,
          "subject":null, "none":null, "source":"/s\/x", "zero":-0, "max":2147483647, "min":-2147483648, "empty":"",
          "dataschema":"http://x/y#z", "specversion":"1.0"} )"));
  std::string seen;
  for (auto attribute : event.attributes())
    (((((seen += attribute.name) += "=") += std::to_string(static_cast<int>(attribute.type))) += ":") +=
     attribute.value) += "\n";
  EXPECT_EQ(
      seen,
      "specversion=0:1.0\nid=0:ABé\nsource=0:/s/x\ntype=0:t\ndataschema=0:http://x/y#z\n"
      "time=0:2018-04-05T17:31:00.5+02:00\nzulu=0:z\nflag=1:true\ncount=2:-7\nzero=2:0\nmax=2:2147483647\n"
      "min=2:-2147483648\nempty=0:\n");
  EXPECT_EQ(event.data_kind(), DataKind::none);
}

TEST(DecodeStructured, faulty_attributes_are_refused_and_named) {
  constexpr std::pair<const char*, const char*> cases[] = {
      {R"("x":1.5)", "x"},
      {R"("x":1e3)", "x"},
      {R"("x":2147483648)", "x"},
      {R"("x":-2147483649)", "x"},
      {R"("x":123456789012345678901234567890)", "x"},
      {R"("x":{})", "x"},
      {R"("x":[1])", "x"},
      {R"("x":"\u0000")", "x"},
      {R"("x":"\u001f")", "x"},
      {R"("x":"\u007f")", "x"},
      {R"("x":"\u0080")", "x"},
      {R"("x":"\n")", "x"},
      {R"("x":"\ufffe")", "x"},
      {R"("x":"\ufdd0")", "x"},
      {R"("x":"\ud83f\udfff")", "x"},
      {R"("x":"\ud800")", "x"},
      {R"("x":"\udc00")", "x"},
      {R"("X":"1")", "X"},
      {R"("my_ext":"1")", "my_ext"},
      {R"("my-ext":null)", "my-ext"},
      {R"("\u00e9":"1")", "??"},
      {R"("\ud800":"1")", "???"},
      {R"("":"1")", "-"},
      {R"("subject":"")", "subject"},
      {R"("subject":7)", "subject"},
      {R"("subject":true)", "subject"},
      {R"("time":"")", "time"},
      {R"("time":"yesterday")", "time"},
      {R"("time":"2018-04-05T17:31:00")", "time"},
      {R"("time":"2018-02-30T17:31:00Z")", "time"},
      {R"("dataschema":"")", "dataschema"},
      {R"("dataschema":"/relative")", "dataschema"},
      {R"("dataschema":"http://a b")", "dataschema"},
      {R"("datacontenttype":"")", "datacontenttype"},
      {R"("datacontenttype":"json")", "datacontenttype"},
      {R"("datacontenttype":1,"data":{})", "datacontenttype"},
  };
  for (const auto& [members, where] : cases) {
    const auto result = decode_structured_body(event_with(members));
    EXPECT_EQ(places_of(result), where) << members << "\n" << faults_of(result);
    EXPECT_EQ(kind_of(result), DecodeFailure::Kind::malformed) << members;
  }
}

TEST(DecodeStructured, names_may_be_long_but_not_longer_than_a_record_holds) {
  EXPECT_EQ(
      only_event(decode_structured_body(event_with("\"" + std::string(255, 'a') + "\":1"))).attribute_count(),
      5u);
  EXPECT_EQ(kind_of(decode_structured_body(event_with("\"" + std::string(256, 'a') + "\":1"))),
            DecodeFailure::Kind::malformed);
}

TEST(DecodeStructured, every_fault_is_listed_with_its_place) {
  EXPECT_EQ(places_of(decode_structured_body("{}")), "specversion id source type");
  EXPECT_EQ(places_of(decode_structured_body(
                R"({"specversion":"0.3","id":"","source":"a b","type":null,"time":"x","UP":1})")),
            "specversion id source time UP type");
  EXPECT_EQ(places_of(decode_structured_body(
                R"({"id":7,"data":1,"data_base64":"","source":"/s","type":"t","specversion":"1.0"})")),
            "id /data_base64");
}

TEST(DecodeStructured, data_is_the_slice_that_came) {
  for (const std::string value :
       {"{ \"a\" : [1, 2.50 ,\"\\u0041\\ud800\"] }", "\"text\"", "null", "0.10", "-0", "[]", "true",
        "123456789012345678901234567890.1234567890", "\"\\u0000\""}) {
    for (const std::string type :
         {"", R"("datacontenttype":"application/json",)", R"("datacontenttype":"x/y+json; a=b",)"}) {
      const auto event = only_event(decode_structured_body(event_with(type + "\"data\" :\n " + value + " ")));
      EXPECT_EQ(event.data_kind(), DataKind::json) << value;
      EXPECT_EQ(event.data(), value);
      EXPECT_EQ(event.find("datacontenttype").has_value(), !type.empty());
    }
  }
}

TEST(DecodeStructured, a_string_under_another_media_type_is_text) {
  const auto event = only_event(decode_structured_body(
      event_with(R"("data":"<m w=\"x\"/>\n\u00e9\ud83d\ude00\u0000","datacontenttype":"application/xml")")));
  EXPECT_EQ(event.data_kind(), DataKind::text);
  EXPECT_EQ(event.data(), "<m w=\"x\"/>\né😀\0"s);
  EXPECT_EQ(only_event(decode_structured_body(event_with(R"("data":"","datacontenttype":"text/plain")")))
                .data_kind(),
            DataKind::text);
  EXPECT_EQ(only_event(decode_structured_body(event_with(R"("data":null,"datacontenttype":"text/plain")")))
                .data_kind(),
            DataKind::none);
}

TEST(DecodeStructured, base64_is_binary) {
  for (const std::string members :
       {R"("data_base64":"Zm9vYg==")",
        R"("data_base64":"Zm9\u0076Yg=\u003d","datacontenttype":"application/json")",
        R"("datacontenttype":"text/plain","data_base64":"Zm9vYg==")"}) {
    const auto event = only_event(decode_structured_body(event_with(members)));
    EXPECT_EQ(event.data_kind(), DataKind::binary);
    EXPECT_EQ(event.data(), "foob");
  }
  EXPECT_EQ(only_event(decode_structured_body(event_with(R"("data_base64":"\/+\/+")"))).data(),
            "\xff\xef\xfe");
  EXPECT_EQ(only_event(decode_structured_body(event_with(R"("data_base64":"")"))).data_kind(),
            DataKind::binary);
  EXPECT_EQ(only_event(decode_structured_body(event_with(R"("data_base64":null,"data":1)"))).data(), "1");
  EXPECT_EQ(only_event(decode_structured_body(event_with(R"("data_base64":null)"))).data_kind(),
            DataKind::none);
}

TEST(DecodeStructured, data_that_does_not_fit_its_media_type_is_refused) {
  constexpr std::pair<const char*, const char*> cases[] = {
      {R"("data":{},"datacontenttype":"text/plain")", "/data"},
      {R"("data":1,"datacontenttype":"application/xml")", "/data"},
      {R"("data":"\ud800","datacontenttype":"text/plain")", "/data"},
      {R"("data":"é","datacontenttype":"text/plain; charset=iso-8859-1")", "/data"},
      {R"("data":"e","datacontenttype":"text/plain; charset=utf-16")", "/data"},
      {R"("data":1,"data_base64":"Zm9v")", "/data_base64"},
      {R"("data":null,"data_base64":"")", "/data_base64"},
      {R"("data_base64":"Zm9")", "/data_base64"},
      {R"("data_base64":"Zm9v\n")", "/data_base64"},
      {R"("data_base64":"Zm9\ud800")", "/data_base64"},
      {R"("data_base64":1)", "/data_base64"},
      {R"("data_base64":{})", "/data_base64"},
  };
  for (const auto& [members, where] : cases)
    EXPECT_EQ(places_of(decode_structured_body(event_with(members))), where) << members;
  EXPECT_EQ(only_event(decode_structured_body(
                           event_with(R"("data":"e","datacontenttype":"text/plain; charset=iso-8859-1")")))
                .data(),
            "e");
}

TEST(DecodeStructured, broken_json_is_refused_where_it_breaks) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "-"},
      {"[]", "-"},
      {"null", "-"},
      {"\"x\"", "-"},
      {"{", "-"},
      {"\xEF\xBB\xBF" + event_with(""), "-"},
      {event_with("") + "x", "-"},
      {event_with("") + "\0"s, "-"},
      {event_with("") + event_with(""), "-"},
      {event_with("\"x\":\"\xff\""), "-"},
      {event_with("\"x\":\"\xed\xa0\x80\""), "-"},
      {event_with(R"("x":"\x")"), "/x"},
      {event_with(R"("x":01)"), "/x"},
      {event_with(R"("data":{"a":[1,{"b":tru}]})"), "/data/a/1/b"},
      {event_with(R"("data":{"a":1,"b":{"c":1,"c":2}})"), "/data/b/c"},
      {event_with(R"("data":{"a":1,"\u0061":2})"), "/data/\\u0061"},
      {event_with(R"("x":1,"x":2)"), "/x"},
      {event_with(R"("x":null,"x":2)"), "/x"},
      {event_with(R"("id":"2")"), "/id"},
      {event_with(R"("i\u0064":"2")"), "/i\\u0064"},
      {event_with(R"("data":1,"data":2)"), "/data"},
      {event_with(R"("data":1,)"), "-"},
  };
  for (const auto& [body, where] : cases) {
    const auto result = decode_structured_body(body);
    EXPECT_EQ(places_of(result), where) << body << "\n" << faults_of(result);
    EXPECT_EQ(kind_of(result), DecodeFailure::Kind::malformed) << body;
  }
}

TEST(DecodeStructured, depth_is_counted_from_the_data) {
  const Limits limits{.json_depth = 3};
  EXPECT_EQ(only_event(decode_structured_body(event_with(R"("data":[[[1]]])"), limits)).data(), "[[[1]]]");
  EXPECT_EQ(places_of(decode_structured_body(event_with(R"("data":[[[[1]]]])"), limits)), "/data/0/0/0");
}

TEST(DecodeStructured, size_and_number_of_attributes_are_bounded) {
  const auto body = event_with("\"data\":\"" + std::string(100, 'x') + "\"");
  const auto size = only_event(decode_structured_body(body)).record().size();
  EXPECT_EQ(kind_of(decode_structured_body(body, {.event_bytes = size})), std::nullopt);
  EXPECT_EQ(kind_of(decode_structured_body(body, {.event_bytes = size - 1})), DecodeFailure::Kind::too_large);
  EXPECT_EQ(kind_of(decode_structured_body("{" + body.substr(1, body.size() - 2) + ",\"X\":1}",
                                           {.event_bytes = size - 1})),
            DecodeFailure::Kind::malformed);
  EXPECT_EQ(kind_of(decode_structured_body(event_with(R"("a":1,"b":2)"), {.attributes = 6})), std::nullopt);
  EXPECT_EQ(places_of(decode_structured_body(event_with(R"("a":1,"b":2,"c":3)"), {.attributes = 6})), "c");
}

TEST(DecodeStructured, no_more_than_a_hundred_faults_are_kept) {
  std::string members;
  for (int i = 0; i < 1000; ++i) members += (i ? ",\"X" : "\"X") + std::to_string(i) + "\":1";
  const auto result = decode_structured_body(event_with(members));
  EXPECT_EQ(std::get<DecodeFailure>(result).faults.size(), 100u);
}

TEST(EncodeStructured, the_json_is_compact_and_the_data_as_it_came) {
  const auto event = only_event(decode_structured_body(
      R"({"data": { "a" : 1 } ,"id":"\"\\\u20ac","type":"t","source":"/s","specversion":"1.0","n":-7,"b":false,"s":"7"})"));
  const auto encoded = encode_structured(event);
  EXPECT_EQ(
      encoded.body,
      R"({"specversion":"1.0","id":"\"\\€","source":"/s","type":"t","n":-7,"b":false,"s":"7","data":{ "a" : 1 }})");
  EXPECT_EQ(encoded.headers, (Headers{{"content-type", "application/cloudevents+json"}}));
  EXPECT_EQ(to_json(event), encoded.body);
}

TEST(EncodeStructured, text_is_a_string_and_bytes_are_base64) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t");
  EXPECT_EQ(to_json(builder.build()), R"({"specversion":"1.0","id":"1","source":"/s","type":"t"})");
  EXPECT_TRUE(to_json(builder.data(DataKind::text, "a\"\n\x01/\x7f€").build())
                  .ends_with(",\"data\":\"a\\\"\\n\\u0001/\x7f€\"}"));
  EXPECT_TRUE(
      to_json(builder.data(DataKind::binary, "foob").build()).ends_with(R"(,"data_base64":"Zm9vYg=="})"));
}

TEST(AppendJsonString, escapes_what_must_be_escaped_and_nothing_else) {
  std::string out = ">";
  append_json_string(out, "\"\\/\b\f\n\r\t\x1f\0é"s);
  EXPECT_EQ(out, R"(>"\"\\/\b\f\n\r\t\u001f\u0000é")");
}

TEST(DecodeJsonEvent, gives_the_event_or_every_fault_in_one_line) {
  const auto event =
      decode_json_event(R"({"specversion":"1.0","id":"1","source":"/s","type":"t"})", Limits());
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type(), "t");
  const auto refused = decode_json_event(R"({"specversion":"1.0","id":"","source":"/s"})", Limits());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "id must not be empty; type is missing");
}

}  // namespace
}  // namespace signalbox::event
