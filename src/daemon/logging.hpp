#pragma once
#include "config/settings.hpp"

namespace signalbox::daemon {

/// Sends the log to stderr, where systemd's journal picks it up.  `text`: a line for people (with its journal priority
/// when systemd reads); `json`: one object a line.
void set_up_logging(const config::Log& settings);

}  // namespace signalbox::daemon
