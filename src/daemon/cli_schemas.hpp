#pragma once
#include <CLI/CLI.hpp>

namespace signalbox::daemon {

/// `signalbox schemas` and its subcommands.
void add_schemas_command(CLI::App& program, int& exit_code);

}  // namespace signalbox::daemon
