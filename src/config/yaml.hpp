#pragma once
#include <cstddef>
#include <optional>

#include "config/source_text.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

inline constexpr unsigned kDeepest = 64;          ///< mappings and lists within each other
inline constexpr std::size_t kLongestKey = 1024;  ///< bytes

/// What all the files of one configuration may grow to together.
struct TreeBudget {
  std::size_t nodes = 2'000'000;
  std::size_t path_bytes = 256 << 20;
};

/// Reads one YAML document.  The strict part of YAML that a configuration needs: anchors, aliases, tags
/// beyond the core schema's, keys that are no text or are given twice, a second document, nesting beyond
/// kDeepest are faults.
///
/// nullopt when the tree would not be what was written; a key given twice is a fault and keeps its first
/// value. An empty text is a null node.
std::optional<ConfigNode> parse_yaml(const SourceText& source, TreeBudget& budget, Diagnostics& out);

}  // namespace signalbox::config
