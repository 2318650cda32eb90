#include "client/schemas.hpp"

#include <ostream>

#include "base/percent.hpp"
#include "client/answer.hpp"
#include "client/input_text.hpp"
#include "client/table.hpp"

namespace signalbox::client {
namespace {

using nlohmann::json;

constexpr std::size_t kSchemaMost = 1 << 20;  // as the admin API takes

std::string schemas_path(const std::string& tenant) {
  return "/v1/tenants/" + base::percent_encode_path_segment(tenant) + "/schemas";
}

std::string schema_path(const std::string& tenant, const std::string& name, const std::string& version = {}) {
  auto path = schemas_path(tenant) + "/" + base::percent_encode_path_segment(name);
  if (!version.empty()) path += "/versions/" + base::percent_encode_path_segment(version);
  return path;
}

/// "declared", "discovered" or nothing.
std::string origin_of(const json& schema) {
  if (schema.value("declared", false)) return "declared";
  return schema.value("discovered", false) ? "discovered" : "";
}

}  // namespace

int list_schemas(ApiClient& admin, const std::string& tenant, const Output& output) {
  int exit_code = 0;
  const auto body = take_answer(admin.get(schemas_path(tenant)), output, exit_code);
  if (!body) return exit_code;
  std::vector<std::vector<std::string>> rows;
  for (const auto& schema : body->at("schemas")) {
    const auto& latest = schema.at("latest");
    rows.push_back({text_of(schema, "name"), text_of(latest, "version"), text_of(schema, "versions"),
                    text_of(schema, "compatibility"), text_of(latest, "created_at"), text_of(latest, "bytes"),
                    origin_of(schema)});
  }
  print_table(output.out, {"NAME", "LATEST", "VERSIONS", "COMPATIBILITY", "SINCE", "BYTES", "ORIGIN"}, rows);
  return 0;
}

int show_schema(ApiClient& admin, const std::string& tenant, const std::string& name,
                const std::string& version, const Output& output) {
  int exit_code = 0;
  const auto body = take_answer(admin.get(schema_path(tenant, name, version)), output, exit_code);
  if (!body) return exit_code;
  if (!version.empty()) {
    output.out << body->dump(2) << '\n';
    return 0;
  }
  output.out << printable(text_of(*body, "name")) << "  compatibility " << text_of(*body, "compatibility");
  if (const auto origin = origin_of(*body); !origin.empty()) output.out << "  " << origin;
  output.out << "\n\n";
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : body->at("versions"))
    rows.push_back({text_of(one, "version"), text_of(one, "created_at"), text_of(one, "bytes")});
  print_table(output.out, {"VERSION", "SINCE", "BYTES"}, rows);
  output.out << '\n' << body->at("latest").at("schema").dump(2) << '\n';
  return 0;
}

int put_schema(ApiClient& admin, const PutSchema& options, const Output& output) {
  const auto text = read_input(options.file, kSchemaMost);
  if (!text || text->size() > kSchemaMost) {
    output.err << (text ? options.file + ": larger than 1 MiB" : text.error().message) << '\n';
    return kInputAtFault;
  }
  const auto path =
      schema_path(options.tenant, options.name) + query_string({{"compatibility", options.compatibility}});
  int exit_code = 0;
  const auto body = take_answer(admin.send("PUT", path, *text, {{"Content-Type", "application/schema+json"}}),
                                output, exit_code);
  if (!body) return exit_code;
  output.out << "version " << text_of(*body, "version")
             << (body->value("created", false) ? "\n" : ", which it was already\n");
  return 0;
}

int delete_schema(ApiClient& admin, const std::string& tenant, const std::string& name,
                  const std::string& version, const Output& output) {
  int exit_code = 0;
  const auto body =
      take_answer(admin.send("DELETE", schema_path(tenant, name, version), "", {}), output, exit_code);
  if (!body) return exit_code;
  output.out << text_of(*body, "deleted") << " versions deleted\n";
  return 0;
}

}  // namespace signalbox::client
