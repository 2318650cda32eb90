#include "registry/registered_schema.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::registry {

RegisteredVersion::RegisteredVersion(SchemaVersion stored, std::shared_ptr<const schema::Schema> compiled)
    : stored_(std::move(stored)) {
  compiled_[static_cast<std::size_t>(schema::FormatUse::annotate)] = std::move(compiled);
}

Result<std::shared_ptr<const schema::Schema>> RegisteredVersion::compiled(schema::FormatUse format) const {
  const std::lock_guard lock(mutex_);
  auto& kept = compiled_[static_cast<std::size_t>(format)];
  if (auto there = kept.lock()) return there;
  schema::CompileOptions options;
  options.format = format;
  auto made = schema::Schema::compile(stored_.text, options);
  if (made) kept = *made;
  return made;
}

const RegisteredVersion* RegisteredSchema::find(std::uint32_t number) const {
  if (number == 0) return versions.back().get();
  const auto found =
      std::ranges::find(versions, number, [](const auto& version) { return version->number(); });
  return found == versions.end() ? nullptr : found->get();
}

std::size_t RegisteredSchema::text_bytes() const {
  std::size_t sum = 0;
  for (const auto& version : versions) sum += version->text().size();
  return sum;
}

std::shared_ptr<const RegisteredSchema> Snapshot::find(std::string_view tenant, std::string_view name) const {
  const auto& schemas = of(tenant);
  const auto found = schemas.find(name);
  return found == schemas.end() ? nullptr : found->second;
}

const TenantSchemas& Snapshot::of(std::string_view tenant) const {
  static const TenantSchemas none;
  const auto found = tenants.find(tenant);
  return found == tenants.end() ? none : *found->second;
}

}  // namespace signalbox::registry
