#include "config/schema_settings.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "base/config_path.hpp"
#include "base/units.hpp"
#include "config/file_name.hpp"
#include "config/names.hpp"
#include "signalbox/schema_name.hpp"

namespace signalbox::config {
namespace {

constexpr std::size_t kMostSchemas = 1000;
constexpr std::size_t kMostReferences = 60;
constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kMostOfRegistry = 1000;

using namespace std::chrono_literals;
using OnInvalid = EventSchema::OnInvalid;
using Draft = EventSchema::Draft;

/// The text under `schema` or in `schema_file`; whether one of the two is given.
bool read_text(ConfigReader& read, std::string& text, std::size_t most) {
  const ConfigNode* here = read.take("schema");
  text = read_file_content(read, "schema_file", most);
  if (here == nullptr) return read.has("schema_file");
  if (read.has("schema_file")) {
    read.fault("schema_file", "schema is given too: one of the two is enough");
  } else if (here->kind() == ConfigNode::Kind::mapping) {
    text = here->to_json();
    if (text.size() > most) read.fault("schema", fmt::format("has more than {}", base::format_bytes(most)));
  } else {
    read.fault("schema", fmt::format("expected a schema, which is a mapping, got {}", here->describe()));
  }
  return true;
}

/// What stands here, or which schema of the registry it is.
void read_which(ConfigReader& read, EventSchema& schema) {
  const bool here = read_text(read, schema.text, kMostBytes);
  read("name", schema.name);
  read("version", schema.version, 1u, 4'000'000'000u);
  const bool named = read.has("name");
  if (here == named)
    return read.fault(named ? "name" : "schema", "one of schema, schema_file and name is given");
  if (named && !is_schema_name(schema.name)) read.fault("name", std::string(kSchemaNameRule));
  if (!named && read.has("version")) read.fault("version", "goes with name: schemas of the registry have versions");
  for (const auto* key : {"draft", "references"})
    if (named && read.has(key)) read.fault(key, "not with name: a schema of the registry stands for itself");
}

void read_references(ConfigReader& read, EventSchema& schema, Diagnostics& out) {
  const ConfigNode* node = read.take("references");
  if (node == nullptr) return;
  if (node->kind() != ConfigNode::Kind::mapping || node->members().size() > kMostReferences)
    return read.fault("references",
                      fmt::format("expected a mapping of at most {} URIs to files", kMostReferences));
  ConfigReader files(*node, out);
  for (const auto& member : node->members())
    schema.references.emplace(member.key, read_file_content(files, member.key, kMostBytes));
}

EventSchema read_schema(const ConfigNode& node, Diagnostics& out) {
  constexpr std::array<std::pair<std::string_view, OnInvalid>, 3> kActions{
      {{"reject", OnInvalid::reject}, {"tag", OnInvalid::tag}, {"dead_letter", OnInvalid::dead_letter}}};
  constexpr std::array<std::pair<std::string_view, Draft>, 2> kDrafts{
      {{"2020-12", Draft::v2020_12}, {"7", Draft::v7}}};
  constexpr std::array<std::pair<std::string_view, bool>, 2> kFormats{{{"annotate", false}, {"check", true}}};
  EventSchema schema;
  schema.place = node.place();
  schema.path = node.path();
  ConfigReader read(node, out);
  read("type", schema.type);
  read("dataschema", schema.dataschema);
  if (node.kind() == ConfigNode::Kind::mapping && schema.type.empty() && schema.dataschema.empty())
    read.fault("type",
               "missing: a schema is for the events of a type, or for those that name it in dataschema");
  read_which(read, schema);
  read_references(read, schema, out);
  read.choice<OnInvalid>("on_invalid", schema.on_invalid, kActions);
  read.choice<Draft>("draft", schema.draft, kDrafts);
  read.choice<bool>("format", schema.checks_format, kFormats);
  read.done();
  return schema;
}

RegistrySchema read_registry_schema(const ConfigNode::Member& member, Diagnostics& out) {
  using Compatibility = RegistrySchema::Compatibility;
  constexpr std::array<std::pair<std::string_view, Compatibility>, 4> kCompatibilities{
      {{"none", Compatibility::none},
       {"backward", Compatibility::backward},
       {"forward", Compatibility::forward},
       {"full", Compatibility::full}}};
  RegistrySchema schema;
  schema.place = member.key_place;
  schema.path = member.value.path();
  ConfigReader read(member.value, out);
  const bool given = read_text(read, schema.text, kSchemaTextMost);
  if (member.value.kind() == ConfigNode::Kind::mapping && !given)
    read.fault("schema", "one of schema and schema_file is given");
  read.choice<Compatibility>("compatibility", schema.compatibility, kCompatibilities);
  read.done();
  return schema;
}

}  // namespace

void read_schemas(ConfigReader& read, std::vector<EventSchema>& schemas, Diagnostics& out) {
  each_item(read, "schemas", kMostSchemas,
            [&](const ConfigNode& item) { schemas.push_back(read_schema(item, out)); });
}

void read_registry_schemas(ConfigReader& read, std::map<std::string, RegistrySchema, std::less<>>& schemas,
                           Diagnostics& out) {
  const ConfigNode* node = read.take("schemas");
  if (node == nullptr || node->kind() == ConfigNode::Kind::null) return;
  if (node->kind() != ConfigNode::Kind::mapping || node->members().size() > kMostOfRegistry)
    return read.fault("schemas", fmt::format("expected a mapping of at most {} names to schemas", kMostOfRegistry));
  for (const auto& member : node->members()) {
    if (!is_schema_name(member.key))
      out.add({member.key_place, base::child_path(node->path(), member.key), std::string(kSchemaNameRule), ""});
    schemas.emplace(member.key, read_registry_schema(member, out));
  }
}

Discovery read_discovery(ConfigReader& read, Diagnostics& out) {
  Discovery discovery;
  const ConfigNode* node = read.take("discover");
  if (node == nullptr) return discovery;
  if (node->kind() != ConfigNode::Kind::mapping) {
    read("discover", discovery.on);
    return discovery;
  }
  discovery.on = true;
  ConfigReader within(*node, out);
  within("interval", discovery.interval, 1s, 24h);
  within.done();
  return discovery;
}

}  // namespace signalbox::config
