#pragma once
#include <CLI/CLI.hpp>

namespace signalbox::daemon {

/// Adds `signalbox bench send|target|run`: a load generator and a counting target for measuring one's own installation.
void add_bench_command(CLI::App& program, int& exit_code);

}  // namespace signalbox::daemon
