#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace signalbox::base {

/// The path of a mapping's member, as faults show it: ("tenants", "acme") is `tenants.acme`.  A key that is
/// no plain name stands in quotes, with what does not print escaped.
std::string child_path(std::string_view parent, std::string_view key);
/// The path of a list's item: ("to", 0) is `to[0]`.
std::string child_path(std::string_view parent, std::size_t index);

/// `text` in double quotes, printable, cut after `longest` bytes (at a character): "lots", "a\nb", "long…".
std::string in_quotes(std::string_view text, std::size_t longest = 60);

}  // namespace signalbox::base
