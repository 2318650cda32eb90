#include "daemon/cli.hpp"

#include <CLI/CLI.hpp>
#include <string_view>

#include "base/exit_code.hpp"
#include "daemon/cli_bench.hpp"
#include "daemon/cli_check.hpp"
#include "daemon/cli_client.hpp"
#include "daemon/cli_eval.hpp"
#include "daemon/cli_explain.hpp"
#include "daemon/cli_schemas.hpp"
#include "daemon/serve.hpp"
#include "jq/worker_loop.hpp"

namespace signalbox::daemon {
namespace {

void add_serve(CLI::App& program, int& exit_code) {
  auto source = std::make_shared<ConfigurationSource>();
  source->file = "/etc/signalbox/signalbox.yaml";
  auto* command = program.add_subcommand("serve", "Run the daemon in the foreground");
  command->add_option("--config", source->file, "Configuration file")->capture_default_str();
  command->add_option("--set", source->overrides, "Set one key over the file's: key.of.key=value")->take_all();
  command->callback([source, &exit_code] { exit_code = serve(*source); });
}

void add_check(CLI::App& program, int& exit_code) {
  auto source = std::make_shared<ConfigurationSource>();
  auto as_json = std::make_shared<bool>(false);
  auto* command = program.add_subcommand("check", "Validate a configuration and print every fault");
  command->add_option("file", source->file, "Configuration file")->required();
  command->add_option("--set", source->overrides, "Set one key over the file's")->take_all();
  command->add_flag("--json", *as_json, "Print the faults as JSON");
  command->callback([source, as_json, &exit_code] { exit_code = check(*source, *as_json); });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  // Before anything else: a worker is to have as little as can be of what a daemon has.
  if (argc > 1 && std::string_view(argv[1]) == jq::kWorkerCommand) jq::work(argc - 2, argv + 2);
  CLI::App program("Signalbox: an event bus broker. CloudEvents in over HTTP, durable channels, rules, pushed out.", "signalbox");
  program.set_version_flag("--version", SIGNALBOX_VERSION);
  program.require_subcommand(1);
  int exit_code = kDone;
  add_serve(program, exit_code);
  add_check(program, exit_code);
  add_eval_command(program, exit_code);
  add_explain_command(program, exit_code);
  add_schemas_command(program, exit_code);
  add_client_commands(program, exit_code);
  add_bench_command(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kDone : kCommandLineAtFault;
  }
  return exit_code;
}

}  // namespace signalbox::daemon
