#include "daemon/schema_plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/config_path.hpp"

namespace signalbox::daemon {
namespace {

schema::FormatUse format_of(const config::EventSchema& settings) {
  return settings.checks_format ? schema::FormatUse::check : schema::FormatUse::annotate;
}

schema::Compatibility compatibility_of(config::RegistrySchema::Compatibility compatibility) {
  using From = config::RegistrySchema::Compatibility;
  switch (compatibility) {
    case From::none: return schema::Compatibility::none;
    case From::backward: return schema::Compatibility::backward;
    case From::forward: return schema::Compatibility::forward;
    case From::full: return schema::Compatibility::full;
  }
  return schema::Compatibility::backward;
}

std::shared_ptr<const schema::Schema> compile_schema(const config::EventSchema& settings, Diagnostics& out) {
  schema::CompileOptions options;
  options.draft =
      settings.draft == config::EventSchema::Draft::v7 ? schema::Draft::v7 : schema::Draft::v2020_12;
  options.format = format_of(settings);
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

std::vector<schema::SchemaUse> make_schema_uses(const std::vector<config::EventSchema>& all, Diagnostics& out) {
  std::vector<schema::SchemaUse> uses;
  for (const auto& settings : all) {
    auto compiled = settings.text.empty() ? nullptr : compile_schema(settings, out);
    if (!compiled && settings.name.empty()) continue;  // a fault that has been told
    schema::SchemaUse use;
    use.use = {settings.type, settings.dataschema, std::move(compiled), action_of(settings.on_invalid)};
    use.name = settings.name;
    use.version = settings.version;
    use.format = format_of(settings);
    uses.push_back(std::move(use));
  }
  return uses;
}

Result<std::shared_ptr<const schema::EventSchemas>> make_event_schemas(const std::vector<schema::SchemaUse>& uses,
                                                                       const registry::TenantSchemas& registered) {
  std::vector<schema::EventSchema> schemas;
  for (const auto& use : uses) {
    schemas.push_back(use.use);
    if (use.name.empty()) continue;
    const auto found = registered.find(use.name);
    const auto* version = found == registered.end() ? nullptr : found->second->find(use.version);
    if (version == nullptr) return Error(Errc::not_found, "there is no schema " + base::in_quotes(use.name));
    auto compiled = version->compiled(use.format);
    if (!compiled) return compiled.error();
    schemas.back().schema = std::move(*compiled);
  }
  if (schemas.empty()) return std::shared_ptr<const schema::EventSchemas>();
  return std::make_shared<const schema::EventSchemas>(std::move(schemas));
}

Status resolve_schemas(broker::Plan& plan, const registry::Snapshot& registered) {
  for (auto& [tenant_name, tenant] : plan.tenants)
    for (auto& [channel_name, channel] : tenant.channels) {
      auto schemas = make_event_schemas(channel.schema_uses, registered.of(tenant_name));
      if (!schemas) return Error(schemas.error().code, "channel " + tenant_name + "/" + channel_name + ": " + schemas.error().message);
      channel.schemas = std::move(*schemas);
    }
  return ok();
}

registry::Declarations make_declarations(const config::Settings& settings) {
  registry::Declarations declarations;
  for (const auto& [tenant_name, tenant] : settings.tenants) {
    for (const auto& [name, schema] : tenant.schemas)
      declarations.schemas.push_back(
          {{tenant_name, name, schema.text, compatibility_of(schema.compatibility)}, schema.place, schema.path});
    for (const auto& [channel_name, channel] : tenant.channels)
      for (const auto& use : channel.schemas)
        if (!use.name.empty())
          declarations.uses.push_back({tenant_name, channel_name, use.name, use.version, use.place, use.path});
  }
  return declarations;
}

void check_registry_schemas(const config::Tenant& tenant, Diagnostics& out) {
  for (const auto& [name, schema] : tenant.schemas) {
    if (schema.text.empty()) continue;  // a fault that has been told
    registry::Candidate candidate;
    candidate.text = schema.text;
    if (const auto judged = registry::judge(candidate); !judged)
      out.add(Fault{schema.place, schema.path, judged.error().message, ""});
  }
}

void warn_of_undeclared(const config::Settings& settings, Diagnostics& out) {
  for (const auto& [tenant_name, tenant] : settings.tenants)
    for (const auto& [channel_name, channel] : tenant.channels)
      for (const auto& use : channel.schemas) {
        if (use.name.empty() || tenant.schemas.contains(use.name)) continue;
        Fault fault{use.place, use.path,
                    "schema " + base::in_quotes(use.name) + " is not declared here: whether the registry has it shows at the start",
                    ""};
        fault.warning = true;
        out.add(std::move(fault));
      }
}

}  // namespace signalbox::daemon
