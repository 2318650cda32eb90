#pragma once
#include <CLI/CLI.hpp>

namespace signalbox::daemon {

/// Adds `signalbox eval KIND`: JSON Lines on stdin, one verdict a line on stdout; no daemon needed.
void add_eval_command(CLI::App& program, int& exit_code);

}  // namespace signalbox::daemon
