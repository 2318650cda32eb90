// Formats that are small languages: UUIDs, JSON Pointers, regular expressions.
#include <re2/re2.h>

#include <algorithm>

#include "event/characters.hpp"
#include "schema/format_checks.hpp"
#include "schema/regex_translation.hpp"

namespace signalbox::schema {

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : event::hex_value(text[i]) < 0) return false;
  }
  return true;
}

bool is_json_pointer(std::string_view text) {
  if (text.empty()) return true;
  if (text[0] != '/') return false;
  for (auto at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1))
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  return true;
}

bool is_relative_json_pointer(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || (text[0] == '0' && digits > 1)) return false;
  text.remove_prefix(digits);
  return text == "#" || is_json_pointer(text);
}

bool is_regex(std::string_view text) {
  constexpr std::size_t kBytesMax = 4096;
  if (text.size() > kBytesMax) return false;
  const auto translated = to_re2(text);
  if (!translated) return translated.error().code == Errc::unsupported;
  return re2::RE2(*translated, re2::RE2::Quiet).ok();
}

}  // namespace signalbox::schema
