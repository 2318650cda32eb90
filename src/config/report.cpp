#include "config/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>

#include "base/yaml_scalar.hpp"

namespace signalbox::config {
namespace {

constexpr std::size_t kMostShown = 100;
constexpr std::size_t kWidestLine = 160;  // characters of a source line

std::string_view file_of(const Fault& fault) {
  return fault.place.file ? std::string_view(*fault.place.file) : std::string_view();
}

/// By file in the order of appearance, then by place; the daemon's own order decides between equals.
std::vector<const Fault*> sorted(const std::vector<Fault>& faults) {
  std::map<std::string_view, std::size_t> ranks;
  std::vector<const Fault*> ordered;
  for (const auto& fault : faults) {
    ranks.try_emplace(file_of(fault), ranks.size());
    ordered.push_back(&fault);
  }
  std::stable_sort(ordered.begin(), ordered.end(), [&](const Fault* a, const Fault* b) {
    return std::tuple(ranks[file_of(*a)], a->place.line, a->place.column) <
           std::tuple(ranks[file_of(*b)], b->place.line, b->place.column);
  });
  return ordered;
}

/// The first `count` characters.
std::string_view characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size()) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && count-- == 0) break;
    ++at;
  }
  return text.substr(0, at);
}

/// How many characters the marker spans: the word or the quoted text that begins there.
std::size_t span_of(std::string_view rest) {
  if (rest.empty()) return 1;
  std::size_t end;
  if (rest[0] == '"' || rest[0] == '\'') {
    end = rest.find(rest[0], 1);
    end = end == std::string_view::npos ? rest.size() : end + 1;
  } else if (rest[0] == '{' || rest[0] == '[') {
    end = 1;
  } else {
    end = rest.find_first_of(",]}#");
    const std::size_t colon = std::min(rest.find(": "), rest.ends_with(':') ? rest.size() - 1 : rest.size());
    end = std::min({end, colon, rest.size()});
    while (end > 1 && (rest[end - 1] == ' ' || rest[end - 1] == '\t')) --end;
  }
  return std::max<std::size_t>(1, count_characters(rest.substr(0, end)));
}

/// The source line and the marker beneath it.
void append_source(const Fault& fault, const Sources& sources, Colour colour, std::string& out) {
  const auto source = sources.find(file_of(fault));
  if (source == sources.end() || fault.place.line == 0) return;
  const std::string_view line = line_of(source->second, fault.place.line);
  const std::size_t before = fault.place.column > 0 ? fault.place.column - 1 : 0;
  if (line.empty() || before >= kWidestLine) return;
  const std::string_view shown = characters(line, kWidestLine);
  const std::string_view lead = characters(shown, before);
  std::string marker;
  for (char c : lead) {
    if (c == '\t')
      marker += '\t';  // so that the marker stays beneath whatever a tab's width is
    else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)
      marker += ' ';
  }
  const std::size_t span = std::min(span_of(shown.substr(lead.size())), kWidestLine - before);
  std::string underline = "^" + std::string(span - 1, '~');
  if (colour == Colour::on) underline = "\x1b[32m" + underline + "\x1b[0m";
  fmt::format_to(std::back_inserter(out), "{}\n{}{}\n", shown, marker, underline);
}

std::string heading(const Fault& fault, Colour colour) {
  const bool colours = colour == Colour::on;
  std::string where = fault.place.to_string();
  if (!where.empty()) where += ": ";
  if (!fault.path.empty()) where += fault.path + ": ";
  std::string out = colours ? "\x1b[1m" + where + "\x1b[0m" : where;
  if (fault.warning) out += colours ? "\x1b[33mwarning:\x1b[0m " : "warning: ";
  return out + fault.message + '\n';
}

}  // namespace

std::string report(const std::vector<Fault>& faults, const Sources& sources, Colour colour) {
  std::string out;
  const auto ordered = sorted(faults);
  for (std::size_t i = 0; i < std::min(ordered.size(), kMostShown); ++i) {
    out += heading(*ordered[i], colour);
    append_source(*ordered[i], sources, colour, out);
    if (!ordered[i]->hint.empty()) out += "  hint: " + ordered[i]->hint + '\n';
  }
  if (ordered.size() > kMostShown) out += fmt::format("and {} more\n", ordered.size() - kMostShown);
  return out;
}

std::string to_json(const std::vector<Fault>& faults) {
  std::string out = "[";
  for (const Fault* each : sorted(faults)) {
    const Fault& fault = *each;
    if (out.size() > 1) out += ',';
    fmt::format_to(std::back_inserter(out),
                   R"({{"file":{},"line":{},"column":{},"path":{},"message":{},"hint":{}{}}})",
                   base::json_string(file_of(fault)), fault.place.line, fault.place.column,
                   base::json_string(fault.path), base::json_string(fault.message),
                   base::json_string(fault.hint), fault.warning ? R"(,"warning":true)" : "");
  }
  return out + "]";
}

}  // namespace signalbox::config
