#pragma once
#include "engine/local/read_pool.hpp"
#include "signalbox/schema_store.hpp"
#include "store/store.hpp"

namespace signalbox::engine::local {

/// Schemas in the store's family for what is not a channel's (docs/storage-format.md).
class LocalSchemaStore final : public SchemaStore {
 public:
  /// Both outlive it.
  LocalSchemaStore(store::Store& store, ReadPool& reads) : store_(store), reads_(reads) {}

  boost::asio::awaitable<Result<std::vector<StoredSchema>>> load() override;
  boost::asio::awaitable<Status> apply(std::vector<SchemaChange> changes) override;

 private:
  store::Store& store_;
  ReadPool& reads_;
};

}  // namespace signalbox::engine::local
