#include "pipeline/cesql_like.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "event/characters.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kSearchCost = 8;  // of beginning a search, in steps

using event::continues_character;

bool has_ones(std::string_view segment) { return segment.find(kLikeOne) != std::string_view::npos; }

bool take_character(std::string_view& text) {
  if (text.empty()) return false;
  text.remove_prefix(std::min(utf8_length(text.front()), text.size()));
  return true;
}

/// How many bytes of the beginning of `text` the segment matches.
std::optional<std::size_t> match_front(std::string_view segment, std::string_view text, CesqlBudget& budget) {
  auto rest = text;
  for (const char c : segment) {
    budget.spend(1);
    if (c == kLikeOne) {
      if (!take_character(rest)) return std::nullopt;
    } else {
      if (rest.empty() || rest.front() != c) return std::nullopt;
      rest.remove_prefix(1);
    }
  }
  return text.size() - rest.size();
}

bool take_front(std::string_view segment, std::string_view& text, CesqlBudget& budget) {
  if (!has_ones(segment)) {
    if (!text.starts_with(segment)) return false;
    text.remove_prefix(segment.size());
    return true;
  }
  const auto size = match_front(segment, text, budget);
  if (size) text.remove_prefix(*size);
  return size.has_value();
}

bool take_back(std::string_view segment, std::string_view& text, CesqlBudget& budget) {
  if (!has_ones(segment)) {
    if (!text.ends_with(segment)) return false;
    text.remove_suffix(segment.size());
    return true;
  }
  auto at = text.size();
  for (const char c : segment) {
    if (continues_character(c)) continue;
    if (at == 0) return false;
    do --at;
    while (at > 0 && continues_character(text[at]));
  }
  const auto size = match_front(segment, text.substr(at), budget);
  if (!size || at + *size != text.size()) return false;
  text.remove_suffix(*size);
  return true;
}

bool take_past_bytes(std::string_view bytes, std::string_view& text) {
  const void* const found = ::memmem(text.data(), text.size(), bytes.data(), bytes.size());
  if (!found) return false;
  const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
  text.remove_prefix(at + bytes.size());
  return true;
}

/// Drops all up to the first place where the segment matches, and that.
bool take_past(std::string_view segment, std::string_view& text, CesqlBudget& budget) {
  while (segment.starts_with(kLikeOne)) {
    if (!take_character(text)) return false;
    segment.remove_prefix(1);
  }
  if (segment.empty()) return true;
  if (!has_ones(segment)) return take_past_bytes(segment, text);
  const auto head = segment.substr(0, segment.find(kLikeOne));
  for (auto rest = text; !budget.empty();) {
    if (!take_past_bytes(head, rest)) return false;
    const auto begin = text.size() - rest.size() - head.size();
    if (const auto size = match_front(segment, text.substr(begin), budget)) {
      text.remove_prefix(begin + *size);
      return true;
    }
    rest = text.substr(begin + 1);
    budget.spend(kSearchCost);
  }
  return false;
}

}  // namespace

std::string to_like_pattern(std::string_view like) {
  std::string out;
  for (std::size_t i = 0; i < like.size(); ++i) {
    if (like[i] == '\\' && i + 1 < like.size() && (like[i + 1] == '%' || like[i + 1] == '_')) {
      out += like[++i];
    } else if (like[i] == '%') {
      if (!out.ends_with(kLikeAny)) out += kLikeAny;
    } else {
      out += like[i] == '_' ? kLikeOne : like[i];
    }
  }
  return out;
}

bool like_matches(std::string_view pattern, std::string_view text, CesqlBudget& budget) {
  const auto first = pattern.find(kLikeAny);
  if (!take_front(pattern.substr(0, first), text, budget)) return false;
  if (first == std::string_view::npos) return text.empty();
  const auto last = pattern.rfind(kLikeAny);
  if (!take_back(pattern.substr(last + 1), text, budget)) return false;
  auto between = pattern.substr(first + 1, last - first);  // each segment with the kLikeAny behind it
  while (!between.empty()) {
    const auto segment = between.substr(0, between.find(kLikeAny));
    if (!take_past(segment, text, budget)) return false;
    between.remove_prefix(segment.size() + 1);
  }
  return true;
}

}  // namespace signalbox::pipeline
