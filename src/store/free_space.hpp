#pragma once
#include <atomic>
#include <cstdint>

#include "signalbox/error.hpp"

namespace signalbox::store {

/// Decides from the free space whether the store may take more in.
///
/// The file system is asked about once a second; in between what was written counts as gone, twice: once in the log,
/// once when the memory table is flushed.  Thread-safe.
class FreeSpace {
 public:
  /// `enough`: below it no events are taken in.  `enough_to_work`: below it nothing is written any more, since
  /// RocksDB aborts the process when it meets a full disk.
  FreeSpace(std::uint64_t enough, std::uint64_t enough_to_work);

  /// What the file system answered.
  void measured(std::uint64_t free_bytes);
  void wrote(std::uint64_t size_bytes);

  /// May events be taken in?  Errors: no_space.  Once refused, it takes a little more than `enough` to go on.
  Status admit() const;
  /// May anything be written?  Errors: no_space.
  Status may_write() const;
  std::uint64_t free_bytes() const;

 private:
  void judge();
  const std::uint64_t enough_, enough_to_work_;
  std::atomic<std::uint64_t> measured_{0}, spent_{0};
  std::atomic<bool> low_{false};
};

}  // namespace signalbox::store
