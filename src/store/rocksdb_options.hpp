#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "signalbox/error.hpp"

namespace rocksdb {
class FileSystem;
}

namespace signalbox::store {

/// What makes a commit durable.
enum class DiskSync : std::uint8_t {
  fsync,  ///< a sync of the log before it completes: survives a power cut
  os,     ///< written to the operating system: survives a crash of the process only
};

/// How to open a RocksdbStore.  The defaults suit a server.
struct RocksdbOptions {
  std::filesystem::path path;              ///< a folder of its own; created if missing
  DiskSync durability = DiskSync::fsync;
  std::uint64_t min_free = std::uint64_t{1} << 30;       ///< with less free space no events are taken in
  std::uint64_t work_minimum = std::uint64_t{64} << 20;  ///< with less nothing is written any more
  std::uint64_t open_minimum = std::uint64_t{64} << 20;  ///< free space wanted to open, beside the size of the log
  std::uint64_t reserve = std::uint64_t{256} << 20;      ///< set aside, and given up when opening needs it; 0: none
  std::size_t write_buffer = std::size_t{64} << 20;      ///< of the events, in memory; there may be four
  std::size_t log_bytes_max = std::size_t{128} << 20;    ///< of the write-ahead log: what opening has to replay
  std::size_t cache = std::size_t{64} << 20;             ///< of blocks read
  int open_files_max = 512;
  /// Called once when writing has failed for good, on a thread of the store: it must only pass the word on.
  std::function<void(const Error&)> on_failure;
  std::shared_ptr<rocksdb::FileSystem> file_system;      ///< null: the machine's.  For tests of failing disks
};

}  // namespace signalbox::store
