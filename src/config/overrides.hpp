#pragma once
#include <string>
#include <string_view>

#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// Puts `a.b.c=value` over a tree, as `--set` does; the value is YAML.  What is not there yet is made.  A
/// name that holds dots is found as it stands, or is given in quotes: `tenants."acme.eu".open=true`; `[0]` is
/// an item of a list. The place of what is set is `--set`.  On a fault the tree comes back as it was.
ConfigNode with_override(const ConfigNode& root, std::string_view assignment, Diagnostics& out);

}  // namespace signalbox::config
