#include "pipeline/ignore_case_text.hpp"

#include <algorithm>

#include "pipeline/case_mapping.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::vector<std::string> forms(std::string_view character, std::uint32_t code_point,
                               IgnoreCaseText::Reading reading) {
  std::vector<std::string> out{to_lower(code_point)};
  const auto add = [&out](std::string form) {
    if (std::find(out.begin(), out.end(), form) == out.end()) out.push_back(std::move(form));
  };
  add(to_upper(code_point));
  if (reading == IgnoreCaseText::Reading::signalbox) add(std::string(character));
  return out;
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string to_ascii_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return ascii_lower(c); });
  return lower;
}

bool equals_ascii_lower(std::string_view value, std::string_view lower) {
  return std::equal(lower.begin(), lower.end(), value.begin(), value.end(),
                    [](char l, char v) { return l == ascii_lower(v); });
}

IgnoreCaseText::IgnoreCaseText(std::string_view text, Reading reading) {
  if (is_ascii(text)) {
    ascii_ = to_ascii_lower(text);
    return;
  }
  while (!text.empty()) {
    const auto [code_point, size] = first_character(text);
    choices_.push_back(forms(text.substr(0, size), code_point, reading));
    text.remove_prefix(size);
  }
}

std::size_t IgnoreCaseText::match_front(std::string_view value) const {
  if (choices_.empty())
    return equals_ascii_lower(value.substr(0, ascii_.size()), ascii_) ? ascii_.size() : kNoMatch;
  std::size_t at = 0;
  for (const auto& choice : choices_) {
    const auto rest = value.substr(at);
    const auto fit = [rest](const std::string& form) { return rest.starts_with(form); };
    const auto found = std::find_if(choice.begin(), choice.end(), fit);  // no form begins another
    if (found == choice.end()) return kNoMatch;
    at += found->size();
  }
  return at;
}

bool IgnoreCaseText::is_suffix_of(std::string_view value) const {
  if (choices_.empty())
    return value.size() >= ascii_.size() &&
           equals_ascii_lower(value.substr(value.size() - ascii_.size()), ascii_);
  for (auto choice = choices_.rbegin(); choice != choices_.rend(); ++choice) {
    const auto fit = [value](const std::string& form) { return value.ends_with(form); };
    const auto found = std::find_if(choice->begin(), choice->end(), fit);  // no form ends another
    if (found == choice->end()) return false;
    value.remove_suffix(found->size());
  }
  return true;
}

}  // namespace signalbox::pipeline
