#pragma once
#include "daemon/configuration.hpp"

namespace signalbox::daemon {

/// `signalbox check`: prints every fault to stdout (as `file:line:column: path: message`, or JSON); 0 when there is
/// none, else 1.
int check(const ConfigurationSource& source, bool as_json);

}  // namespace signalbox::daemon
