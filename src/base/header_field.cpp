#include "base/header_field.hpp"

#include <algorithm>

namespace signalbox::base {
namespace {
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

const HeaderField* find_header(std::span<const HeaderField> headers, std::string_view name) {
  auto found = std::find_if(headers.begin(), headers.end(),
                            [&](const HeaderField& field) { return equals_ignoring_case(field.name, name); });
  return found == headers.end() ? nullptr : &*found;
}

}  // namespace signalbox::base
