#include "pipeline/transform_eval.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "base/config_path.hpp"
#include "base/units.hpp"
#include "event/base64.hpp"
#include "event/codec.hpp"
#include "event/json_scan.hpp"
#include "pipeline/canned_answers.hpp"
#include "pipeline/transform_run.hpp"
#include "pipeline/transformer_reader.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::pipeline {
namespace {

constexpr unsigned kLineDepthMax = 128;  // of the line: the template's and the event's own bounds are stricter
constexpr std::size_t kLineBytesMax = 16 << 20;

std::string error_line(std::string_view message) {
  std::string line = "{\"error\":";
  event::append_json_string(line, message);
  line += '}';
  return line;
}

/// A string's characters; an unpaired surrogate is none and a fault.
Result<std::string> characters(const event::JsonValue& value) {
  std::string text;
  if (event::append_unescaped(text, value.content(), event::UnpairedSurrogates::refuse)) return text;
  return Error(Errc::invalid_argument, "a string has an unpaired surrogate");
}

Result<ConfigNode> to_node(event::JsonCursor& cursor, const std::string& path);

Result<ConfigNode> object_node(event::JsonCursor& cursor, const std::string& path) {
  std::vector<ConfigNode::Member> members;
  cursor.enter_object();
  while (const auto member = cursor.next_member()) {
    auto key = characters(*member);
    if (!key) return key.error();
    auto value = to_node(cursor, base::child_path(path, *key));
    if (!value) return value.error();
    members.push_back({std::move(*key), Place(), std::move(*value)});
  }
  return ConfigNode::mapping(std::move(members), Place(), path);
}

Result<ConfigNode> array_node(event::JsonCursor& cursor, const std::string& path) {
  std::vector<ConfigNode> items;
  cursor.enter_array();
  while (cursor.next_element()) {
    auto item = to_node(cursor, base::child_path(path, items.size()));
    if (!item) return item.error();
    items.push_back(std::move(*item));
  }
  return ConfigNode::sequence(std::move(items), Place(), path);
}

/// The JSON value that comes next as a configuration node.  The text has been validated, its depth is
/// bounded.
Result<ConfigNode> to_node(event::JsonCursor& cursor, const std::string& path) {
  const auto type = cursor.next_type();
  if (type == event::JsonType::object) return object_node(cursor, path);
  if (type == event::JsonType::array) return array_node(cursor, path);
  const auto value = cursor.read_value();
  if (!value) return Error(Errc::invalid_argument, "not valid JSON");
  if (type == event::JsonType::null) return ConfigNode::null(Place(), path);
  if (type != event::JsonType::string)
    return ConfigNode::scalar(std::string(value->raw), false, Place(), path);
  auto text = characters(*value);
  if (!text) return text.error();
  return ConfigNode::scalar(std::move(*text), true, Place(), path);
}

/// The members of a line, as raw JSON.
struct Line {
  std::optional<std::string_view> transform, event, context, answers;
};

Result<Line> read_line(std::string_view text) {
  const auto wrong = [](std::string message) { return Error(Errc::invalid_argument, std::move(message)); };
  if (text.size() > kLineBytesMax) return wrong("the line is longer than 16 MiB");
  if (const auto fault = event::validate_json_encoding(text)) return wrong(fault->message);
  if (const auto fault = event::validate_json(text, kLineDepthMax))
    return wrong("not valid JSON: " + fault->message);
  event::JsonCursor cursor(text, kLineDepthMax);
  if (!cursor.enter_object()) return wrong("expected an object with transform and event");
  Line line;
  while (const auto member = cursor.next_member()) {
    const auto name = member->content();
    const auto value = cursor.read_value();
    if (!value) return wrong("not valid JSON");
    if (name == "transform") {
      line.transform = value->raw;
    } else if (name == "event") {
      line.event = value->raw;
    } else if (name == "context") {
      line.context = value->raw;
    } else if (name == "answers") {
      line.answers = value->raw;
    } else {
      return wrong("unknown member " + base::in_quotes(name));
    }
  }
  if (!line.transform) return wrong("\"transform\" is missing");
  if (!line.event) return wrong("\"event\" is missing");
  return line;
}

std::string describe(const Diagnostics& faults) {
  std::string message;
  for (const auto& fault : faults.faults()) {
    if (!message.empty()) message += "; ";
    message += fault.path + ": " + fault.message;
    if (!fault.hint.empty()) message += " (" + fault.hint + ")";
  }
  return message;
}

Result<std::shared_ptr<const Transformer>> compile(const ConfigNode& node) {
  Diagnostics faults;
  auto transformer = read_transformer(node, faults);
  if (!transformer) return Error(Errc::invalid_argument, describe(faults));
  return transformer;
}

Result<Event> read_event(std::string_view json) {
  auto event = event::decode_json_event(json, event::Limits());
  if (event) return event;
  return Error(Errc::invalid_argument, "event: " + event.error().message);
}

/// The context's texts and the context itself, which looks into them.
struct OwnedContext {
  std::string tenant, channel, rule;
  WallTime accepted_at{};
  TransformContext view() const { return {tenant, channel, rule, accepted_at}; }
};

Result<OwnedContext> read_context(std::optional<std::string_view> json) {
  OwnedContext context;
  if (!json) return context;
  event::JsonCursor cursor(*json, kLineDepthMax);
  const auto node = to_node(cursor, "context");
  if (!node) return node.error();
  Diagnostics faults;
  std::string accepted_at;
  ConfigReader read(*node, faults);
  read("tenant", context.tenant);
  read("channel", context.channel);
  read("rule", context.rule);
  read("accepted_at", accepted_at);
  const auto time = base::parse_time(accepted_at);
  if (!time && !accepted_at.empty()) read.fault("accepted_at", "expected a time as in RFC 3339");
  read.done();
  if (!faults.clean()) return Error(Errc::invalid_argument, describe(faults));
  context.accepted_at = time.value_or(WallTime());
  return context;
}

/// Whether the last step has a template, whose text is then what the target gets.
bool ends_in_text(const ConfigNode& transform) {
  const auto& last = transform.items().empty() ? transform : transform.items().back();
  return last.find("template") != nullptr;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  event::append_json_string(out, name);
  out += ':';
  event::append_json_string(out, text);
}

void append_body(std::string& out, std::string_view bytes) {
  if (!event::validate_json_encoding(bytes)) return append_member(out, "body", bytes);
  std::string base64;
  event::append_base64(base64, bytes);
  append_member(out, "body_base64", base64);
}

void append_raw(std::string& out, const RawBody& raw) {
  append_body(out, raw.bytes);
  append_member(out += ',', "content_type", raw.content_type);
  if (raw.headers.empty()) return;
  out += ",\"headers\":{";
  const char* separator = "";
  for (const auto& [name, value] : raw.headers)
    append_member(out += std::exchange(separator, ","), name, value);
  out += '}';
}

std::string answer_of(const Deliverable& made, bool ends_in_text) {
  std::string answer = "{";
  if (made.raw) {
    append_raw(answer, *made.raw);
  } else if (ends_in_text && made.event.data_kind() == DataKind::text) {
    append_body(answer, made.event.data());
  } else {
    event::append_json(answer += "\"event\":", made.event);
  }
  return answer += '}';
}

std::string answer_of(const Transformed& made, bool ends_in_text) {
  if (made.size() == 1) return answer_of(made[0], ends_in_text);
  const bool raw = !made.empty() && made[0].raw;
  std::string answer = raw ? "{\"bodies\":[" : "{\"events\":[";
  const char* separator = "";
  for (const auto& each : made) {
    answer += std::exchange(separator, ",");
    if (raw) {
      answer += answer_of(each, ends_in_text);
    } else {
      event::append_json(answer, each.event);
    }
  }
  return answer += "]}";
}

/// `step 2 asks the target "crm" (GET /customers/7): …`
Error unanswered(const EnrichmentCall& call, const EnrichmentPolicy& policy) {
  const auto& request = call.request;
  std::string asked = request.method == EnrichmentRequest::Method::get ? "GET" : "POST";
  asked += ' ' + (request.path.empty() ? "its own path" : request.path);
  if (!request.query.empty()) asked += '?' + request.query;
  return Error(Errc::unsupported, "step " + std::to_string(call.step + 1) + " asks the target " +
                                      base::in_quotes(policy.target) + " (" + asked +
                                      "), which is not asked here: give what it says under \"answers\"");
}

/// What a line has besides the transform, the event and its context.
struct Outside {
  const RunProgram& run;
  CannedAnswers answers;
};

Status do_call(TransformRun& steps, const ExternalCall& call, const Transformer& transformer, Outside& outside) {
  if (const auto* program = std::get_if<ProgramCall>(&call)) {
    if (!outside.run)
      return Error(Errc::unsupported, "a step needs a program, and there is nothing that runs it");
    const auto results = outside.run(*program);
    if (results) steps.answer(*results);
    else steps.fail_call(results.error());
    return ok();
  }
  const auto& question = std::get<EnrichmentCall>(call);
  const auto& step = std::get<std::unique_ptr<const EnrichmentStep>>(transformer.steps()[question.step]);
  const auto& policy = step->policy();
  if (outside.answers.empty()) return unanswered(question, policy);
  const auto reply = outside.answers.take();
  if (reply.outcome.kind == Outcome::Kind::delivered) steps.answer(reply.answer);
  else steps.fail_call(Error(Errc::network, policy.target + ": " + reply.outcome.detail));
  return ok();
}

Result<Transformed> transform_with(const Transformer& transformer, const Event& event,
                                   const TransformContext& context, Outside outside) {
  if (transformer.is_pure()) return transformer.apply(event, context);
  TransformRun steps(transformer, event, context);
  while (const auto call = steps.advance())
    if (auto done = do_call(steps, *call, transformer, outside); !done) return done.error();
  return steps.take();
}

Result<std::string> evaluate(std::string_view text, const RunProgram& run) {
  const auto line = read_line(text);
  if (!line) return line.error();
  event::JsonCursor cursor(*line->transform, kLineDepthMax);
  const auto transform = to_node(cursor, "transform");
  if (!transform) return transform.error();
  const auto transformer = compile(*transform);
  if (!transformer) return transformer.error();
  const auto context = read_context(line->context);
  if (!context) return context.error();
  const auto event = read_event(*line->event);
  if (!event) return event.error();
  auto answers = line->answers ? CannedAnswers::read(*line->answers) : Result<CannedAnswers>(CannedAnswers());
  if (!answers) return answers.error();
  const auto made = transform_with(**transformer, *event, context->view(), {run, std::move(*answers)});
  if (!made) return made.error();
  return answer_of(*made, ends_in_text(*transform));
}

}  // namespace

std::string eval_transform(std::string_view line, const RunProgram& run) {
  auto answer = evaluate(line, run);
  return answer ? std::move(*answer) : error_line(answer.error().message);
}

}  // namespace signalbox::pipeline
