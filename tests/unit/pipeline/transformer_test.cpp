#include "pipeline/transformer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "event/codec.hpp"
#include "event/validate.hpp"
#include "pipeline/transform_eval.hpp"
#include "pipeline/transformer_reader.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::pipeline {
namespace {

constexpr const char* kEvent =
    R"({"specversion":"1.0","id":"e-1","source":"/shop","type":"order.placed","subject":"o/7",)"
    R"("datacontenttype":"application/json","dataschema":"https://schemas.example/order","tries":3,)"
    R"("data":{"customer":"Ann \"A\" Lee","total":12345678901234567890,"rush":true,"items":[{"sku":"x-1"}]}})";

/// The answer of one eval line; `transform` is JSON.
std::string eval(const std::string& transform, const std::string& event = kEvent,
                 const std::string& more = {}) {
  return eval_transform("{\"transform\":" + transform + ",\"event\":" + event + more + "}");
}

bool has(const std::string& answer, std::string_view part) { return answer.find(part) != std::string::npos; }

ConfigNode plain(std::string text) {
  return ConfigNode::scalar(std::move(text), false, Place(), "transform");
}
ConfigNode quoted(std::string text) {
  return ConfigNode::scalar(std::move(text), true, Place(), "transform");
}
ConfigNode mapping(std::vector<ConfigNode::Member> members) {
  return ConfigNode::mapping(std::move(members), Place(), "transform");
}

TEST(Transformer, a_mapping_fills_its_strings) {
  EXPECT_TRUE(has(
      eval(R"({"paths":{"who":"$.data.customer"},"template":{"greeting":"Hello <who>","n":[1,true,null]}})"),
      R"("data":{"greeting":"Hello Ann \"A\" Lee","n":[1,true,null]})"));
}

TEST(Transformer, a_plain_placeholder_in_a_mapping_is_the_value_itself) {
  const auto node = mapping({{"paths", Place(), mapping({{"t", Place(), plain("$.data.total")}})},
                             {"template", Place(),
                              mapping({{"value", Place(), plain("<t>")},
                                       {"text", Place(), quoted("<t>")},
                                       {"sum", Place(), plain("total <t>")},
                                       {"half", Place(), plain("0.50")},
                                       {"html", Place(), plain("\\<b> \"x\"")}})}});
  Diagnostics faults;
  const auto transformer = read_transformer(node, faults);
  ASSERT_TRUE(transformer) << faults.faults().at(0).message;
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "s").set("type", "t");
  const auto event = builder.data(DataKind::json, R"({"total":12345678901234567890})").build();
  const auto result = transformer->apply(event, TransformContext());
  ASSERT_TRUE(result);
  EXPECT_EQ(
      result->at(0).event.data(),
      R"({"value":12345678901234567890,"text":"12345678901234567890","sum":"total 12345678901234567890",)"
      R"("half":0.50,"html":"<b> \"x\""})");
  EXPECT_EQ(result->at(0).event.data_kind(), DataKind::json);
}

TEST(Transformer, json_results_say_so_and_lose_the_schema_of_the_old_data) {
  const auto answer = eval(R"({"paths":{"t":"$.data.total"},"template":"{\"t\":<t>}"})");
  EXPECT_TRUE(has(answer, R"("datacontenttype":"application/json")")) << answer;
  EXPECT_TRUE(has(answer, R"("data":{"t":12345678901234567890})")) << answer;
  EXPECT_FALSE(has(answer, "dataschema")) << answer;
  EXPECT_TRUE(has(answer, R"("id":"e-1")")) << answer;
  EXPECT_TRUE(has(answer, R"("tries":3)")) << answer;
}

TEST(Transformer, text_results_are_plain_text) {
  EXPECT_EQ(eval(R"({"paths":{"who":"$.data.customer"},"template":"Hello <who>"})"),
            R"({"body":"Hello Ann \"A\" Lee"})");
  Diagnostics faults;
  const auto transformer = read_transformer(mapping({{"template", Place(), quoted("hi <$.id>")}}), faults);
  ASSERT_TRUE(transformer);
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "s").set("type", "t");
  const auto result = transformer->apply(builder.build(), TransformContext());
  ASSERT_TRUE(result);
  ASSERT_EQ(result->size(), 1u);
  const auto& made = result->front().event;
  EXPECT_EQ(made.data(), "hi 1");
  EXPECT_EQ(made.data_kind(), DataKind::text);
  EXPECT_EQ(made.value("datacontenttype"), "text/plain");
  EXPECT_TRUE(event::validate(made, event::Limits()).empty());
}

TEST(Transformer, format_overrides_the_guess) {
  EXPECT_EQ(eval(R"({"format":"text","template":"[info] <$.id>"})"), R"({"body":"[info] e-1"})");
  EXPECT_TRUE(has(eval(R"({"template":"[info] <$.id>"})"), "say \\\"format: text\\\""));
  EXPECT_TRUE(has(eval(R"({"format":"json","template":"42"})"), R"("data":42)"));
  EXPECT_TRUE(has(eval(R"({"format":"json","template":"hello"})"), "error"));
  EXPECT_TRUE(has(eval(R"({"format":"text","template":{"a":1}})"), "a text template is a text"));
}

TEST(Transformer, a_constant_becomes_the_data) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"a":[1,2.50,null]})", R"("data":{"a":[1,2.50,null]})"},
      {R"("text <id>")", R"("data":"text <id>")"},
      {"123456789012345678901", R"("data":123456789012345678901)"},
      {"false", R"("data":false)"},
      {"[]", R"("data":[])"},
  };
  for (const auto& [constant, expected] : cases) {
    const auto answer = eval(std::string(R"({"constant":)") + constant + "}");
    EXPECT_TRUE(has(answer, expected)) << answer;
    EXPECT_TRUE(has(answer, R"("datacontenttype":"application/json")")) << answer;
  }
}

TEST(Transformer, attributes_are_set_and_removed_and_the_data_stays) {
  const auto answer = eval(
      R"({"paths":{"who":"$.data.customer","rush":"$.data.rush"},)"
      R"("set":{"type":"big.<$.type>","who":"<who>","level":5,"urgent":true,"exact":"5"},"remove":["subject"]})");
  EXPECT_TRUE(has(answer, R"("type":"big.order.placed")")) << answer;
  EXPECT_TRUE(has(answer, R"("who":"Ann \"A\" Lee")")) << answer;
  EXPECT_TRUE(has(answer, R"("level":5)")) << answer;
  EXPECT_TRUE(has(answer, R"("urgent":true)")) << answer;
  EXPECT_TRUE(has(answer, R"("exact":"5")")) << answer;
  EXPECT_FALSE(has(answer, "subject")) << answer;
  EXPECT_TRUE(has(answer, "dataschema")) << answer;
  EXPECT_TRUE(has(answer, R"("total":12345678901234567890)")) << answer;
}

TEST(Transformer, a_plain_placeholder_gives_an_attribute_the_type_of_the_value) {
  const auto apply = [](ConfigNode value, std::string_view data) {
    Diagnostics faults;
    const auto transformer =
        read_transformer(mapping({{"set", Place(), mapping({{"x", Place(), std::move(value)}})}}), faults);
    EventBuilder builder;
    builder.set("specversion", "1.0").set("id", "1").set("source", "s").set("type", "t").set("x", "old");
    auto result = transformer->apply(builder.data(DataKind::json, data).build(), TransformContext());
    const auto found = result->at(0).event.find("x");
    if (!found) return std::string("none");
    return std::string(found->value) + "/" + std::to_string(static_cast<int>(found->type));
  };
  EXPECT_EQ(apply(plain("<$.data>"), "5"), "5/2");
  EXPECT_EQ(apply(plain("<$.data>"), "true"), "true/1");
  EXPECT_EQ(apply(plain("<$.data>"), "\"5\""), "5/0");
  EXPECT_EQ(apply(plain("<$.data>"), "5.0"), "5.0/0");
  EXPECT_EQ(apply(plain("<$.data>"), "-0"), "-0/0");
  EXPECT_EQ(apply(plain("<$.data>"), "2147483648"), "2147483648/0");
  EXPECT_EQ(apply(plain("<$.data>"), "{\"a\":1}"), "{\"a\":1}/0");
  EXPECT_EQ(apply(quoted("<$.data>"), "5"), "5/0");
  EXPECT_EQ(apply(plain("<$.data>"), "null"), "none");
  EXPECT_EQ(apply(plain("<$.data.y>"), "{}"), "none");
  EXPECT_EQ(apply(plain("007"), "{}"), "007/0");
}

TEST(Transformer, an_attribute_that_comes_out_invalid_is_an_error) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"set":{"source":"<$.data.customer>"}})", "attribute \\\"source\\\""},
      {R"({"set":{"id":"<$.data.nothing>"}})", "the result is empty"},
      {R"({"set":{"time":"<$.data.customer>"}})", "attribute \\\"time\\\""},
      {R"({"set":{"datacontenttype":"text/<$.id>"}})", "needs a JSON media type"},
      {R"({"template":"x","set":{"datacontenttype":"application/json"}})", "the data is not JSON"},
  };
  for (const auto& [transform, message] : cases) {
    const auto answer = eval(transform);
    EXPECT_TRUE(has(answer, "{\"error\":")) << answer;
    EXPECT_TRUE(has(answer, message)) << answer;
  }
}

TEST(Transformer, a_media_type_that_fits_the_data_may_be_set) {
  EXPECT_TRUE(has(eval(R"({"template":"{}","set":{"datacontenttype":"application/vnd.acme+json"}})"),
                  R"("datacontenttype":"application/vnd.acme+json")"));
}

TEST(Transformer, faults_in_the_configuration_are_all_named) {
  struct Case {
    const char* transform;
    const char* message;
  };
  const Case cases[] = {
      {R"({})", "needs one of constant, template, set, remove"},
      {R"("x")", "expected a mapping"},
      {R"({"jq":""})", "the program is empty"},
      {R"({"jq":".data","set":{"type":"x"}})", "a step with jq has nothing else"},
      {R"({"jq":".data"})", "there is nothing that runs it"},
      {R"({"constant":1,"template":"x"})", "either constant or template"},
      {R"({"tmplate":"x"})", "did you mean \\\"template\\\"?"},
      {R"({"template":""})", "the template is empty"},
      {R"({"template":null})", "the template is empty"},
      {R"({"template":"{\"a\":<nope>}"})", "no variable <nope>"},
      {R"({"template":"{\"a\":"})", "cannot become valid JSON"},
      {R"({"paths":{"a":"$.data"}})", "paths are for template, set or raw"},
      {R"({"paths":{"a":"$.detail.x"},"template":"<a>"})", "transform.paths.a: path"},
      {R"({"paths":{"aws.x":"$.data"},"template":"x"})", "a variable's name"},
      {R"({"paths":{"a":5},"template":"<a>"})", "expected a path"},
      {R"({"paths":[],"template":"x"})", "expected a mapping"},
      {R"({"constant":1,"format":"text"})", "format belongs to template"},
      {R"({"template":"x","format":"xml"})", "format"},
      {R"({"set":{"Type":"x"}})", "transform.set.Type"},
      {R"({"set":{"data":"x"}})", "data is no attribute"},
      {R"({"set":{"specversion":"1.0"}})", "specversion is always 1.0"},
      {R"({"set":{"source":"not a uri"}})", "transform.set.source"},
      {R"({"set":{"subject":""}})", "to take it away, use remove"},
      {R"({"set":{"subject":5}})", "must be a string"},
      {R"({"set":{"a":{"b":1}}})", "expected a text, number or boolean"},
      {R"({"set":{"a":"<b>"}})", "no variable <b>"},
      {R"({"remove":"subject"})", "expected a list"},
      {R"({"remove":["id"]})", "every event needs id"},
      {R"({"remove":["datacontenttype"]})", "cannot be removed"},
      {R"({"remove":["A"]})", "transform.remove[0]"},
  };
  for (const auto& [transform, message] : cases) {
    const auto answer = eval(transform);
    EXPECT_TRUE(has(answer, "{\"error\":")) << transform << ": " << answer;
    EXPECT_TRUE(has(answer, message)) << transform << ": " << answer;
  }
  const auto both = eval(R"({"set":{"Type":"x"},"remove":["id"],"tmplate":"."})");
  for (auto part : {"set.Type", "remove[0]", "tmplate"}) EXPECT_TRUE(has(both, part)) << both;
}

TEST(TransformEval, bad_lines_are_answered_with_an_error) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "not valid JSON"},
      {"[]", "expected an object"},
      {"{\"transform\":{}}", "\\\"event\\\" is missing"},
      {"{\"event\":{}}", "\\\"transform\\\" is missing"},
      {"{\"transform\":{},\"event\":{},\"x\":1}", "unknown member"},
      {"{\"transform\":{\"constant\":1},\"event\":{\"id\":\"1\"}}", "event: "},
      {"{\"transform\":{\"constant\":1},\"event\":[]}", "event: "},
      {"{\"transform\":{\"constant\":\"\\ud800\"},\"event\":{}}", "unpaired surrogate"},
      {"\xff", "error"},
  };
  for (const auto& [line, message] : cases) {
    const auto answer = eval_transform(line);
    EXPECT_TRUE(answer.starts_with("{\"error\":")) << line << ": " << answer;
    EXPECT_TRUE(has(answer, message)) << line << ": " << answer;
  }
  EXPECT_TRUE(eval_transform("{\"transform\":" + std::string(500, '[')).starts_with("{\"error\":"));
}

TEST(TransformEval, the_context_gives_the_predefined_variables) {
  const auto context =
      R"(,"context":{"tenant":"acme","channel":"orders","rule":"big","accepted_at":"2024-05-06T07:08:09Z"})";
  EXPECT_EQ(
      eval(R"({"template":"<aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>"})",
           kEvent, context),
      R"({"body":"acme/orders/big big 2024-05-06T07:08:09Z"})");
  EXPECT_TRUE(has(eval(R"({"template":"x"})", kEvent, R"(,"context":{"accepted_at":"noon"})"), "error"));
}

TEST(Transformer, a_chain_hands_each_step_what_the_one_before_it_made) {
  EXPECT_TRUE(has(eval(R"([{"template":{"a":"<$.data.customer>"},"set":{"type":"one"}},)"
                       R"({"template":{"b":"<$.data.a>","t":"<$.type>","c":"<$.data.customer>"}}])"),
                  R"("data":{"b":"Ann \"A\" Lee","t":"one","c":""})"));
  EXPECT_EQ(eval(R"([{"set":{"subject":"x"}},{"template":"<$.subject> <$.id>"}])"), R"({"body":"x e-1"})");
}

TEST(Transformer, a_chain_has_one_to_sixteen_steps_each_of_them_checked) {
  EXPECT_TRUE(has(eval("[]"), "a chain has 1 to 16 steps, not 0"));
  std::string steps = R"({"set":{"a":"1"}})";
  for (int i = 0; i < 15; ++i) steps += R"(,{"set":{"a":"1"}})";
  EXPECT_TRUE(has(eval("[" + steps + "]"), R"("a":"1")"));
  EXPECT_TRUE(has(eval("[" + steps + R"(,{"set":{"a":"1"}}])"), "a chain has 1 to 16 steps, not 17"));
  EXPECT_TRUE(has(eval(R"([{"constant":1},{"tmplate":2},5])"), "transform[1]"));
  EXPECT_TRUE(has(eval(R"([{"constant":1},{"tmplate":2},5])"), "transform[2]: expected a mapping"));
  EXPECT_TRUE(has(eval(R"([{"raw":{}},{"set":{"a":"1"}}])"), "only the last step can make a raw body"));
  EXPECT_TRUE(has(eval(R"([{"set":{"a":"1"}},{"set":{"time":"<$.data.customer>"}}])"),
                  R"({"error":"step 2: attribute \"time\")"));
}

TEST(Transformer, a_raw_body_has_its_own_media_type_and_headers) {
  EXPECT_EQ(
      eval(
          R"({"paths":{"n":"$.data.total"},"template":"<n>;<$.data.items[0].sku>\n",)"
          R"("raw":{"content_type":"text/csv","headers":{"x-kind":"<$.type>","X-N":"n <n>","x-no":"<$.data.no>"}}})"),
      R"({"body":"12345678901234567890;x-1\n","content_type":"text/csv",)"
      R"("headers":{"x-kind":"order.placed","X-N":"n 12345678901234567890"}})");
  EXPECT_EQ(eval(R"({"constant":{"a":1},"raw":{}})"),
            R"({"body":"{\"a\":1}","content_type":"application/json"})");
  EXPECT_EQ(eval(R"([{"template":"<$.data.rush>"},{"raw":{"headers":{"x-t":"<$.datacontenttype>"}}}])"),
            R"({"body":"true","content_type":"application/json","headers":{"x-t":"application/json"}})");
  const auto text = R"({"specversion":"1.0","id":"1","source":"s","type":"t")";
  EXPECT_EQ(eval(R"({"raw":{}})", std::string(text) + "}"), R"({"body":"","content_type":""})");
  EXPECT_EQ(eval(R"({"raw":{}})", std::string(text) + R"(,"data_base64":"/w=="})"),
            R"({"body_base64":"/w==","content_type":"application/octet-stream"})");
}

TEST(Transformer, a_header_that_no_message_can_carry_is_an_error) {
  const auto event = [](const std::string& subject) {
    return R"({"specversion":"1.0","id":"1","source":"s","type":"t","subject":")" + subject + "\"}";
  };
  const auto transform = R"({"constant":1,"raw":{"headers":{"x-s":"<$.subject>"}}})";
  EXPECT_TRUE(has(eval(transform, event("ok")), R"("x-s":"ok")"));
  for (const auto* subject : {"\u00e9", " x", "x "}) {
    const auto answer = eval(transform, event(subject));
    EXPECT_TRUE(has(answer, R"({"error":"header \"x-s\": )")) << answer;
  }
  EXPECT_TRUE(has(eval(R"({"constant":1,"raw":{"headers":{"x-s":"<$.data.s>"}}})",
                       R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":{"s":"a\r\nb: c"}})"),
                  R"({"error":"header)"));
}

TEST(Transformer, faults_of_a_raw_body_are_named) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"raw":true})", "transform.raw: expected a mapping"},
      {R"({"raw":{"content_type":"csv"}})", "expected a media type"},
      {R"({"raw":{"type":"text/csv"}})", "transform.raw.type"},
      {R"({"raw":{"headers":[]}})", "expected a mapping"},
      {R"({"raw":{"headers":{"ce-id":"x"}}})", "event's attributes"},
      {R"({"raw":{"headers":{"Connection":"x"}}})", "belongs to the connection"},
      {R"({"raw":{"headers":{"transfer-encoding":"x"}}})", "belongs to the connection"},
      {R"({"raw":{"headers":{"Content-Length":"1"}}})", "Content- headers"},
      {R"({"raw":{"headers":{"content-type":"text/csv"}}})", "given by \\\"content_type\\\""},
      {R"({"raw":{"headers":{"authorization":"x"}}})", "credential"},
      {R"({"raw":{"headers":{"host":"x"}}})", "set by Signalbox"},
      {R"({"raw":{"headers":{"x y":"x"}}})", "is not the name of a header"},
      {R"({"raw":{"headers":{"x-a":""}}})", "expected visible ASCII"},
      {R"({"raw":{"headers":{"x-a":"\u00e9"}}})", "expected visible ASCII"},
      {R"({"raw":{"headers":{"x-a":"<nope>"}}})", "no variable <nope>"},
      {R"({"raw":{"headers":{"x-a":{}}}})", "expected a text with placeholders"},
      {R"({"raw":{"headers":{"x-a":"1","X-A":"2"}}})", "given twice"},
      {R"({"raw":{},"set":{"a":"1"}})", "a raw body has no attributes"},
      {R"({"raw":{},"remove":["a"]})", "a raw body has no attributes"},
  };
  for (const auto& [transform, message] : cases) {
    const auto answer = eval(transform);
    EXPECT_TRUE(answer.starts_with("{\"error\":")) << transform << ": " << answer;
    EXPECT_TRUE(has(answer, message)) << transform << ": " << answer;
  }
}

TEST(Transformer, attributes_are_set_from_literals_paths_and_templates) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"a":"text"})", R"("a":"text")"},
      {R"({"a":7})", R"("a":7)"},
      {R"({"a":"$.data.customer"})", R"("a":"Ann \"A\" Lee")"},
      {R"({"a":"$.data.rush"})", R"("a":true)"},
      {R"({"a":"$.tries"})", R"("a":3)"},
      {R"({"a":"$.data.items[0]"})", R"("a":"{\"sku\":\"x-1\"}")"},
      {R"({"a":"$.data.items[*].sku"})", R"("a":"[\"x-1\"]")"},
      {R"({"a":"$.data['items'][0]['sku']"})", R"("a":"x-1")"},
      {R"({"a":"$5.00"})", R"("a":"$5.00")"},
      {R"({"a":"no <$.data.items[0].sku>!"})", R"("a":"no x-1!")"},
      {R"({"subject":"$.tries"})", R"("subject":"3")"},
      {R"({"subject":"<$.data.rush>"})", R"("subject":"true")"},
      {R"({"dataschema":"https://x.example/<$.id>"})", R"("dataschema":"https://x.example/e-1")"},
  };
  for (const auto& [set, expected] : cases) {
    const auto answer = eval(std::string(R"({"set":)") + set + "}");
    EXPECT_TRUE(has(answer, expected)) << set << ": " << answer;
  }
  EXPECT_FALSE(has(eval(R"({"set":{"subject":"$.data.none"}})"), "subject"));
  EXPECT_TRUE(has(eval(R"({"set":{"a":"$.detail.x"}})"), "transform.set.a: path"));
  EXPECT_TRUE(has(eval(R"({"set":{"id":"$.data.none"}})"), "the result is empty"));
  EXPECT_TRUE(
      has(eval(R"({"set":{"a":"$.data.customer"}})",
               R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":{"customer":"a\u0001"}})"),
          "{\"error\":\"attribute"));
}

TEST(Transformer, a_media_type_that_does_not_fit_the_data_is_never_set) {
  for (const auto* transform : {R"({"template":"x","set":{"datacontenttype":"text/plain; charset=utf-16"}})",
                                R"({"template":"{}","set":{"datacontenttype":"text/csv"}})",
                                R"({"constant":1,"set":{"datacontenttype":"text/csv"}})"}) {
    const auto answer = eval(transform);
    EXPECT_TRUE(has(answer, "{\"error\":\"transform.set.datacontenttype: ")) << answer;
  }
  for (
      const auto* transform :
      {R"({"template":"<$.data.customer> \u00e9","set":{"datacontenttype":"text/<$.data.items[0].sku>; charset=latin1"}})",
       R"({"set":{"datacontenttype":"$.data.none"}})", R"({"set":{"datacontenttype":"$.data.customer"}})"}) {
    const auto answer = eval(transform);
    EXPECT_TRUE(has(answer, "{\"error\":\"attribute \\\"datacontenttype\\\": ")) << answer;
  }
}

TEST(Transformer, whatever_comes_out_is_a_valid_cloudevent) {
  const char* const transforms[] = {
      R"({"constant":{"a":[1]}})",
      R"({"template":"<$>"})",
      R"({"template":"<$.data>"})",
      R"({"template":"t <$.data>"})",
      "{\"template\":\"\\\"<$.data>\\\"\\n\\\"<$.id>\\\"\"}",
      R"({"set":{"a":"<$.data>","subject":"$.id","time":"<aws.events.event.ingestion-time>"},"remove":["dataschema","b"]})",
      R"({"template":"x","set":{"datacontenttype":"text/csv","dataschema":"urn:x"}})",
  };
  const char* const tails[] = {"", R"(,"data":null)", R"(,"data":{"x":"\u00e9"})",
                               R"(,"data":"text","datacontenttype":"text/plain")",
                               R"(,"data_base64":"AAE=","b":true)"};
  for (const auto* transform : transforms) {
    for (const auto* tail : tails) {
      const auto answer =
          eval_transform(std::string("{\"transform\":[") + transform + R"(,{"set":{"z":"1"}}],"event":)" +
                         R"({"specversion":"1.0","id":"1","source":"s","type":"t")" + tail + "}}");
      ASSERT_TRUE(answer.starts_with("{\"event\":")) << answer;
      const auto again = eval_transform(R"({"transform":{"set":{"y":"1"}},"event":)" +
                                        answer.substr(9, answer.size() - 10) + "}");
      EXPECT_TRUE(again.starts_with("{\"event\":")) << answer << "\n" << again;
    }
  }
}

// The examples of Amazon EventBridge's user guide ("Amazon EventBridge input transformation") and of its API
// reference (InputTransformer), their event in CloudEvents form: `detail` is `data`, `detail-type` is `type`.
struct DocumentedExample {
  const char* name;
  const char* text;      ///< the template
  const char* expected;  ///< our data
  bool body = false;
};

constexpr DocumentedExample kDocumented[] = {
    {"simple string", R"("instance <instance> is in <state>")", R"("instance i-0123456789 is in RUNNING")"},
    {"string with escaped quotes", R"("instance \"<instance>\" is in <state>")",
     R"("instance \"i-0123456789\" is in RUNNING")"},
    {"simple JSON", "{\n  \"instance\" : <instance>,\n  \"state\": <state>\n}",
     R"({"instance":"i-0123456789","state":"RUNNING"})"},
    {"JSON with strings and variables",
     R"({ "instance" : <instance>, "state": "<state>", "instanceStatus": "instance \"<instance>\" is in <state>" })",
     R"({"instance":"i-0123456789","state":"RUNNING","instanceStatus":"instance \"i-0123456789\" is in RUNNING"})"},
    {"JSON with a mix of variables and static information",
     R"({ "instance" : <instance>, "state": [ 9, <state>, true ], "Transformed" : "Yes" })",
     R"({"instance":"i-0123456789","state":[9,"RUNNING",true],"Transformed":"Yes"})"},
    {"reserved variables in JSON",
     R"({ "instance" : <instance>, "state": <state>, "ruleArn" : <aws.events.rule-arn>, "ruleName" : <aws.events.rule-name>, "originalEvent" : <aws.events.event.json> })",
     R"({"instance":"i-0123456789","state":"RUNNING","ruleArn":"acme/infra/example","ruleName":"example","originalEvent":{"specversion":"1.0","id":"7bf73129","source":"aws.ec2","type":"EC2 Instance State-change Notification","time":"2015-11-11T21:29:54Z","data":{"instance-id":"i-0123456789","state":"RUNNING","resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"]}}})"},
    {"the event without its data", R"({ "originalEvent" : <aws.events.event> })",
     R"({"originalEvent":{"specversion":"1.0","id":"7bf73129","source":"aws.ec2","type":"EC2 Instance State-change Notification","time":"2015-11-11T21:29:54Z"}})"},
    {"reserved variables in a string", R"("<aws.events.rule-name> triggered")", R"("example triggered")"},
    {"CloudWatch log group",
     R"({ "timestamp" : <timestamp>, "message": "instance \"<instance>\" is in <state>" })",
     R"({"timestamp":"2015-11-11T21:29:54Z","message":"instance \"i-0123456789\" is in RUNNING"})"},
    {"API reference, quotes in a string of JSON",
     R"({"myInstance": <instance>,"myStatus": "<instance> is in state \"<state>\""})",
     R"({"myInstance":"i-0123456789","myStatus":"i-0123456789 is in state \"RUNNING\""})"},
    {"API reference, no quotes at all", "<instance> is in state <state>", "i-0123456789 is in state RUNNING",
     true},
    {"API reference, quotes within", "<instance> is in state \"<state>\"",
     "i-0123456789 is in state \"RUNNING\"", true},
    {"object inserted as a value", R"({"detail": <detail>})",
     R"({"detail":{"instance-id":"i-0123456789","state":"RUNNING","resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"]}})"},
    {"object inserted in quotes", R"({"detail": "<detail>"})",
     R"({"detail":"{\"instance-id\":\"i-0123456789\",\"state\":\"RUNNING\",\"resources\":[\"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111\"]}"})"},
    {"a path the event does not have", R"({"none": <none>, "text": "[<none>]"})",
     R"({"none":"","text":"[]"})"},
    {"resource, by an index", R"({"resource": <resource>})",
     R"({"resource":"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"})"},
    {"all of a list", R"({"resources": <resources>, "text": "<resources>"})",
     R"({"resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],"text":"[\"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111\"]"})"},
    {"several lines of text, each in quotes",
     "\"<state> instance <instance>\"\n\"ARN: \\\"<resource>\\\"\"\n",
     "\"RUNNING instance i-0123456789\"\n\"ARN: "
     "\\\"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111\\\"\"",
     true},
    {"a variable alone", "<instance>", R"("i-0123456789")"},
    {"an object alone", "<detail>",
     R"({"instance-id":"i-0123456789","state":"RUNNING","resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"]})"},
    {"ingestion time", R"({"at": <aws.events.event.ingestion-time>})", R"({"at":"2015-11-11T21:29:55Z"})"},
};

TEST(EventBridgeExamples, come_out_as_documented_or_better) {
  const auto event =
      R"({"specversion":"1.0","id":"7bf73129","source":"aws.ec2","type":"EC2 Instance State-change Notification","time":"2015-11-11T21:29:54Z","data":{"instance-id":"i-0123456789","state":"RUNNING","resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"]}})";
  const auto context =
      R"(,"context":{"tenant":"acme","channel":"infra","rule":"example","accepted_at":"2015-11-11T21:29:55Z"}})";
  for (const auto& example : kDocumented) {
    std::string line =
        R"({"transform":{"paths":{"timestamp":"$.time","instance":"$.data.instance-id","state":"$.data.state","detail":"$.data","none":"$.data.none","resource":"$.data.resources[0]","resources":"$.data.resources[*]"},"template":)";
    event::append_json_string(line, example.text);
    const auto answer = eval_transform(((line += "},\"event\":") += event) += context);
    std::string expected;
    if (example.body) {
      event::append_json_string(expected = "{\"body\":", example.expected);
      expected += '}';
    } else {
      (expected = "\"data\":") += example.expected;
    }
    EXPECT_TRUE(has(answer, expected)) << example.name << ": " << answer;
  }
}

/// A value of each kind: outside quotes in JSON, inside them, and in text.
struct ValueRow {
  const char* data;  ///< the value, as the event's data
  const char *outside, *inside, *text;
};

constexpr ValueRow kValues[] = {
    {R"("a b")", R"("a b")", R"("[a b]")", "[a b]"},
    {R"("")", R"("")", R"("[]")", "[]"},
    {R"("say \"hi\" \\ \u00e9\n")", R"("say \"hi\" \\ \u00e9\n")", R"("[say \"hi\" \\ \u00e9\n]")",
     "[say \"hi\" \\ \xc3\xa9\n]"},
    {"7", "7", R"("[7]")", "[7]"},
    {"-1.50e+3", "-1.50e+3", R"("[-1.50e+3]")", "[-1.50e+3]"},
    {"12345678901234567890", "12345678901234567890", R"("[12345678901234567890]")", "[12345678901234567890]"},
    {"true", "true", R"("[true]")", "[true]"},
    {"null", "null", R"("[null]")", "[null]"},
    {R"(["a", 1])", R"(["a", 1])", R"("[[\"a\", 1]]")", R"([["a", 1]])"},
    {R"({"a":{"b":"\""}})", R"({"a":{"b":"\""}})", R"("[{\"a\":{\"b\":\"\\\"\"}}]")",
     R"([{"a":{"b":"\""}}])"},
    {"{}", "{}", R"("[{}]")", "[{}]"},
    {nullptr, R"("")", R"("[]")", "[]"},
};

TEST(EventBridgeExamples, values_of_every_kind_in_and_out_of_quotes) {
  for (const auto& [data, outside, inside, text] : kValues) {
    std::string event = R"({"specversion":"1.0","id":"1","source":"s","type":"t")";
    if (data) (event += R"(,"data":{"v":)") += std::string(data) + "}";
    event += "}";
    EXPECT_TRUE(has(eval(R"({"template":"{\"x\":<$.data.v>}"})", event),
                    std::string("\"data\":{\"x\":") + outside + "}"))
        << eval(R"({"template":"{\"x\":<$.data.v>}"})", event);
    EXPECT_TRUE(has(eval(R"({"template":"{\"x\":\"[<$.data.v>]\"}"})", event),
                    std::string("\"data\":{\"x\":") + inside + "}"))
        << eval(R"({"template":"{\"x\":\"[<$.data.v>]\"}"})", event);
    std::string body = "{\"body\":";
    event::append_json_string(body, text);
    EXPECT_EQ(eval(R"({"format":"text","template":"[<$.data.v>]"})", event), body + "}");
  }
}

}  // namespace
}  // namespace signalbox::pipeline
