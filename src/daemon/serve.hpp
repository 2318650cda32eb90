#pragma once
#include "daemon/configuration.hpp"

namespace signalbox::daemon {

/// `signalbox serve`: runs the daemon in the foreground until it is told to stop.  Returns the exit code.
int serve(const ConfigurationSource& source);

}  // namespace signalbox::daemon
