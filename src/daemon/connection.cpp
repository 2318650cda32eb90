#include "daemon/connection.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

#include "base/exit_code.hpp"
#include "daemon/terminal.hpp"

namespace signalbox::daemon {
namespace {

std::optional<std::string> read_token(const std::string& name) {
  std::ifstream file(name);
  if (!file) return std::nullopt;
  std::string token(std::istreambuf_iterator<char>(file), {});
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

}  // namespace

std::vector<CLI::Option*> add_connection_options(CLI::App& app, Connection& connection) {
  return {app.add_option("--url", connection.url, "Where the daemon listens")->capture_default_str(),
          app.add_option("--token-file", connection.token_file, "File with the bearer token"),
          app.add_option("--ca-file", connection.ca_file, "Certificates to trust for https")};
}

client::Output make_output(bool json) {
  return client::Output{std::cout, std::cerr, json, takes_colour(Stream::out)};
}

int with_daemon(const Connection& connection,
                const std::function<int(client::ApiClient&, const client::Output&)>& command) {
  client::Access access;
  access.url = connection.url;
  while (access.url.ends_with('/')) access.url.pop_back();
  access.ca_file = connection.ca_file;
  if (!connection.token_file.empty()) {
    auto token = read_token(connection.token_file);
    if (!token) {
      std::cerr << connection.token_file << ": cannot be read\n";
      return kInputAtFault;
    }
    access.token = Secret(std::move(*token));
  }
  client::ApiClient api(std::move(access));
  return command(api, make_output(connection.json));
}

}  // namespace signalbox::daemon
