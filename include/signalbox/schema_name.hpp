#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

#include "signalbox/schema_store.hpp"

namespace signalbox {

inline constexpr std::size_t kSchemaTextMost = 512 << 10;  ///< bytes of one version

inline constexpr std::string_view kSchemaNameRule = "a schema's name has 1 to 255 bytes and no control characters";
/// Whether `name`, a text in UTF-8, may name a schema of a tenant.
inline bool is_schema_name(std::string_view name) {
  return !name.empty() && name.size() <= kSchemaNameMost &&
         std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace signalbox
