#include "config/schema_settings.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

#include "config/file_name.hpp"
#include "config/names.hpp"

namespace signalbox::config {
namespace {

constexpr std::size_t kMostSchemas = 1000;
constexpr std::size_t kMostReferences = 60;
constexpr std::size_t kMostBytes = 1 << 20;

using OnInvalid = EventSchema::OnInvalid;
using Draft = EventSchema::Draft;

void read_text(ConfigReader& read, EventSchema& schema) {
  const ConfigNode* here = read.take("schema");
  schema.text = read_file_content(read, "schema_file", kMostBytes);
  if ((here != nullptr) == read.has("schema_file"))
    return read.fault(here != nullptr ? "schema_file" : "schema", "one of schema and schema_file is given");
  if (here == nullptr) return;
  if (here->kind() == ConfigNode::Kind::mapping)
    schema.text = here->to_json();
  else
    read.fault("schema", fmt::format("expected a schema, which is a mapping, got {}", here->describe()));
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
  read_text(read, schema);
  read_references(read, schema, out);
  read.choice<OnInvalid>("on_invalid", schema.on_invalid, kActions);
  read.choice<Draft>("draft", schema.draft, kDrafts);
  read.choice<bool>("format", schema.checks_format, kFormats);
  read.done();
  return schema;
}

}  // namespace

void read_schemas(ConfigReader& read, std::vector<EventSchema>& schemas, Diagnostics& out) {
  each_item(read, "schemas", kMostSchemas,
            [&](const ConfigNode& item) { schemas.push_back(read_schema(item, out)); });
}

}  // namespace signalbox::config
