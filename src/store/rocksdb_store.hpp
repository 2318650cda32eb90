#pragma once
#include <memory>

#include "store/rocksdb_options.hpp"
#include "store/store.hpp"

namespace signalbox::store {

/// A store on the disk.  docs/storage-format.md says what its folder holds.
///
/// A second one on the same folder is refused, and so is one that is damaged, has lost what was durable, was written
/// by a newer version, or lacks the space to open safely.  Nothing is ever started empty where data was.
/// Errors: conflict, corrupt, unsupported, no_space, storage.
Result<std::unique_ptr<Store>> open_rocksdb_store(const RocksdbOptions& options);

}  // namespace signalbox::store
