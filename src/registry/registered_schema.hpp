#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "schema/compatibility.hpp"
#include "schema/schema.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"
#include "signalbox/schema_store.hpp"

namespace signalbox::registry {

/// One version of a schema, compiled when somebody needs it.  Immutable to its users; thread-safe.
class RegisteredVersion {
 public:
  /// `compiled`, if any, is the text compiled for schema::FormatUse::annotate.
  explicit RegisteredVersion(SchemaVersion stored, std::shared_ptr<const schema::Schema> compiled = nullptr);

  std::uint32_t number() const { return stored_.number; }
  WallTime created_at() const { return stored_.created_at; }
  const std::string& text() const { return stored_.text; }

  /// The same object for all who ask while one of them holds it.  Blocks while it is compiled.
  /// Errors: as of schema::Schema::compile().
  Result<std::shared_ptr<const schema::Schema>> compiled(schema::FormatUse format) const;

 private:
  const SchemaVersion stored_;
  mutable std::mutex mutex_;
  mutable std::array<std::weak_ptr<const schema::Schema>, 2> compiled_;  // by FormatUse
};

/// A schema of a tenant, with its versions.  Immutable.
struct RegisteredSchema {
  std::string name;
  schema::Compatibility compatibility = schema::Compatibility::backward;
  bool discovered = false;                                         ///< made from events
  bool declared = false;                                           ///< by the configuration
  std::uint32_t last_version = 0;                                  ///< the highest number that was given
  std::vector<std::shared_ptr<const RegisteredVersion>> versions;  ///< ascending; at least one

  const RegisteredVersion& latest() const { return *versions.back(); }
  /// `number` 0: the latest.  nullptr when there is no such version.
  const RegisteredVersion* find(std::uint32_t number) const;
  /// Of all versions' texts.
  std::size_t text_bytes() const;
};

/// A tenant's schemas by name.
using TenantSchemas = std::map<std::string, std::shared_ptr<const RegisteredSchema>, std::less<>>;

/// All schemas at one moment.  Immutable; cheap to copy.
struct Snapshot {
  std::map<std::string, std::shared_ptr<const TenantSchemas>, std::less<>> tenants;

  /// nullptr when there is none.
  std::shared_ptr<const RegisteredSchema> find(std::string_view tenant, std::string_view name) const;
  /// Those of one tenant; empty when it has none.
  const TenantSchemas& of(std::string_view tenant) const;
};

}  // namespace signalbox::registry
