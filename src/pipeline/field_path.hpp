#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::pipeline {

// The path of a field is its member names from the top, joined by '.'.  So that a name may itself contain
// a '.', that one is written as the two bytes "\x01.", and a byte 0x01 of a name as "\x01\x01".

/// One name, dots included, as it stands in a path.
std::string to_path_name(std::string_view name);
/// A name whose dots separate names ("a.b": two names), as it stands in a path.
std::string to_path_names(std::string_view dotted);

/// The names of a path, from the top; at least one.
std::vector<std::string> field_path_names(std::string_view path);
/// How many names a path has.
std::size_t count_path_names(std::string_view path);

/// The order of two paths: that of their names joined by '.', in UTF-16 units.  Negative, 0 or positive.
int compare_paths(std::string_view a, std::string_view b);

/// For people: `a.b`, and `a.['x.y']` when a name contains a dot.
std::string to_readable_path(std::string_view path);

}  // namespace signalbox::pipeline
