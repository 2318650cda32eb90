#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::base {

/// What a plain (unquoted) scalar means by YAML 1.2's core schema.
enum class ScalarType : std::uint8_t { null, boolean, integer, real, text };

ScalarType scalar_type(std::string_view plain);

/// A plain scalar as JSON; `.inf`, `.nan` and integers in hexadecimal or octal beyond 64 bits become strings.
std::string scalar_to_json(std::string_view plain);

/// A JSON string: quotes, backslashes and control characters escaped; the rest as it is.
std::string json_string(std::string_view text);

}  // namespace signalbox::base
