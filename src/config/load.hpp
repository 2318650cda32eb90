#pragma once
#include <span>
#include <string>

#include "config/source_text.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

inline constexpr std::size_t kMostFiles = 10'000;
inline constexpr unsigned kDeepestInclude = 4;  ///< files that include files

/// A configuration's tree, all files and overrides in it.
struct Tree {
  ConfigNode root;
  bool whole = true;  ///< false: part of it could not be read, and reading settings would only invent faults
  Sources sources;
};

/// Reads `path` and what it includes, then puts each of `overrides` ("a.b=value") over it, in order.  Blocks
/// on the disk.
///
/// `include: [rules.d/*.yaml]` at the top of a file names others, beside it, in the order of their names.  A
/// pattern that matches nothing is fine, a file that is not there is a fault.  A file is read once.
Tree load(const std::string& path, std::span<const std::string> overrides, Diagnostics& out);

}  // namespace signalbox::config
