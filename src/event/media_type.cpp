#include "event/media_type.hpp"

#include <algorithm>

#include "base/header_field.hpp"
#include "event/characters.hpp"

namespace signalbox::event {
namespace {

bool is_token_character(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view take_token(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_token_character);
  const auto token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(token.size());
  return token;
}

void skip_space(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

/// The whole quoted-string with its quotes; empty when there is none.
std::string_view take_quoted(std::string_view& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      const auto quoted = text.substr(0, i + 1);
      text.remove_prefix(i + 1);
      return quoted;
    }
    if (text[i] == '\\') ++i;
    if (i < text.size() && (text[i] < 0x20 || text[i] > 0x7E) && text[i] != '\t') break;
  }
  return {};
}

struct Parameter {
  std::string_view name;  // empty where two semicolons stand together
  std::string_view value;
};

/// The next parameter with its semicolon; nullopt when what follows is none.
std::optional<Parameter> take_parameter(std::string_view& text) {
  skip_space(text);
  if (!text.starts_with(';')) return std::nullopt;
  text.remove_prefix(1);
  skip_space(text);
  Parameter parameter{take_token(text), {}};
  if (parameter.name.empty()) return parameter;
  if (!text.starts_with('=')) return std::nullopt;
  text.remove_prefix(1);
  parameter.value = text.starts_with('"') ? take_quoted(text) : take_token(text);
  if (parameter.value.empty()) return std::nullopt;
  return parameter;
}

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && base::equals_ignoring_case(text.substr(text.size() - end.size()), end);
}

}  // namespace

bool MediaType::is_json() const {
  return base::equals_ignoring_case(subtype, "json") || ends_with_ignoring_case(subtype, "+json");
}

bool MediaType::is_text() const {
  return base::equals_ignoring_case(type, "text") || ends_with_ignoring_case(subtype, "+xml") ||
         (base::equals_ignoring_case(type, "application") && base::equals_ignoring_case(subtype, "xml"));
}

std::string MediaType::charset() const {
  auto rest = parameters;
  while (auto parameter = take_parameter(rest)) {
    if (!base::equals_ignoring_case(parameter->name, "charset")) continue;
    std::string charset;
    for (char c : parameter->value)
      if (c != '"' && c != '\\') charset += to_lower(c);
    return charset;
  }
  return {};
}

std::optional<MediaType> parse_media_type(std::string_view text) {
  MediaType media_type;
  media_type.type = take_token(text);
  if (media_type.type.empty() || !text.starts_with('/')) return std::nullopt;
  text.remove_prefix(1);
  media_type.subtype = take_token(text);
  if (media_type.subtype.empty()) return std::nullopt;
  media_type.parameters = text;
  while (!text.empty())
    if (!take_parameter(text)) return std::nullopt;
  return media_type;
}

}  // namespace signalbox::event
