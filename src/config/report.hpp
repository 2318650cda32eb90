#pragma once
#include <string>
#include <vector>

#include "config/source_text.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::config {

enum class Colour {
  off,
  on,  ///< ANSI escapes, for a terminal
};

/// Faults as people and editors read them:
///
///     signalbox.yaml:6:22: tenants.acme.channels.orders.retain: expected a duration such as 30s, got "lots"
///           retain: lots
///                   ^~~~
///       hint: ...
///
/// In the order of file and line; of more than a hundred the rest is counted.  `sources` are the texts read,
/// for the lines shown.
std::string report(const std::vector<Fault>& faults, const Sources& sources, Colour colour = Colour::off);

/// The same as JSON: an array of {"file","line","column","path","message","hint"}, and "warning":true for
/// those.
std::string to_json(const std::vector<Fault>& faults);

}  // namespace signalbox::config
