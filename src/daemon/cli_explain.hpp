#pragma once
#include <CLI/CLI.hpp>

namespace signalbox::daemon {

/// Adds `signalbox explain`: which rules take an event and why the others do not, by the rules of a file or
/// of a running daemon.
void add_explain_command(CLI::App& program, int& exit_code);

}  // namespace signalbox::daemon
