#include "pipeline/wildcard.hpp"

#include <string.h>  // memmem: linear, unlike std::search

#include <cstdint>
#include <cstring>

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

void append_number(std::string& out, std::size_t number) {
  const auto value = static_cast<std::uint32_t>(number);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::uint32_t take_number(const char*& at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  at += sizeof value;
  return value;
}

std::string_view take_piece(const char*& at) {
  const auto size = take_number(at);
  const std::string_view piece(at, size);
  at += size;
  return piece;
}

std::string pack(const std::vector<std::string>& pieces) {
  std::string out;
  const auto add = [&out](const std::string& piece) {
    append_number(out, piece.size());
    out += piece;
  };
  append_number(out, pieces.size());
  add(pieces.front());
  if (pieces.size() > 1) add(pieces.back());
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) add(pieces[i]);
  return out;
}

}  // namespace

Result<Wildcard> Wildcard::parse(std::string_view text) {
  std::vector<std::string> pieces;
  std::string piece;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      if (i > 0 && text[i - 1] == '*' && piece.empty() && !pieces.empty())
        return refuse("two \"*\" in a row", i);
      pieces.push_back(std::move(piece));
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
  pieces.push_back(std::move(piece));
  Wildcard wildcard;
  wildcard.packed_ = pack(pieces);
  return wildcard;
}

bool Wildcard::matches(const char* packed, std::string_view value) {
  const auto count = take_number(packed);
  const auto first = take_piece(packed);
  if (count == 1) return value == first;
  const auto last = take_piece(packed);
  if (value.size() < first.size() + last.size() || !value.starts_with(first) || !value.ends_with(last))
    return false;
  value.remove_prefix(first.size());
  value.remove_suffix(last.size());
  for (auto middle = count - 2; middle > 0; --middle) {
    const auto rest = after(value, take_piece(packed));
    if (!rest.data()) return false;
    value = rest;
  }
  return true;
}

std::vector<std::string> Wildcard::pieces(const char* packed) {
  const auto count = take_number(packed);
  std::vector<std::string> pieces(1, std::string(take_piece(packed)));
  if (count == 1) return pieces;
  const auto last = take_piece(packed);
  for (auto middle = count - 2; middle > 0; --middle) pieces.emplace_back(take_piece(packed));
  pieces.emplace_back(last);
  return pieces;
}

}  // namespace signalbox::pipeline
