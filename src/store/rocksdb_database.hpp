#pragma once
#include <rocksdb/db.h>
#include <rocksdb/slice.h>
#include <rocksdb/write_batch.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"
#include "store/family.hpp"
#include "store/log_files.hpp"
#include "store/segment_contents.hpp"
#include "store/store.hpp"

namespace signalbox::store {

inline rocksdb::Slice slice(std::string_view text) { return rocksdb::Slice(text.data(), text.size()); }
inline std::string_view view(const rocksdb::Slice& slice) { return std::string_view(slice.data(), slice.size()); }

/// What RocksDB answered to what was `tried`: corrupt or storage.
Error to_error(const std::string& tried, const rocksdb::Status& status);

/// An open RocksDB with its families.  Values of the events are in the log, the table holds their places.
///
/// Thread-safe but for moving it.
class RocksdbDatabase {
 public:
  /// Takes over all that is open.  `path`: for messages.
  RocksdbDatabase(rocksdb::DB* db, std::vector<rocksdb::ColumnFamilyHandle*> families, std::string path)
      : db_(db), families_(std::move(families)), path_(std::move(path)) {}
  RocksdbDatabase(RocksdbDatabase&&) = default;
  RocksdbDatabase& operator=(RocksdbDatabase&&) = delete;
  ~RocksdbDatabase();

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* handle(Family family) const { return families_[static_cast<std::size_t>(family)]; }

  /// What the table holds.  Errors: storage, corrupt.
  Result<std::optional<std::string>> get(Family family, std::string_view key) const;
  Status scan(Family family, const KeyRange& range, Order order, const Visitor& visit) const;

  /// Writes without RocksDB's own log: lost in a crash until flush().  Errors: storage.
  Status write(rocksdb::WriteBatch& batch) const;
  /// Makes durable what `families` held when it was called.  Errors: storage.
  Status flush(const std::vector<Family>& families) const;

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  std::string path_;
};

/// Adds the changes of `batch`, which stands in the log at `at`: of an event's value its place.
void add_logged(const RocksdbDatabase& database, std::string_view batch, const LogPosition& at, rocksdb::WriteBatch& out,
                SegmentContents& contents);

}  // namespace signalbox::store
