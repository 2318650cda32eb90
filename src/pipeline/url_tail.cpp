#include "pipeline/url_tail.hpp"

#include <algorithm>
#include <optional>

#include "base/percent.hpp"
#include "event/characters.hpp"

namespace signalbox::pipeline {
namespace {

Error wrong(std::string message) { return Error(Errc::invalid_argument, std::move(message)); }

bool is_path_character(char c) {
  constexpr std::string_view kMarks = "/-._~!$&'()*+,;=:@";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

Status check_literal(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_path_character(text[i])) continue;
    if (text[i] == '?' || text[i] == '#')
      return wrong("a path ends before \"?\" and \"#\": parameters go under query");
    const bool encoded = text[i] == '%' && i + 2 < text.size() && event::hex_value(text[i + 1]) >= 0 && event::hex_value(text[i + 2]) >= 0;
    if (!encoded) return wrong("has a character that no path has: write it as %HH");
    i += 2;
  }
  return ok();
}

/// Whether a segment of the path is "." or "..", as a server may read it.
bool leads_elsewhere(std::string_view path) {
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto segment = base::percent_decode(path.substr(at, end - at));
    if (segment && (*segment == "." || *segment == "..")) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

Result<PathTemplate> PathTemplate::parse(std::string_view text, TemplateVariables& variables) {
  if (text.size() > kBytesMax) return Error(Errc::too_large, "the path is longer than 4 KiB");
  if (!text.starts_with('/')) return wrong("a path begins with \"/\"");
  PathTemplate path;
  std::string as_written;  // a character for each placeholder
  while (!text.empty()) {
    Piece piece;
    const auto open = std::min(text.find('<'), text.size());
    piece.literal = text.substr(0, open);
    if (auto status = check_literal(piece.literal); !status) return status.error();
    as_written += piece.literal;
    text.remove_prefix(open);
    if (!text.empty()) {
      const auto close = text.find('>');
      if (close == std::string_view::npos) return wrong("a \"<\" has no \">\"");
      piece.name = text.substr(1, close - 1);
      auto slot = variables.slot(piece.name);
      if (!slot) return slot.error();
      piece.slot = *slot;
      text.remove_prefix(close + 1);
      as_written += 'x';
    }
    path.pieces_.push_back(std::move(piece));
  }
  if (leads_elsewhere(as_written)) return wrong("a segment of a path cannot be \".\" or \"..\"");
  return path;
}

Result<std::string> PathTemplate::render(const TemplateValues& values) const {
  std::string path;
  for (const auto& piece : pieces_) {
    path += piece.literal;
    if (piece.name.empty()) continue;
    const auto& value = values[piece.slot];
    std::string text;
    if (value.is_container() || !append_as_text(text, value))
      return wrong("path: the value of <" + piece.name + "> is no text or number");
    if (text.empty()) return wrong("path: the event has no value for <" + piece.name + ">");
    path += base::percent_encode_path_segment(text);
    if (path.size() > kBytesMax) return Error(Errc::too_large, "path: becomes longer than 4 KiB");
  }
  if (leads_elsewhere(path)) return wrong("path: a segment becomes \".\" or \"..\"");
  return path;
}

Status QueryTemplate::add(std::string_view name, std::string_view text, TemplateVariables& variables) {
  if (parameters_.size() == kParametersMax) return Error(Errc::too_large, "more than 50 parameters");
  if (name.empty()) return wrong("a parameter has a name");
  auto value = Template::parse(text, Template::Format::text, variables);
  if (!value) return value.error();
  parameters_.emplace_back(base::percent_encode_path_segment(name), std::move(*value));
  return ok();
}

Result<std::string> QueryTemplate::render(const TemplateValues& values) const {
  std::string query;
  for (const auto& [name, value] : parameters_) {
    auto text = value.render(values);
    if (!text) return text.error();
    if (text->empty()) continue;
    if (text->size() > kBytesMax) return Error(Errc::too_large, "query: becomes longer than 8 KiB");
    if (!query.empty()) query += '&';
    ((query += name) += '=') += base::percent_encode_path_segment(*text);
  }
  if (query.size() > kBytesMax) return Error(Errc::too_large, "query: becomes longer than 8 KiB");
  return query;
}

}  // namespace signalbox::pipeline
