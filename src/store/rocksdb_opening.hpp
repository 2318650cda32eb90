#pragma once
#include <rocksdb/listener.h>

#include <atomic>
#include <map>
#include <memory>

#include "signalbox/error.hpp"
#include "store/group_writer.hpp"
#include "store/high_water.hpp"
#include "store/log_checkpoint.hpp"
#include "store/log_writer.hpp"
#include "store/rocksdb_database.hpp"
#include "store/rocksdb_options.hpp"

namespace signalbox::store {

/// What RocksDB tells on threads of its own.
class RocksdbListener final : public rocksdb::EventListener {
 public:
  std::atomic<GroupWriter*> writer{nullptr};
  std::atomic<LogWriter*> log{nullptr};

  /// A table must not be ahead of the log: after a power cut it would hold one change of a batch, and no log the rest.
  void OnFlushBegin(rocksdb::DB*, const rocksdb::FlushJobInfo&) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override;
};

/// A database that was opened, its log replayed and found whole.
struct OpenedStore {
  RocksdbDatabase database;
  LogEnd end;                 ///< of the log
  LogPosition checkpoint;     ///< what comes behind it is not in the tables
  SegmentContents contents;   ///< of the segment the log ends in
  std::map<std::uint32_t, SealedSegment> sealed;  ///< the others
};

/// Opens or creates the database and the log of a store whose folder is locked.  Blocks.
/// Errors: corrupt, unsupported, storage, no_space.
Result<OpenedStore> open_database(const RocksdbOptions& options, HighWater& high_water, LogFiles& files,
                                  const std::shared_ptr<RocksdbListener>& listener);

}  // namespace signalbox::store
