#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>

#include "signalbox/error.hpp"
#include "store/high_water.hpp"
#include "store/rocksdb_options.hpp"

namespace signalbox::store {

/// The files around the database in a store's folder, and what they say of its state before it is opened.
///
///     lock        held while the store is open
///     high-water  how far the store had come (HighWater)
///     reserve     space set aside
///     creating    there while a new store is being made: what stands in `db` was never used
///     accept-loss put there by the operator: open with what is left, whatever is missing
///     db/         RocksDB's
///     log/        LogFiles
class StoreFolder {
 public:
  explicit StoreFolder(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path database() const { return path_ / "db"; }
  std::filesystem::path log() const { return path_ / "log"; }
  std::filesystem::path reserve() const { return path_ / "reserve"; }

  /// Creates the folder.  Errors: storage, no_space.
  Status create() const;

  enum class Found : std::uint8_t { nothing, store };
  /// Whether there is a store, a broken one being an error.  `marked`: there is a high-water mark.  Errors: corrupt.
  Result<Found> inspect(bool marked) const;

  /// Of formats before 3: RocksDB's log that the mark speaks of is not there, or shorter than it was: it may have been
  /// flushed and removed, or lost.
  bool log_is_missed(const Mark& mark) const;

  /// Errors: storage, no_space.
  Status begin_creating() const;
  Status end_creating() const;

  bool loss_accepted() const;
  Status forget_acceptance() const;

  /// Makes sure that opening cannot meet a full disk, giving up the reserve if that is what it takes.
  /// Errors: no_space, storage.
  Status make_room(const RocksdbOptions& options) const;

 private:
  std::uint64_t log_bytes() const;
  std::filesystem::path path_;
};

/// What an operator can do about a store that is refused; the end of such a message.
std::string remedy(const std::filesystem::path& folder);

}  // namespace signalbox::store
