#pragma once

namespace signalbox::daemon {

/// The whole command line of `signalbox`; returns the exit code (base/exit_code.hpp).
int run_command_line(int argc, char** argv);

}  // namespace signalbox::daemon
