#include "pipeline/regex.hpp"

#include <re2/re2.h>

#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::string_view kSpecial = "\\^$.|?*+()[]{}";

bool is_quantifier(std::string_view rest) {
  return !rest.empty() && std::string_view("?*{").find(rest[0]) != std::string_view::npos;
}

/// Whether a `|` outside all parentheses makes the expression a choice.  Takes one inside a class for such a
/// one: the answer is never a wrong no.
bool may_be_choice(std::string_view text) {
  std::size_t open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '[')
      return text.find('|') != std::string_view::npos;
    else if (text[i] == '(')
      ++open;
    else if (text[i] == ')' && open > 0)
      --open;
    else if (text[i] == '|' && open == 0)
      return true;
  }
  return false;
}

}  // namespace

Regex::Regex(std::unique_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}
Regex::~Regex() = default;

Result<std::shared_ptr<const Regex>> Regex::parse(std::string_view text) {
  if (text.size() > kRegexBytesMax)
    return Error(Errc::too_large,
                 "a regular expression has at most " + std::to_string(kRegexBytesMax) + " bytes");
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(static_cast<std::int64_t>(kRegexMemoryBytesMax));
  auto compiled = std::make_unique<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!compiled->ok()) return Error(Errc::invalid_argument, "not a regular expression: " + compiled->error());
  return std::make_shared<const Regex>(std::move(compiled));
}

bool Regex::matches(std::string_view text) const {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

std::string Regex::literal_prefix() const {
  std::string_view rest = compiled_->pattern();
  if (may_be_choice(rest) || rest.find("\\Q") != std::string_view::npos) return {};
  std::string out;
  if (rest.starts_with('^')) rest.remove_prefix(1);
  while (!rest.empty()) {
    const bool escaped =
        rest[0] == '\\' && rest.size() > 1 && kSpecial.find(rest[1]) != std::string_view::npos;
    if (escaped) rest.remove_prefix(1);
    if (!escaped && kSpecial.find(rest[0]) != std::string_view::npos) break;
    const auto character = rest.substr(0, first_character(rest).size);
    rest.remove_prefix(character.size());
    if (is_quantifier(rest)) break;
    out += character;
  }
  return out;
}

}  // namespace signalbox::pipeline
