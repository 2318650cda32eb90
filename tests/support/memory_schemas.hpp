#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "signalbox/schema_store.hpp"

namespace signalbox::test {

/// Keeps schemas in memory, or fails when told to.  One thread.
class MemorySchemas final : public SchemaStore {
 public:
  boost::asio::awaitable<Result<std::vector<StoredSchema>>> load() override {
    std::vector<StoredSchema> all;
    for (const auto& [key, schema] : schemas) all.push_back(schema);
    co_return all;
  }

  boost::asio::awaitable<Status> apply(std::vector<SchemaChange> changes) override {
    if (failure) co_return *failure;
    for (auto& change : changes) take(change);
    ++applied;
    co_return ok();
  }

  std::map<std::pair<std::string, std::string>, StoredSchema> schemas;
  std::optional<Error> failure;  ///< of every apply() from now on
  std::size_t applied = 0;       ///< calls that changed something

 private:
  void take(SchemaChange& change) {
    const std::pair key(change.schema.tenant, change.schema.name);
    if (change.kind == SchemaChange::Kind::erase) {
      schemas.erase(key);
      return;
    }
    auto versions = std::move(schemas[key].versions);
    std::erase_if(versions, [&](const SchemaVersion& version) {
      return std::ranges::find(change.erased, version.number) != change.erased.end();
    });
    for (auto& version : change.schema.versions) versions.push_back(std::move(version));
    change.schema.versions = std::move(versions);
    schemas[key] = std::move(change.schema);
  }
};

}  // namespace signalbox::test
