// Enrichments as `signalbox eval transform` tries them: what is asked, and what becomes of the answer.
#include "pipeline/enrichment_step.hpp"

#include <gtest/gtest.h>

#include <string>

#include "event/codec.hpp"
#include "event/hops.hpp"
#include "pipeline/transform_eval.hpp"
#include "pipeline/transform_run.hpp"
#include "pipeline/transformer_reader.hpp"

namespace signalbox::pipeline {
namespace {

constexpr const char* kEvent =
    R"({"specversion":"1.0","id":"e-1","source":"/shop","type":"order","data":{"who":"a/b","n":1.0}})";

constexpr const char* kOneEvent = R"([{"content_type":"application/cloudevents+json",)"
                                  R"("body":{"specversion":"1.0","id":"8","source":"s","type":"t"}}])";
constexpr const char* kTwoEvents = R"([{"content_type":"application/cloudevents-batch+json",)"
                                   R"("body":[{"specversion":"1.0","id":"8","source":"s","type":"t"},)"
                                   R"({"specversion":"1.0","id":"9","source":"s","type":"t"}]}])";

std::string eval(const std::string& enrichment, const std::string& answers,
                 const std::string& event = kEvent) {
  const auto more = answers.empty() ? "" : ",\"answers\":" + answers;
  return eval_transform("{\"transform\":{\"enrich\":{\"target\":\"crm\"," + enrichment +
                        "}},\"event\":" + event + more + "}");
}
bool has(const std::string& answer, std::string_view part) { return answer.find(part) != std::string::npos; }

#define EXPECT_HAS(text, part) EXPECT_TRUE(has(text, part)) << (text)

TEST(EnrichmentStep, an_answer_joins_the_data) {
  EXPECT_HAS(
      eval(R"("join":"$.data.crm.customer")", R"([{"body": {"name":"Ann","no":12345678901234567890} }])"),
      R"("data":{"who":"a/b","n":1.0,"crm":{"customer":{"name":"Ann","no":12345678901234567890}}})");
  EXPECT_HAS(eval(R"("join":"$.data.list")", R"([{"body":[1,2]}])"), R"("list":[1,2]})");
}

TEST(EnrichmentStep, an_answer_joins_an_event_without_data) {
  EXPECT_HAS(eval(R"("join":"$.data.a")", R"([{"body":1}])",
                  R"({"specversion":"1.0","id":"1","source":"s","type":"t"})"),
             R"("data":{"a":1})");
}

TEST(EnrichmentStep, what_cannot_be_joined_is_an_error_that_says_why) {
  const std::string join = R"("join":"$.data.who.x")";
  EXPECT_HAS(eval(join, R"([{"body":1}])"), "enrichment failed: data.who is a string, not an object");
  EXPECT_HAS(eval(R"("join":"$.data.a")", R"([{"body":"nothing"}])"),
             "enrichment failed: the answer is no JSON: at byte 1");
  EXPECT_HAS(eval(R"("join":"$.data.a")", R"([{"status":204}])"),
             "the answer is empty: there is nothing to join");
  EXPECT_HAS(
      eval(
          R"("join":"$.data.a")", R"([{"body":1}])",
          R"({"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"text/plain","data":"x"})"),
      "the data is no JSON");
}

TEST(EnrichmentStep, an_answer_replaces_the_data_by_its_media_type) {
  const std::string replace = R"("replace":"data")";
  EXPECT_HAS(eval(replace, R"([{"body":{"a":1.50}}])"),
             R"("datacontenttype":"application/json","data":{"a":1.50})");
  EXPECT_HAS(eval(replace, R"([{"body":"a;b","content_type":"text/csv"}])"),
             R"("datacontenttype":"text/csv","data":"a;b")");
  EXPECT_HAS(eval(replace, R"([{"body":"abc","content_type":"image/png"}])"), R"("data_base64":"YWJj")");
  EXPECT_HAS(eval(replace, R"([{"body":"{","content_type":"application/json"}])"),
             "the answer cannot be the data: body: not the JSON");
  const auto none = eval(replace, R"([{"status":204}])");
  EXPECT_FALSE(has(none, "data")) << none;
  EXPECT_HAS(none, R"("id":"e-1")");
}

TEST(EnrichmentStep, an_answer_replaces_the_event) {
  const std::string replace = R"("replace":"event")";
  const std::string binary = R"({"ce-specversion":"1.0","ce-id":"9","ce-source":"/crm","ce-type":"seen"})";
  EXPECT_HAS(eval(replace, R"([{"body":{"a":1},"headers":)" + binary + "}]"),
             R"({"event":{"specversion":"1.0","id":"9")");
  EXPECT_HAS(eval(replace, kOneEvent), R"("id":"8")");
  EXPECT_HAS(eval(replace, kTwoEvents), R"({"events":[{"specversion":"1.0","id":"8")");
  EXPECT_EQ(eval(replace, R"([{"status":204}])"), R"({"events":[]})");
  EXPECT_HAS(eval(replace, R"([{"body":{"a":1}}])"), "enrichment failed: the answer is no CloudEvent");
  EXPECT_HAS(
      eval(replace, R"([{"content_type":"application/cloudevents+json","body":{"specversion":"1.0"}}])"),
      "the answer is no valid event");
}

TEST(EnrichmentStep, an_event_that_replaces_another_has_gone_as_far) {
  const std::string travelled = R"({"specversion":"1.0","id":"1","source":"s","type":"t","signalboxhops":5})";
  EXPECT_HAS(eval(R"("replace":"event")", kOneEvent, travelled), R"("signalboxhops":5)");
}

TEST(EnrichmentStep, a_failure_ends_the_event_unless_it_is_to_go_on) {
  EXPECT_HAS(eval(R"("join":"$.data.a")", R"([{"status":503}])"),
             R"({"error":"enrichment failed: crm: HTTP 503"})");
  const auto on = eval(R"("join":"$.data.a","on_error":"continue")", R"([{"status":503}])");
  EXPECT_HAS(on, R"("enrichmenterror":"crm: HTTP 503")");
  EXPECT_HAS(on, R"("data":{"who":"a/b","n":1.0})");
  EXPECT_HAS(eval(R"("path":"/<$.data.none>","join":"$.data.a","on_error":"continue")", ""),
             R"("enrichmenterror":"path: the event has no value)");
}

TEST(EnrichmentStep, without_an_answer_the_error_says_what_would_be_asked) {
  EXPECT_HAS(eval(R"("method":"GET","path":"/c/<$.data.who>","query":{"x":"$.type"},"join":"$.data.a")", ""),
             R"(step 1 asks the target \"crm\" (GET /c/a%2Fb?x=order))");
}

TEST(EnrichmentStep, canned_answers_that_are_none_are_errors) {
  for (const auto* answers :
       {"{}", "[1]", R"([{"status":99}])", R"([{"status":"x"}])", R"([{"bodi":1}])", R"([{"headers":[]}])"})
    EXPECT_HAS(eval(R"("join":"$.data.a")", answers), R"({"error":"answers: )");
}

// --- What is read of the configuration, and the question.

ConfigNode scalar(const std::string& text) { return ConfigNode::scalar(text, true, Place(), "x"); }
using Members = std::vector<std::pair<std::string, ConfigNode>>;
ConfigNode mapping(const Members& members) {
  std::vector<ConfigNode::Member> made;
  for (const auto& [key, value] : members) made.push_back({key, Place(), value});
  return ConfigNode::mapping(std::move(made), Place(), "enrich");
}

struct Read {
  std::shared_ptr<const Transformer> transformer;
  std::string faults;
};
Read read(Members members) {
  Diagnostics out;
  Read result{read_transformer(mapping({{"enrich", mapping(members)}}), out), {}};
  for (const auto& fault : out.faults()) result.faults += fault.message + " (" + fault.hint + ")\n";
  return result;
}
const EnrichmentStep& step_of(const Read& read) {
  return *std::get<std::unique_ptr<const EnrichmentStep>>(read.transformer->steps()[0]);
}
Event order() { return *event::decode_json_event(kEvent, event::Limits()); }

TEST(EnrichmentReader, defaults) {
  const auto made = read({{"target", scalar("crm")}, {"replace", scalar("data")}});
  ASSERT_TRUE(made.transformer) << made.faults;
  const auto& policy = step_of(made).policy();
  EXPECT_EQ(policy.target, "crm");
  EXPECT_EQ(policy.timeout, std::chrono::seconds(2));
  EXPECT_EQ(policy.attempts, 3u);
  EXPECT_FALSE(policy.cache);
  EXPECT_EQ(policy.on_error, EnrichmentPolicy::OnError::dead_letter);
  EXPECT_TRUE(made.transformer->asks_targets());
  EXPECT_FALSE(made.transformer->is_pure());
  EXPECT_EQ(made.transformer->asking_time(), std::chrono::seconds(8));
  const auto subject = order();
  const auto call = step_of(made).call(subject, {});
  ASSERT_TRUE(call);
  EXPECT_EQ(call->request.event, &subject);
  EXPECT_FALSE(call->request.body);
  EXPECT_EQ(call->key, "");
}

TEST(EnrichmentReader, body_is_a_template_or_a_path_and_the_key_is_the_request_by_default) {
  const auto cache = mapping({{"for", scalar("5m")}});
  const auto templated = read({{"target", scalar("crm")},
                               {"replace", scalar("data")},
                               {"path", scalar("/p")},
                               {"body", mapping({{"id", scalar("<$.data.who>")}})},
                               {"cache", cache}});
  ASSERT_TRUE(templated.transformer) << templated.faults;
  const auto subject = order();
  auto call = step_of(templated).call(subject, {});
  ASSERT_TRUE(call && call->request.body);
  EXPECT_EQ(call->request.body->bytes, R"({"id":"a/b"})");
  EXPECT_EQ(call->request.body->content_type, "application/json");
  EXPECT_EQ(call->key, "/p?\n{\"id\":\"a/b\"}");
  const auto path =
      read({{"target", scalar("crm")}, {"replace", scalar("data")}, {"body", scalar("$.data")}});
  ASSERT_TRUE(path.transformer) << path.faults;
  call = step_of(path).call(subject, {});
  EXPECT_EQ(call->request.body->bytes, R"({"who":"a/b","n":1.0})");
}

TEST(EnrichmentReader, a_key_of_its_own) {
  const auto made = read({{"target", scalar("crm")},
                          {"replace", scalar("data")},
                          {"cache", mapping({{"for", scalar("5m")},
                                             {"key", scalar("$.data.who")},
                                             {"entries", ConfigNode::scalar("7", false, Place(), "x")}})}});
  ASSERT_TRUE(made.transformer) << made.faults;
  const auto subject = order();
  EXPECT_EQ(step_of(made).call(subject, {})->key, "a/b");
  EXPECT_EQ(step_of(made).policy().cache->entries, 7u);
}

TEST(EnrichmentReader, faults_say_what_is_wrong) {
  const Members good{{"target", scalar("crm")}, {"replace", scalar("data")}};
  const auto faults = [&](const std::string& key, const ConfigNode& value) {
    auto members = good;
    members.emplace_back(key, value);
    return read(members).faults;
  };
  EXPECT_HAS(read({{"replace", scalar("data")}}).faults, "missing: this key must be given");
  EXPECT_HAS(read({{"target", scalar("crm")}}).faults,
             "what becomes of the answer is missing: join or replace");
  EXPECT_HAS(faults("join", scalar("$.data.a")), "give either join or replace, not both");
  EXPECT_HAS(faults("retri", mapping({})), "retry");
  EXPECT_HAS(faults("method", scalar("PUT")), "POST");
  EXPECT_HAS(faults("path", scalar("x")), "a path begins with");
  EXPECT_HAS(faults("query", scalar("a=b")), "expected a mapping from parameters to values");
  EXPECT_HAS(faults("timeout", scalar("2h")), "expected a duration from 10ms");
  EXPECT_HAS(faults("on_error", scalar("retry")), "dead_letter");
  EXPECT_HAS(faults("format", scalar("json")), "format belongs to body");
  EXPECT_HAS(faults("cache", mapping({{"for", scalar("5m")}})), "needs a key where the event itself is sent");
  EXPECT_HAS(faults("cache", mapping({{"key", scalar("$.id")}})), "missing: this key must be given");
  EXPECT_HAS(faults("cache", mapping({{"for", scalar("5m")}, {"key", scalar("x")}})),
             "every event would have the same answer");
  const auto at = [](const std::string& path) {
    return read({{"target", scalar("crm")}, {"join", scalar(path)}}).faults;
  };
  EXPECT_HAS(at("$.subject"), "an answer is joined to the data");
  EXPECT_HAS(at("$.data"), "that is \"replace: data\"");
  EXPECT_HAS(at("$.data.a[0]"), "not in a list");
  EXPECT_HAS(at("data.a"), "expected a path");
  const auto get = read({{"target", scalar("crm")},
                         {"replace", scalar("data")},
                         {"method", scalar("GET")},
                         {"body", scalar("x")}});
  EXPECT_HAS(get.faults, "a GET has no body");
  Diagnostics out;
  read_transformer(mapping({{"enrich", mapping(good)}, {"set", mapping({})}}), out);
  ASSERT_FALSE(out.clean());
  EXPECT_HAS(out.faults()[0].message, "a step with enrich has nothing else");
}

TEST(EnrichmentReader, the_targets_that_are_asked_are_known_with_their_places) {
  const auto step = mapping({{"enrich", mapping({{"target", scalar("crm")}})}});
  const auto chain =
      ConfigNode::sequence({step, mapping({{"set", mapping({})}}), step}, Place(), "transform");
  EXPECT_EQ(enrichment_targets(chain).size(), 2u);
  ASSERT_EQ(enrichment_targets(step).size(), 1u);
  EXPECT_EQ(enrichment_targets(step)[0]->text(), "crm");
}

}  // namespace
}  // namespace signalbox::pipeline
