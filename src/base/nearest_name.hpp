#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace signalbox::base {

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`, counted up to `limit` + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The name a person most likely meant: the nearest of `known` that is at most a third of `name`'s length
/// (and at least one edit) away; "" when there is none.  Case and the difference between `-` and `_` do not
/// count.  The first of equals wins.  The view is one of `known`.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace signalbox::base
