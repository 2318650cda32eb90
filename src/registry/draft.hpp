#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "registry/registered_schema.hpp"
#include "signalbox/schema_store.hpp"

namespace signalbox::registry {

/// Changes of the schemas that are being made: how it will be, and what to write for that.  A value of one
/// thread.
class Draft {
 public:
  explicit Draft(const Snapshot& before) : now_(before) {}

  /// As it will be.
  const Snapshot& now() const { return now_; }
  std::vector<SchemaChange>& changes() { return changes_; }

  /// Replaces or adds a schema; `added` and `erased` are the difference of its versions.
  void put(const std::string& tenant, RegisteredSchema schema, std::vector<SchemaVersion> added,
           std::vector<std::uint32_t> erased);
  /// Says of a schema that is there whether the configuration declares it, which is not written.
  void set_declared(const std::string& tenant, std::string_view name, bool declared);
  void erase(const std::string& tenant, const std::string& name);

 private:
  TenantSchemas& own(const std::string& tenant);

  Snapshot now_;
  std::map<std::string, std::shared_ptr<TenantSchemas>> own_;  // of tenants with changes: copies, in now_ too
  std::vector<SchemaChange> changes_;
};

}  // namespace signalbox::registry
