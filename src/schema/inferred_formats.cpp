#include "schema/inferred_formats.hpp"

#include <algorithm>
#include <array>

#include "event/characters.hpp"
#include "schema/format.hpp"

namespace signalbox::schema {
namespace {

constexpr std::size_t kTextBytesMax = 2048;

constexpr std::array<std::string_view, 9> kNames{"date-time", "date", "time", "duration", "email",
                                                 "ipv4",      "ipv6", "uri",  "uuid"};

/// More is asked of a URI than the format does: "key:value" and the IPv6 address "fe80::1" are URIs, too.
bool looks_like_uri(std::string_view text) {
  return text.find("://") != std::string_view::npos || text.starts_with("urn:") ||
         text.starts_with("mailto:");
}

}  // namespace

bool has_format(std::string_view text, InferredFormat format) {
  if (text.size() > kTextBytesMax) return false;
  const auto name = name_of_format(format);
  const auto* known = find_format(name);
  return known && known->fits(text) && (name != "uri" || looks_like_uri(text));
}

InferredFormat format_of(std::string_view text) {
  for (InferredFormat format = 1; format <= kNames.size(); ++format)
    if (has_format(text, format)) return format;
  return 0;
}

std::string_view name_of_format(InferredFormat format) { return kNames[format - 1u]; }

InferredFormat format_named(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  return found == kNames.end() ? InferredFormat{0} : static_cast<InferredFormat>(found - kNames.begin() + 1);
}

bool is_data_name(std::string_view name) {
  return !name.empty() && (std::all_of(name.begin(), name.end(), event::is_digit) || format_of(name) != 0);
}

}  // namespace signalbox::schema
