#pragma once
#include <span>
#include <string>

#include "config/load.hpp"
#include "config/settings.hpp"

namespace signalbox::config {

/// A configuration read whole, as the daemon does before it compiles it.
struct Configuration {
  Settings settings;
  Diagnostics diagnostics;
};

inline Configuration read_configuration(const std::string& path, std::span<const std::string> overrides) {
  Configuration configuration;
  const Tree tree = load(path, overrides, configuration.diagnostics);
  if (tree.whole) configuration.settings = read_settings(tree.root, configuration.diagnostics);
  return configuration;
}

}  // namespace signalbox::config
