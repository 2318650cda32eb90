#include "store/rocksdb_settings.hpp"

#include <fcntl.h>
#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "store/file.hpp"

namespace signalbox::store {
namespace {

constexpr std::size_t kSmallBuffer = std::size_t{8} << 20;
constexpr double kFilterBits = 10;

/// Not every file system takes O_DIRECT (older tmpfs, some network ones): RocksDB would only notice when it flushes.
bool takes_direct_io(const std::filesystem::path& folder) {
  const auto path = folder / "direct-io-probe";
  const bool taken = bool(open_file(path, O_RDWR | O_CREAT | O_DIRECT, "try direct I/O on"));
  ::unlink(path.c_str());
  return taken;
}

std::shared_ptr<rocksdb::TableFactory> make_table_factory(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = 16 * 1024;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBits));
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

rocksdb::CompressionType compression_of(Family family) {
  switch (family) {
    case Family::events: return rocksdb::kNoCompression;
    case Family::journey:
    case Family::dead: return rocksdb::kZSTD;
    case Family::meta:
    case Family::lanes:
    case Family::retries:
    case Family::index: return rocksdb::kLZ4Compression;
  }
  return rocksdb::kNoCompression;
}

}  // namespace

rocksdb::DBOptions make_database_options(const RocksdbOptions& options, Recovery recovery) {
  rocksdb::DBOptions database;
  const bool strict = recovery == Recovery::strict;
  database.wal_recovery_mode = strict ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                      : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  database.track_and_verify_wals_in_manifest = strict;
  database.recycle_log_file_num = 0;
  database.paranoid_checks = true;
  database.max_bgerror_resume_count = 0;

  database.max_total_wal_size = options.log_bytes_max;
  database.allow_concurrent_memtable_write = false;  // there is one writer
  database.max_background_jobs = 2;
  database.max_open_files = options.open_files_max;
  database.use_direct_io_for_flush_and_compaction = takes_direct_io(options.path);
  database.skip_stats_update_on_db_open = true;

  database.info_log_level = rocksdb::WARN_LEVEL;
  database.max_log_file_size = std::size_t{4} << 20;
  database.keep_log_file_num = 3;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  return database;
}

std::vector<rocksdb::ColumnFamilyDescriptor> make_family_descriptors(const RocksdbOptions& options) {
  const auto cache = rocksdb::NewLRUCache(options.cache);
  const auto tables = make_table_factory(cache);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < kFamilies; ++i) {
    const auto family = static_cast<Family>(i);
    rocksdb::ColumnFamilyOptions settings;
    settings.table_factory = tables;
    settings.compression = compression_of(family);
    settings.level_compaction_dynamic_level_bytes = true;
    settings.write_buffer_size = std::min(kSmallBuffer, options.write_buffer);
    settings.max_write_buffer_number = 4;
    if (family == Family::events) settings.write_buffer_size = options.write_buffer;
    families.emplace_back(std::string(kFamilyNames[i]), settings);
  }
  return families;
}

}  // namespace signalbox::store
