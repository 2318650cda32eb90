#pragma once
#include <memory>

#include "signalbox/channel_log.hpp"
#include "store/rocksdb_options.hpp"
#include "store/store.hpp"

namespace signalbox::engine::local {

inline constexpr std::size_t kReadThreads = 2;

/// The default engine: channel logs in RocksDB.  Blocking; it refuses what store/rocksdb_store.hpp refuses.
/// Errors: conflict, corrupt, unsupported, no_space, storage.
Result<std::unique_ptr<Engine>> open_rocksdb(const store::RocksdbOptions& options);

/// Logs that are gone with the process.
std::unique_ptr<Engine> open_memory();

/// An engine on any store.  Blocking.  Errors: storage, corrupt.
Result<std::unique_ptr<Engine>> open_on(std::unique_ptr<store::Store> store);

}  // namespace signalbox::engine::local
