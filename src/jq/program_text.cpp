#include "jq/program_text.hpp"

#include <algorithm>
#include <array>

#include "jq/protocol.hpp"

namespace signalbox::jq {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// What is left after white space and comments.
std::string_view skip_space(std::string_view text) {
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    if (text.empty() || text.front() != '#') return text;
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
}

bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
}

std::string_view first_word(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_of_word);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

void replace(std::string& text, std::string_view what, std::string_view with) {
  if (const auto at = text.find(what); at != std::string::npos) text.replace(at, what.size(), with);
}

}  // namespace

std::optional<std::string> refused_program(std::string_view text) {
  if (text.size() > kProgramBytesMax)
    return "longer than " + std::to_string(kProgramBytesMax / 1024) + " KiB";
  if (text.find('\0') != std::string_view::npos) return "has a NUL character";
  // jq's grammar has them at the beginning only, and `import` and `include` after nothing but `module`.
  const auto word = first_word(skip_space(text));
  for (const std::string_view refused : std::array{"module", "import", "include"})
    if (word == refused) return "modules are not available: " + std::string(refused);
  return std::nullopt;
}

std::string compile_error_text(std::string_view message) {
  constexpr std::string_view kName = "jq: error: ", kCount = "jq: ";
  if (message.starts_with(kName))
    message.remove_prefix(kName.size());
  else if (message.starts_with(kCount))
    return {};
  std::string text(message.substr(0, message.find('\n')));
  if (text.ends_with(':')) text.pop_back();
  replace(text, " (Unix shell quoting issues?)", "");
  replace(text, " at <top-level>, line ", " in line ");
  return text;
}

std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace signalbox::jq
