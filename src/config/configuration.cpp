#include "config/configuration.hpp"

#include <utility>

#include "config/load.hpp"

namespace signalbox::config {

Configuration read_configuration(const std::string& path, std::span<const std::string> overrides) {
  Configuration configuration;
  Tree tree = load(path, overrides, configuration.diagnostics);
  if (tree.whole) configuration.settings = read_settings(tree.root, configuration.diagnostics);
  configuration.sources = std::move(tree.sources);
  return configuration;
}

}  // namespace signalbox::config
