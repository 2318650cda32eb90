#include "registry/draft.hpp"

#include <utility>

namespace signalbox::registry {

TenantSchemas& Draft::own(const std::string& tenant) {
  auto& mine = own_[tenant];
  if (!mine) {
    mine = std::make_shared<TenantSchemas>(now_.of(tenant));
    now_.tenants[tenant] = mine;
  }
  return *mine;
}

void Draft::put(const std::string& tenant, RegisteredSchema schema, std::vector<SchemaVersion> added,
                std::vector<std::uint32_t> erased) {
  SchemaChange change;
  change.schema.tenant = tenant;
  change.schema.name = schema.name;
  change.schema.compatibility = to_text(schema.compatibility);
  change.schema.discovered = schema.discovered;
  change.schema.last_version = schema.last_version;
  change.schema.versions = std::move(added);
  change.erased = std::move(erased);
  changes_.push_back(std::move(change));
  auto name = schema.name;
  own(tenant)[std::move(name)] = std::make_shared<const RegisteredSchema>(std::move(schema));
}

void Draft::set_declared(const std::string& tenant, std::string_view name, bool declared) {
  const auto there = now_.find(tenant, name);
  if (!there || there->declared == declared) return;
  auto schema = *there;
  schema.declared = declared;
  own(tenant).find(name)->second = std::make_shared<const RegisteredSchema>(std::move(schema));
}

void Draft::erase(const std::string& tenant, const std::string& name) {
  SchemaChange change;
  change.kind = SchemaChange::Kind::erase;
  change.schema.tenant = tenant;
  change.schema.name = name;
  changes_.push_back(std::move(change));
  own(tenant).erase(name);
}

}  // namespace signalbox::registry
