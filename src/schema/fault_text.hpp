#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/keywords.hpp"
#include "schema/program.hpp"

namespace signalbox::schema {

/// "/properties/a": the way to a location from the beginning of its document.
std::string to_pointer(const std::vector<Location>& locations, std::uint32_t id);

/// "must be a string or null"; "is not allowed" for no types.
std::string describe_types(std::uint8_t types);

/// "1 member", "5 members".
std::string count_members(std::uint32_t count);
/// A member's name for a person, in quotes.
std::string quote_name(std::string_view name);
/// The keyword as it is written: `dependentRequired`, `dependentSchemas`, `dependencies`.
std::string_view dependency_keyword(Keyword keyword);

}  // namespace signalbox::schema
