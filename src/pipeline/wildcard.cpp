#include "pipeline/wildcard.hpp"

#include <string.h>  // memmem: linear, unlike std::search

namespace signalbox::pipeline {
namespace {

Error refuse(const char* what, std::size_t at) {
  return Error(Errc::invalid_argument, std::string(what) + " at character " + std::to_string(at));
}

/// What follows the first `piece` in `value`; a null view when there is none.
std::string_view after(std::string_view value, std::string_view piece) {
  if (value.size() < piece.size()) return {};
  const void* found = memmem(value.data(), value.size(), piece.data(), piece.size());
  if (!found) return {};
  return value.substr(static_cast<std::size_t>(static_cast<const char*>(found) - value.data()) +
                      piece.size());
}

}  // namespace

Result<Wildcard> Wildcard::parse(std::string_view text) {
  Wildcard wildcard;
  std::string piece;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      if (i > 0 && text[i - 1] == '*' && piece.empty() && !wildcard.pieces_.empty())
        return refuse("two \"*\" in a row", i);
      wildcard.pieces_.push_back(std::move(piece));
      piece.clear();
      continue;
    }
    if (text[i] == '\\') {
      if (i + 1 == text.size() || (text[i + 1] != '*' && text[i + 1] != '\\'))
        return refuse("\"\\\" may only stand before \"*\" or \"\\\"", i);
      ++i;
    }
    piece += text[i];
  }
  wildcard.pieces_.push_back(std::move(piece));
  return wildcard;
}

bool Wildcard::matches(std::string_view value) const {
  const std::string& first = pieces_.front();
  const std::string& last = pieces_.back();
  if (pieces_.size() == 1) return value == first;
  if (value.size() < first.size() + last.size() || !value.starts_with(first) || !value.ends_with(last))
    return false;
  value.remove_prefix(first.size());
  value.remove_suffix(last.size());
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const auto rest = after(value, pieces_[i]);
    if (!rest.data()) return false;
    value = rest;
  }
  return true;
}

}  // namespace signalbox::pipeline
