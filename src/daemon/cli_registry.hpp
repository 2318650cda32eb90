#pragma once
#include <CLI/CLI.hpp>

namespace signalbox::daemon {

/// Adds what `signalbox schemas` does with the registry of a running daemon: list, show, put, delete.
void add_registry_commands(CLI::App& schemas, int& exit_code);

}  // namespace signalbox::daemon
