#include "event/characters.hpp"

#include <simdjson.h>

#include <algorithm>

#include "base/words.hpp"

namespace signalbox::event {
namespace {

constexpr std::size_t kShownMax = 64;
constexpr std::uint32_t kInvalid = 0xFFFFFFFF;

struct CodePoint {
  std::uint32_t value;
  std::size_t size;
};

std::uint32_t byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

/// The code point at `at`; its value is kInvalid when there is no valid UTF-8 sequence.
CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto lead = byte_at(text, at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < size) return {kInvalid, 1};
  std::uint32_t value = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = byte_at(text, at + i);
    if ((next & 0xC0) != 0x80) return {kInvalid, 1};
    value = value << 6 | (next & 0x3F);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {kInvalid, 1};
  return {value, size};
}

/// Whether the text is 0x20 to 0x7E throughout, as nearly all are.
bool all_printable(std::string_view text) {
  constexpr auto kWord = sizeof(std::uint64_t);
  const auto size = text.size();
  if (size < kWord) return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
  for (std::size_t at = 0; at + kWord <= size; at += kWord)
    if (!base::all_printable(base::load_word<std::uint64_t>(text.data() + at))) return false;
  return base::all_printable(base::load_word<std::uint64_t>(text.data() + size - kWord));
}

}  // namespace

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = code_point_at(text, at);
    if (point.value == kInvalid) return at;
    at += point.size;
  }
  return std::nullopt;
}

std::optional<BadCharacter> find_forbidden_character(std::string_view text) {
  if (all_printable(text)) return std::nullopt;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = code_point_at(text, at);
    if (point.value == kInvalid) return BadCharacter{at, "not valid UTF-8"};
    if (point.value < 0x20 || (point.value >= 0x7F && point.value <= 0x9F))
      return BadCharacter{at, "a control character"};
    if ((point.value & 0xFFFE) == 0xFFFE || (point.value >= 0xFDD0 && point.value <= 0xFDEF))
      return BadCharacter{at, "a Unicode noncharacter"};
    at += point.size;
  }
  return std::nullopt;
}

void append_code_point(std::string& out, std::uint32_t code_point) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      put(0xE0 | code_point >> 12);
    } else {
      put(0xF0 | code_point >> 18);
      put(0x80 | (code_point >> 12 & 0x3F));
    }
    put(0x80 | (code_point >> 6 & 0x3F));
  }
  put(0x80 | (code_point & 0x3F));
}

std::string shown(std::string_view text) {
  std::string out(text.substr(0, kShownMax));
  for (char& c : out)
    if (c < 0x20 || c > 0x7E) c = '?';
  if (text.size() > kShownMax) out += "...";
  return out;
}

}  // namespace signalbox::event
