#pragma once
#include <CLI/CLI.hpp>

namespace signalbox::daemon {

/// Adds the commands that talk to a running daemon: send, tail, events, event, dead-letters, redrive, status, rules,
/// pause, resume.
void add_client_commands(CLI::App& program, int& exit_code);

}  // namespace signalbox::daemon
