#pragma once
#include <filesystem>

#include "store/rocksdb_options.hpp"

namespace signalbox::test {

/// Options for a RocksDB store that is small enough for tests.
inline store::RocksdbOptions small_store(const std::filesystem::path& path) {
  store::RocksdbOptions options;
  options.path = path;
  options.min_free = std::uint64_t{8} << 20;
  options.work_minimum = std::uint64_t{4} << 20;
  options.open_minimum = std::uint64_t{4} << 20;
  options.reserve = 0;
  options.write_buffer = std::size_t{1} << 20;
  options.log_bytes_max = std::size_t{2} << 20;
  options.segment_bytes = std::size_t{1} << 20;
  options.cache = std::size_t{1} << 20;
  return options;
}

}  // namespace signalbox::test
