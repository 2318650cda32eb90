#include "pipeline/eval.hpp"

#include <simdjson.h>

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/nearest_name.hpp"
#include "event/codec.hpp"
#include "pipeline/cesql.hpp"
#include "pipeline/dialects.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/json_reader.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kLineDepthMax = 1002;  // the line itself around an event of any depth that is read

std::string to_error(std::string_view message) {
  std::string out = "{\"error\":";
  event::append_json_string(out, to_valid_utf8(message));
  return out += '}';
}

Error refuse(std::string message) { return Error(Errc::invalid_argument, std::move(message)); }

/// A member of the line: what its value is, and its bytes as they were written.
struct Member {
  std::string_view name;
  JsonToken type = JsonToken::fault;
  std::string_view raw{};
  std::string text{};  ///< of a string: unescaped
};

/// Reads the members of a line, each at most once; `known` has their names.
Status read_line(std::string_view line, std::span<Member> known) {
  if (!simdjson::validate_utf8(line.data(), line.size())) return refuse("the line is not valid UTF-8");
  JsonReader reader(line, kLineDepthMax);
  if (reader.next() != JsonToken::object) return refuse("the line is not a JSON object");
  auto token = reader.next();
  for (; token == JsonToken::name; token = reader.next()) {
    std::vector<std::string_view> names;
    Member* member = nullptr;
    for (auto& candidate : known) {
      names.push_back(candidate.name);
      if (candidate.name == reader.text()) member = &candidate;
    }
    const std::string name(reader.text());
    if (member && member->type != JsonToken::fault) return refuse("\"" + name + "\" is given twice");
    const auto type = reader.next();
    const auto begin = reader.begin();
    if (type == JsonToken::string && member) member->text = reader.text();
    if ((type == JsonToken::object || type == JsonToken::array) && !reader.skip_container()) break;
    if (type == JsonToken::fault) break;
    if (!member) continue;  // members that are none of ours may annotate a case
    member->type = type;
    member->raw = line.substr(begin, reader.end() - begin);
  }
  if (token == JsonToken::object_end && reader.next() == JsonToken::end) return ok();
  return refuse("the line is not valid JSON " + reader.message());
}

Status require(const Member& member, JsonToken type, const char* what) {
  const auto name = "\"" + std::string(member.name) + "\"";
  if (member.type == JsonToken::fault) return refuse("the line has no " + name);
  return member.type == type ? ok() : refuse(name + " is not " + what);
}

std::string verdict(const Result<std::shared_ptr<const Filter>>& filter, std::string_view event) {
  if (!filter) return to_error(filter.error().message);
  FieldSet fields;
  for (const auto& path : (*filter)->shape().fields) fields.add(path);
  FilterInput input;
  if (const auto filled = input.fill_from_json(fields, event); !filled)
    return to_error(filled.error().message);
  return (*filter)->matches(input) ? "{\"match\":true}" : "{\"match\":false}";
}

std::string to_line(const CesqlResult& result) {
  std::string out = "{\"result\":";
  if (const auto* flag = std::get_if<bool>(&result.value))
    out += *flag ? "true" : "false";
  else if (const auto* number = std::get_if<std::int32_t>(&result.value))
    out += std::to_string(*number);
  else
    event::append_json_string(out, to_valid_utf8(std::get<std::string_view>(result.value)));
  if (result.error != CesqlError::none) ((out += ",\"error\":\"") += to_name(result.error)) += '"';
  return out += '}';
}

}  // namespace

std::string eval_pattern(std::string_view line) {
  std::array<Member, 3> members{Member{"pattern"}, Member{"event"}, Member{"compat"}};
  auto& [pattern, event, compat] = members;
  if (const auto read = read_line(line, members); !read) return to_error(read.error().message);
  if (const auto status = require(pattern, JsonToken::object, "an object"); !status)
    return to_error(status.error().message);
  if (const auto status = require(event, JsonToken::object, "an object"); !status)
    return to_error(status.error().message);
  FilterSpec spec{FilterSpec::Kind::pattern, std::string(pattern.raw)};
  if (compat.type != JsonToken::fault) {
    if (compat.type != JsonToken::string || compat.text != "eventbridge")
      return to_error("\"compat\" can only be \"eventbridge\"");
    spec.eventbridge_compat = true;
  }
  return verdict(compile_filter(spec), event.raw);
}

std::string eval_filters(std::string_view line) {
  std::array<Member, 2> members{Member{"filters"}, Member{"event"}};
  auto& [filters, event] = members;
  if (const auto read = read_line(line, members); !read) return to_error(read.error().message);
  if (const auto status = require(filters, JsonToken::array, "a list"); !status)
    return to_error(status.error().message);
  if (const auto status = require(event, JsonToken::object, "an object"); !status)
    return to_error(status.error().message);
  // By the specification, where a rule is held to more: an expression without a value passes nothing.
  return verdict(compile_dialects(filters.raw, WideIntegers::no_value), event.raw);
}

std::string eval_sql(std::string_view line) {
  std::array<Member, 2> members{Member{"expression"}, Member{"event"}};
  auto& [text, event] = members;
  if (const auto read = read_line(line, members); !read) return to_error(read.error().message);
  if (const auto status = require(text, JsonToken::string, "a string"); !status)
    return to_error(status.error().message);
  if (const auto status = require(event, JsonToken::object, "an object"); !status)
    return to_error(status.error().message);
  const auto expression = CesqlExpression::parse(text.text);
  if (!expression) return to_line({false, CesqlError::parse});
  FieldSet set;
  std::vector<FieldId> fields;
  for (const auto& name : expression->attributes().all()) fields.push_back(set.add(name));
  FilterInput input;
  if (const auto filled = input.fill_from_json(set, event.raw); !filled)
    return to_error(filled.error().message);
  return to_line(expression->evaluate(input, fields));
}

}  // namespace signalbox::pipeline
