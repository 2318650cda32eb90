#include "schema/eval.hpp"

#include <optional>

#include "event/codec.hpp"
#include "event/json_scan.hpp"
#include "schema/json_tape.hpp"
#include "schema/schema.hpp"

namespace signalbox::schema {
namespace {

constexpr unsigned kLineDepthMax = 512;

std::string to_error(std::string_view message) {
  std::string out = "{\"error\":";
  event::append_json_string(out, to_printable(message));
  return out += '}';
}

/// What a line asks for; the texts are parts of it.
struct Case {
  std::optional<std::string_view> schema, data;
  CompileOptions options{};
};

Status read_draft(const event::JsonValue& value, Draft& draft) {
  const auto word = value.raw;
  if (word == "\"7\"" || word == "\"draft7\"" || word == "7")
    draft = Draft::v7;
  else if (word == "\"2020-12\"" || word == "\"draft2020-12\"")
    draft = Draft::v2020_12;
  else
    return Error(Errc::invalid_argument, "\"draft\" is \"7\" or \"2020-12\"");
  return ok();
}

Status read_format(const event::JsonValue& value, FormatUse& use) {
  if (value.raw == "\"check\"")
    use = FormatUse::check;
  else if (value.raw != "\"annotate\"")
    return Error(Errc::invalid_argument, "\"format\" is \"annotate\" or \"check\"");
  return ok();
}

Result<Case> read_line(std::string_view line) {
  if (const auto fault = event::validate_json(line, kLineDepthMax))
    return Error(Errc::invalid_argument, "the line is not valid JSON at byte " +
                                             std::to_string(fault->offset) + ": " + fault->message);
  Case out;
  event::JsonCursor cursor(line, kLineDepthMax);
  if (!cursor.enter_object()) return Error(Errc::invalid_argument, "the line is not a JSON object");
  while (const auto name = cursor.next_member()) {
    const auto value = cursor.read_value();
    auto read = ok();
    if (name->content() == "schema") out.schema = value->raw;
    if (name->content() == "data") out.data = value->raw;
    if (name->content() == "draft") read = read_draft(*value, out.options.draft);
    if (name->content() == "format") read = read_format(*value, out.options.format);
    if (!read) return read.error();
  }
  if (!out.schema) return Error(Errc::invalid_argument, "the line has no \"schema\"");
  if (!out.data) return Error(Errc::invalid_argument, "the line has no \"data\"");
  return out;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  ((out += '"') += name) += "\":";
  event::append_json_string(out, text);
}

}  // namespace

std::string eval_schema(std::string_view line) {
  const auto input = read_line(line);
  if (!input) return to_error(input.error().message);
  const auto schema = Schema::compile(*input->schema, input->options);
  if (!schema) return to_error(schema.error().message);
  const auto faults = (*schema)->validate(*input->data);
  if (faults.empty()) return "{\"valid\":true}";
  if (faults[0].kind != SchemaFault::Kind::mismatch) return to_error(faults[0].message);
  std::string out = "{\"valid\":false,\"errors\":[";
  for (const auto& fault : faults) {
    out += &fault == &faults.front() ? "{" : ",{";
    append_member(out, "pointer", fault.pointer);
    append_member(out += ',', "keyword", fault.keyword);
    append_member(out += ',', "message", fault.message);
    out += '}';
  }
  return out += "]}";
}

}  // namespace signalbox::schema
