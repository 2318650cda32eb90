#include "daemon/cli_schemas.hpp"

#include <map>
#include <memory>
#include <string>

#include "daemon/cli_registry.hpp"
#include "daemon/connection.hpp"
#include "daemon/schema_comparison.hpp"
#include "daemon/schema_inference.hpp"

namespace signalbox::daemon {
namespace {

void add_infer(CLI::App& schemas, int& exit_code) {
  auto options = std::make_shared<InferOptions>();
  auto* command =
      schemas.add_subcommand("infer", "Infer JSON Schemas from events, one for each type; no daemon needed");
  command->add_option("files", options->files,
                      "Events in the JSON format: one, an array or JSON Lines; none, or -, reads stdin");
  auto* type = command->add_option("--type", options->type, "Only of this type, and the schema alone");
  command->add_flag("--values", options->values, "The files hold JSON values instead: one, or JSON Lines")
      ->excludes(type);
  command->add_flag("--closed", options->closed, "Allow no members but those seen");
  command->callback([options, &exit_code] { exit_code = infer_schemas(*options, make_output(true)); });
}

void add_schema_check(CLI::App& schemas, int& exit_code) {
  struct CheckOptions : CompareOptions {
    std::string compatibility = "backward", draft = "2020-12";
    bool check_formats = false, json = false;
  };
  auto options = std::make_shared<CheckOptions>();
  auto* command = schemas.add_subcommand(
      "check", "Say why a schema is not compatible with an older one; no daemon needed");
  command->add_option("--old", options->old_file, "The schema before; - reads stdin")->required();
  command->add_option("--new", options->new_file, "The schema after; - reads stdin")->required();
  command
      ->add_option("--compatibility", options->compatibility,
                   "backward: the new accepts all that the old does; forward: the reverse; full: both")
      ->check(CLI::IsMember({"none", "backward", "forward", "full"}))
      ->capture_default_str();
  command->add_option("--draft", options->draft, "Of a schema without $schema")
      ->check(CLI::IsMember({"7", "2020-12"}))
      ->capture_default_str();
  command->add_flag("--check-formats", options->check_formats,
                    "Formats are checked where the schemas are used");
  command->add_flag("--json", options->json, "Print the differences as JSON");
  command->callback([options, &exit_code] {
    options->CompareOptions::compatibility = *schema::parse_compatibility(options->compatibility);
    auto& how = options->how.schemas;
    if (options->draft == "7") how.draft = schema::Draft::v7;
    if (options->check_formats) how.format = schema::FormatUse::check;
    exit_code = compare_schemas(*options, make_output(options->json));
  });
}

}  // namespace

void add_schemas_command(CLI::App& program, int& exit_code) {
  auto* schemas = program.add_subcommand("schemas", "Infer, compare and register JSON Schemas of events' data");
  schemas->require_subcommand(1);
  add_infer(*schemas, exit_code);
  add_schema_check(*schemas, exit_code);
  add_registry_commands(*schemas, exit_code);
}

}  // namespace signalbox::daemon
