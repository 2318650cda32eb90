#pragma once
#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

#include "client/api_client.hpp"
#include "client/commands.hpp"

namespace signalbox::daemon {

/// How a command reaches a running daemon, as its command line says, and how it prints the answer.
struct Connection {
  std::string url;         ///< set to the default before the options are added
  std::string token_file;  ///< "": no token
  std::string ca_file;     ///< "": the system's only
  bool json = false;
};

/// Adds --url, --token-file and --ca-file.
std::vector<CLI::Option*> add_connection_options(CLI::App& app, Connection& connection);

/// Standard output and standard error.
client::Output make_output(bool json);

/// Runs `command` with a client for the daemon; its exit code, or that of a token that cannot be read.
int with_daemon(const Connection& connection,
                const std::function<int(client::ApiClient&, const client::Output&)>& command);

}  // namespace signalbox::daemon
