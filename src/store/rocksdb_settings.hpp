#pragma once
#include <rocksdb/db.h>

#include <vector>

#include "store/family.hpp"
#include "store/rocksdb_options.hpp"

namespace signalbox::store {

/// How far the write-ahead log is trusted when it is replayed.
enum class Recovery : std::uint8_t {
  strict,       ///< only a record cut short at the end is let pass
  accept_loss,  ///< everything up to the first damage; the operator said so
};

/// Our choice among RocksDB's settings; docs/decisions/rocksdb-settings.md has the reasons.
rocksdb::DBOptions make_database_options(const RocksdbOptions& options, Recovery recovery);

/// One for each family, sharing one block cache.
std::vector<rocksdb::ColumnFamilyDescriptor> make_family_descriptors(const RocksdbOptions& options);

}  // namespace signalbox::store
