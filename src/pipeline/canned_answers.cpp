#include "pipeline/canned_answers.hpp"

#include <charconv>
#include <string>
#include <utility>

#include "base/ascii_text.hpp"
#include "base/config_path.hpp"
#include "event/json_scan.hpp"

namespace signalbox::pipeline {
namespace {

constexpr unsigned kAnswerDepthMax = 128;

Error wrong(std::string message) { return Error(Errc::invalid_argument, "answers: " + std::move(message)); }

Result<std::string> text_of(const event::JsonValue& value) {
  std::string text;
  if (value.type != event::JsonType::string)
    return wrong("expected a string, got " + base::in_quotes(value.raw));
  if (event::append_unescaped(text, value.content(), event::UnpairedSurrogates::refuse)) return text;
  return wrong("a string has an unpaired surrogate");
}

Status read_headers(std::string_view json, EnrichmentAnswer& answer) {
  event::JsonCursor cursor(json, kAnswerDepthMax);
  if (!cursor.enter_object()) return wrong("headers: expected an object");
  while (const auto member = cursor.next_member()) {
    const auto value = cursor.read_value();
    if (!value) return wrong("not valid JSON");
    auto text = text_of(*value);
    if (!text) return text.error();
    answer.headers.emplace_back(base::to_lower_case(std::string(member->content())), std::move(*text));
  }
  return ok();
}

Status read_body(const event::JsonValue& value, EnrichmentAnswer& answer, std::string& content_type) {
  if (value.type != event::JsonType::string) {
    answer.body = value.raw;
    content_type = "application/json";
    return ok();
  }
  auto text = text_of(value);
  if (!text) return text.error();
  answer.body = std::move(*text);
  content_type = "text/plain";
  return ok();
}

Result<unsigned> read_status(std::string_view digits) {
  unsigned status = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (ec == std::errc() && end == digits.data() + digits.size() && status >= 200 && status <= 599)
    return status;
  return wrong("status: expected a number from 200 to 599, got " + base::in_quotes(digits));
}

Result<EnrichmentReply> read_reply(std::string_view json) {
  event::JsonCursor cursor(json, kAnswerDepthMax);
  if (!cursor.enter_object()) return wrong("expected an object with status, body, content_type and headers");
  EnrichmentReply reply;
  unsigned status = 200;
  std::string implied_type, type;
  while (const auto member = cursor.next_member()) {
    const auto name = member->content();
    const auto value = cursor.read_value();
    if (!value) return wrong("not valid JSON");
    if (name == "status") {
      const auto read = read_status(value->raw);
      if (!read) return read.error();
      status = *read;
    } else if (name == "body") {
      if (auto read = read_body(*value, reply.answer, implied_type); !read) return read.error();
    } else if (name == "content_type") {
      auto text = text_of(*value);
      if (!text) return text.error();
      type = std::move(*text);
    } else if (name == "headers") {
      if (auto read = read_headers(value->raw, reply.answer); !read) return read.error();
    } else {
      return wrong("unknown member " + base::in_quotes(name));
    }
  }
  if (type.empty()) type = implied_type;
  if (!type.empty()) reply.answer.headers.emplace_back("content-type", type);
  reply.outcome =
      status < 300 ? Outcome::delivered(status) : Outcome::failed(status, "HTTP " + std::to_string(status));
  return reply;
}

}  // namespace

Result<CannedAnswers> CannedAnswers::read(std::string_view json) {
  event::JsonCursor cursor(json, kAnswerDepthMax);
  if (!cursor.enter_array()) return wrong("expected an array, one answer for each question");
  CannedAnswers answers;
  while (cursor.next_element()) {
    const auto value = cursor.read_value();
    if (!value) return wrong("not valid JSON");
    auto reply = read_reply(value->raw);
    if (!reply) return reply.error();
    answers.replies_.push_back(std::move(*reply));
  }
  return answers;
}

EnrichmentReply CannedAnswers::take() {
  auto reply = std::move(replies_.front());
  replies_.pop_front();
  return reply;
}

}  // namespace signalbox::pipeline
