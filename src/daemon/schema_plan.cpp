#include "daemon/schema_plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace signalbox::daemon {
namespace {

std::shared_ptr<const schema::Schema> compile_schema(const config::EventSchema& settings, Diagnostics& out) {
  schema::CompileOptions options;
  options.draft =
      settings.draft == config::EventSchema::Draft::v7 ? schema::Draft::v7 : schema::Draft::v2020_12;
  options.format = settings.checks_format ? schema::FormatUse::check : schema::FormatUse::annotate;
  options.resolve = [&settings](std::string_view uri) -> std::optional<std::string> {
    const auto found = settings.references.find(uri);
    return found == settings.references.end() ? std::nullopt : std::optional(found->second);
  };
  auto compiled = schema::Schema::compile(settings.text, options);
  if (compiled) return std::move(*compiled);
  out.add(Fault{settings.place, settings.path, "the schema: " + compiled.error().message, ""});
  return nullptr;
}

schema::OnInvalid action_of(config::EventSchema::OnInvalid action) {
  switch (action) {
    case config::EventSchema::OnInvalid::tag: return schema::OnInvalid::tag;
    case config::EventSchema::OnInvalid::dead_letter: return schema::OnInvalid::dead_letter;
    case config::EventSchema::OnInvalid::reject: return schema::OnInvalid::reject;
  }
  return schema::OnInvalid::reject;
}

}  // namespace

std::shared_ptr<const schema::EventSchemas> make_schemas(const std::vector<config::EventSchema>& all, Diagnostics& out) {
  std::vector<schema::EventSchema> schemas;
  for (const auto& settings : all) {
    auto compiled = settings.text.empty() ? nullptr : compile_schema(settings, out);
    if (!compiled) continue;
    schemas.push_back({settings.type, settings.dataschema, std::move(compiled), action_of(settings.on_invalid)});
  }
  return schemas.empty() ? nullptr : std::make_shared<const schema::EventSchemas>(std::move(schemas));
}

}  // namespace signalbox::daemon
