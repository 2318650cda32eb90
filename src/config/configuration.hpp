#pragma once
#include <span>
#include <string>

#include "config/settings.hpp"
#include "config/source_text.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// A configuration, read: fit for use when `diagnostics` are clean.
struct Configuration {
  Settings settings;
  Diagnostics diagnostics;
  Sources sources;  ///< for report()
};

/// Reads a file with all it includes and `overrides` ("a.b=value") over it.  Blocks on the disk.
Configuration read_configuration(const std::string& path, std::span<const std::string> overrides);

}  // namespace signalbox::config
