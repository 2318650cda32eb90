#include "daemon/cli_registry.hpp"

#include <memory>
#include <string>
#include <utility>

#include "client/schemas.hpp"
#include "daemon/connection.hpp"

namespace signalbox::daemon {
namespace {

struct Options : Connection {
  std::string tenant, name, version;
  client::PutSchema put;
};
using OptionsPtr = std::shared_ptr<Options>;

/// A command that takes `--tenant`, and with `named` the name of a schema.
enum class Takes { tenant, name };
std::pair<CLI::App*, OptionsPtr> add(CLI::App& schemas, const char* command, const char* help, Takes takes) {
  auto options = std::make_shared<Options>();
  options->url = "http://127.0.0.1:8081";
  auto* app = schemas.add_subcommand(command, help);
  add_connection_options(*app, *options);
  app->add_flag("--json", options->json, "Print the daemon's JSON");
  app->add_option("--tenant", options->tenant, "Whose schemas")->required();
  if (takes == Takes::name) app->add_option("name", options->name, "The schema's name")->required();
  return {app, std::move(options)};
}

void add_list(CLI::App& schemas, int& exit_code) {
  const auto [app, options] = add(schemas, "list", "List a tenant's registered schemas", Takes::tenant);
  app->callback([options = options, &exit_code] {
    exit_code = with_daemon(*options, [&](auto& api, const auto& output) {
      return client::list_schemas(api, options->tenant, output);
    });
  });
}

void add_show(CLI::App& schemas, int& exit_code) {
  const auto [app, options] = add(schemas, "show", "Show a registered schema", Takes::name);
  app->add_option("--version", options->version, "Only the schema of this version: a number, or latest");
  app->callback([options = options, &exit_code] {
    exit_code = with_daemon(*options, [&](auto& api, const auto& output) {
      return client::show_schema(api, options->tenant, options->name, options->version, output);
    });
  });
}

void add_put(CLI::App& schemas, int& exit_code) {
  const auto [app, options] =
      add(schemas, "put", "Register a schema, as a new version if it differs", Takes::name);
  app->add_option("file", options->put.file, "File with the schema; - reads stdin")->required();
  app->add_option("--compatibility", options->put.compatibility,
                  "What it owes to the latest version, from now on: none, backward, forward or full");
  app->callback([options = options, &exit_code] {
    options->put.tenant = options->tenant;
    options->put.name = options->name;
    exit_code = with_daemon(*options, [&](auto& api, const auto& output) {
      return client::put_schema(api, options->put, output);
    });
  });
}

void add_delete(CLI::App& schemas, int& exit_code) {
  const auto [app, options] =
      add(schemas, "delete", "Delete a registered schema with all its versions", Takes::name);
  app->add_option("--version", options->version, "Only this version")->check(CLI::Number);
  app->callback([options = options, &exit_code] {
    exit_code = with_daemon(*options, [&](auto& api, const auto& output) {
      return client::delete_schema(api, options->tenant, options->name, options->version, output);
    });
  });
}

}  // namespace

void add_registry_commands(CLI::App& schemas, int& exit_code) {
  add_list(schemas, exit_code);
  add_show(schemas, exit_code);
  add_put(schemas, exit_code);
  add_delete(schemas, exit_code);
}

}  // namespace signalbox::daemon
