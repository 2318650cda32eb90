#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "signalbox/error.hpp"

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
  std::size_t write_buffer = std::size_t{64} << 20;      ///< of the places of events, in memory; there may be four
  std::size_t log_bytes_max = std::size_t{128} << 20;    ///< of the log that opening may have to replay
  std::size_t segment_bytes = std::size_t{64} << 20;     ///< of a file of the log
  std::chrono::milliseconds clean_interval{30'000};      ///< how often a segment is looked for of which little is kept
  std::size_t cache = std::size_t{64} << 20;             ///< of blocks read
  int open_files_max = 512;
  /// Called once when writing has failed for good, on a thread of the store: it must only pass the word on.
  std::function<void(const Error&)> on_failure;
  std::function<int(int descriptor)> sync_file;          ///< null: fdatasync(2).  For tests of failing disks
};

}  // namespace signalbox::store
