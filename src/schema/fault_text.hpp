#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "schema/program.hpp"

namespace signalbox::schema {

/// "/properties/a": the way to a location from the beginning of its document.
std::string to_pointer(const std::vector<Location>& locations, std::uint32_t id);

/// "must be a string or null"; "is not allowed" for no types.
std::string describe_types(std::uint8_t types);

}  // namespace signalbox::schema
