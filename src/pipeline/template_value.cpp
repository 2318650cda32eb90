#include "pipeline/template_value.hpp"

#include <algorithm>

#include "event/codec.hpp"
#include "event/json_scan.hpp"

namespace signalbox::pipeline {
namespace {

bool is_json_string(std::string_view json) { return json.size() >= 2 && json.front() == '"'; }

void append_escaped(std::string& out, std::string_view text) {
  const auto begin = out.size();
  event::append_json_string(out, text);
  out.erase(begin, 1);
  out.pop_back();
}

}  // namespace

void append_as_json(std::string& out, const TemplateValue& value) {
  switch (value.kind) {
    case TemplateValue::Kind::missing:
      out += "\"\"";
      return;
    case TemplateValue::Kind::json:
      out += value.bytes;
      return;
    case TemplateValue::Kind::string:
      event::append_json_string(out, value.bytes);
      return;
  }
}

void append_inside_json_string(std::string& out, const TemplateValue& value) {
  switch (value.kind) {
    case TemplateValue::Kind::missing:
      return;
    case TemplateValue::Kind::json:
      if (is_json_string(value.bytes)) {
        out += value.bytes.substr(1, value.bytes.size() - 2);  // escaped as the sender escaped it
      } else {
        append_escaped(out, value.bytes);
      }
      return;
    case TemplateValue::Kind::string:
      append_escaped(out, value.bytes);
      return;
  }
}

bool append_as_text(std::string& out, const TemplateValue& value) {
  if (value.kind == TemplateValue::Kind::missing) return true;
  if (value.kind == TemplateValue::Kind::string || !is_json_string(value.bytes)) {
    out += value.bytes;
    return true;
  }
  if (!event::JsonCursor(value.bytes, 0).read_value()) return false;  // unescaping relies on it
  const auto before = out.size();
  const auto content = value.bytes.substr(1, value.bytes.size() - 2);
  if (event::append_unescaped(out, content, event::UnpairedSurrogates::refuse)) return true;
  out.resize(before);
  return false;
}

std::size_t json_depth(std::string_view json) {
  std::size_t depth = 0, deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace signalbox::pipeline
