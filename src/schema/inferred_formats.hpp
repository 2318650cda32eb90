#pragma once
#include <cstdint>
#include <string_view>

namespace signalbox::schema {

/// A format that strings are recognised by: its place among those that are inferred, from 1; 0 is none.
///
/// No text has two of them, so that what strings have in common does not depend on their order.  That is why
/// formats that most words have (hostname, uri-reference, regex) are none of them.
using InferredFormat = std::uint8_t;

/// That of a text; 0 for a long one.
InferredFormat format_of(std::string_view text);

/// Whether a text has this one, which is not 0.
bool has_format(std::string_view text, InferredFormat format);

/// As the keyword `format` has it.  `format` is not 0.
std::string_view name_of_format(InferredFormat format);

/// 0 for a name that is none of them.
InferredFormat format_named(std::string_view name);

/// Whether a member's name looks like data: a number, or a text with a format.
bool is_data_name(std::string_view name);

}  // namespace signalbox::schema
