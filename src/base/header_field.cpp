#include "base/header_field.hpp"

#include <algorithm>

#include "base/words.hpp"

namespace signalbox::base {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool words_equal_ignoring_case(const char* a, const char* b) {
  return in_lower_case(load_word<std::uint64_t>(a)) == in_lower_case(load_word<std::uint64_t>(b));
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  constexpr auto kWord = sizeof(std::uint64_t);
  const auto size = a.size();
  if (size != b.size()) return false;
  if (size < kWord)
    return std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
  for (std::size_t at = 0; at + kWord <= size; at += kWord)
    if (!words_equal_ignoring_case(a.data() + at, b.data() + at)) return false;
  return words_equal_ignoring_case(a.data() + size - kWord, b.data() + size - kWord);
}

const HeaderField* find_header(std::span<const HeaderField> headers, std::string_view name) {
  auto found = std::find_if(headers.begin(), headers.end(),
                            [&](const HeaderField& field) { return equals_ignoring_case(field.name, name); });
  return found == headers.end() ? nullptr : &*found;
}

}  // namespace signalbox::base
