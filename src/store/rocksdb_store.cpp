#include "store/rocksdb_store.hpp"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "store/free_space.hpp"
#include "store/group_writer.hpp"
#include "store/high_water.hpp"
#include "store/rocksdb_settings.hpp"
#include "store/store_folder.hpp"
#include "store/store_lock.hpp"

namespace signalbox::store {
namespace {

constexpr std::string_view kGroupKey = "#group";    // in `meta`: the number of the last group written, put with each
constexpr std::string_view kFormatKey = "#format";  // in `meta`: kFormat of the version that made the store
constexpr std::uint64_t kFormat = 2;
constexpr std::uint64_t kMarkEveryBytes = std::uint64_t{4} << 20;
constexpr std::chrono::seconds kHousekeeping{1};

rocksdb::Slice slice(std::string_view text) { return rocksdb::Slice(text.data(), text.size()); }
std::string_view view(const rocksdb::Slice& slice) { return std::string_view(slice.data(), slice.size()); }

std::string to_bytes(std::uint64_t number) { return std::string(reinterpret_cast<const char*>(&number), sizeof number); }

std::optional<std::uint64_t> to_number(const std::string& bytes) {
  std::uint64_t number = 0;
  if (bytes.size() != sizeof number) return std::nullopt;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

Error to_error(const std::string& tried, const rocksdb::Status& status) {
  return Error(status.IsCorruption() ? Errc::corrupt : Errc::storage, tried + ": " + status.ToString());
}

Mark mark_at(rocksdb::DB& db, std::uint64_t group) {
  std::unique_ptr<rocksdb::LogFile> log;
  if (!db.GetCurrentWalFile(&log).ok() || !log) return Mark{group, 0, 0};
  return Mark{group, log->LogNumber(), log->SizeFileBytes()};
}

/// What RocksDB tells of its own threads.
class Listener final : public rocksdb::EventListener {
 public:
  std::atomic<GroupWriter*> writer{nullptr};
  std::atomic<bool> log_switched{false};

  void OnMemTableSealed(const rocksdb::MemTableInfo&) override { log_switched.store(true, std::memory_order_relaxed); }
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    if (auto* failed = writer.load()) failed->fail(to_error("writing in the background", *status));
  }
};

/// An open RocksDB with its families.
struct Database {
  std::unique_ptr<rocksdb::Env> env;  // only with a file system of the caller's
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;

  Database() = default;
  Database(Database&&) = default;
  Database& operator=(Database&&) = delete;
  ~Database() {
    if (!db) return;
    for (auto* family : families) db->DestroyColumnFamilyHandle(family);
    db->Close().PermitUncheckedError();
  }
};

class RocksdbStore final : public Store, public GroupSink {
 public:
  RocksdbStore(const RocksdbOptions& options, StoreLock lock, HighWater high_water, std::shared_ptr<Listener> listener,
               Database database, std::uint64_t group)
      : options_(options),
        folder_(options.path),
        lock_(std::move(lock)),
        listener_(std::move(listener)),
        database_(std::move(database)),
        space_(options.min_free, options.work_minimum),
        high_water_(std::move(high_water)),
        group_(group),
        synced_(high_water_.mark() ? high_water_.mark()->group : 0) {
    measure_space();
    GroupWriter::Options writer;
    writer.sync = options.durability == DiskSync::fsync ? Sync::yes : Sync::no;
    writer_ = std::make_unique<GroupWriter>(*this, writer, options.on_failure);
    listener_->writer.store(writer_.get());
    housekeeper_ = std::thread([this] { keep_house(); });
  }

  ~RocksdbStore() override {
    writer_->finish();
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    housekeeper_.join();
    if (writer_->failure()) return;
    auto status = sync();
    if (status) status = write_mark();
    if (!status) base::log::error("store.close_failed", "error={}", base::log::quoted(status.error().message));
  }

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    std::string value;
    const auto status = database_.db->Get(rocksdb::ReadOptions(), handle(family), slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return to_error("reading " + std::string(name_of(family)) + " in " + folder_.path().string(), status);
    return std::optional<std::string>(std::move(value));
  }

  Status scan(Family family, const KeyRange& range, Order order, const Visitor& visit) const override {
    if (range.from >= range.to) return ok();
    const auto lower = slice(range.from), upper = slice(range.to);
    rocksdb::ReadOptions read;
    read.iterate_lower_bound = &lower;
    read.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(database_.db->NewIterator(read, handle(family)));
    order == Order::ascending ? it->SeekToFirst() : it->SeekToLast();
    while (it->Valid() && visit(view(it->key()), view(it->value())) == Visit::go_on)
      order == Order::ascending ? it->Next() : it->Prev();
    if (const auto status = it->status(); !status.ok())
      return to_error("scanning " + std::string(name_of(family)) + " in " + folder_.path().string(), status);
    return ok();
  }

  void submit(std::unique_ptr<Commit> commit) override { writer_->submit(std::move(commit)); }

  Status admit(Purpose purpose) const override {
    if (purpose == Purpose::upkeep) {
      if (auto failure = writer_->failure()) return *failure;
      return space_.may_write();
    }
    if (auto status = space_.admit(); !status) return status;
    return writer_->admit();
  }

  Status reclaim(Family family, const KeyRange& range) override {
    const auto from = slice(range.from), to = slice(range.to);
    const rocksdb::RangePtr part(&from, &to);
    const auto status = rocksdb::DeleteFilesInRanges(database_.db.get(), handle(family), &part, 1, false);
    if (!status.ok()) return to_error("deleting files of " + std::string(name_of(family)), status);
    return ok();
  }

  StoreStatus status() const override {
    StoreStatus status;
    status.name = "rocksdb";
    status.durability = options_.durability == DiskSync::fsync ? "fsync" : "os";
    status.free_bytes = space_.free_bytes();
    status.commits = writer_->groups();
    status.committed_batches = writer_->batches();
    if (auto admitted = admit(Purpose::intake); !admitted) {
      status.accepting = false;
      status.reason = admitted.error().message;
    }
    if (auto failure = writer_->failure()) status.reason = failure->message;
    return status;
  }

  bool blocking() const override { return true; }

 private:
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return database_.families[static_cast<std::size_t>(family)];
  }

  // --- on the writer's thread ---

  Status write(std::span<Commit* const> group, Sync sync) override {
    batch_.Clear();
    for (const Commit* commit : group) commit->batch.for_each([this](const Batch::Change& change) { add(change); });
    const auto number = group_.load(std::memory_order_relaxed) + 1;
    check(batch_.Put(handle(Family::meta), slice(kGroupKey), to_bytes(number)));
    rocksdb::WriteOptions how;
    how.sync = sync == Sync::yes;
    if (const auto status = database_.db->Write(how, &batch_); !status.ok())
      return to_error("writing " + std::to_string(group.size()) + " commits to " + folder_.path().string(), status);
    group_.store(number, std::memory_order_relaxed);
    space_.wrote(batch_.GetDataSize());
    unmarked_bytes_ += batch_.GetDataSize();
    if (sync == Sync::yes) return synced(number);
    return ok();
  }

  Status sync() override {
    if (const auto status = database_.db->SyncWAL(); !status.ok())
      return to_error("syncing the log of " + folder_.path().string(), status);
    return synced(group_.load(std::memory_order_relaxed));
  }

  /// The first sync of each new log is marked before anybody hears of it: then a log that is lost is always missed.
  Status synced(std::uint64_t number) {
    synced_.store(number, std::memory_order_relaxed);
    if (listener_->log_switched.exchange(false, std::memory_order_relaxed)) return write_mark();
    if (unmarked_bytes_ >= kMarkEveryBytes) {
      unmarked_bytes_ = 0;
      const std::lock_guard lock(mutex_);
      mark_wanted_ = true;
      wake_.notify_one();
    }
    return ok();
  }

  void add(const Batch::Change& change) {
    auto* family = handle(change.family);
    switch (change.kind) {
      case Batch::Kind::put: return check(batch_.Put(family, slice(change.key), slice(change.value)));
      case Batch::Kind::erase: return check(batch_.Delete(family, slice(change.key)));
      case Batch::Kind::erase_range: return check(batch_.DeleteRange(family, slice(change.key), slice(change.value)));
    }
  }

  /// Adding to a batch in memory fails only when used wrongly.
  static void check(const rocksdb::Status& status) { assert(status.ok()); }

  // --- on the housekeeper's thread ---

  void keep_house() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      wake_.wait_for(lock, kHousekeeping, [this] { return stopping_ || mark_wanted_; });
      mark_wanted_ = false;
      lock.unlock();
      measure_space();
      set_space_aside();
      if (auto status = write_mark(); !status) writer_->fail(status.error());
      lock.lock();
    }
  }

  void measure_space() {
    if (auto free = free_bytes(folder_.path())) space_.measured(*free);
  }

  void set_space_aside() {
    std::error_code error;
    if (options_.reserve == 0 || reserve_failed_ || std::filesystem::exists(folder_.reserve(), error)) return;
    if (space_.free_bytes() < options_.min_free + options_.reserve) return;
    auto status = preallocate(folder_.reserve(), options_.reserve);
    if (status) return;
    reserve_failed_ = true;  // said once
    base::log::warn("store.no_reserve", "path={} error={}", folder_.path().string(), base::log::quoted(status.error().message));
  }

  Status write_mark() {
    const std::lock_guard lock(mark_mutex_);
    const auto group = synced_.load(std::memory_order_relaxed);
    if (high_water_.mark() && group <= high_water_.mark()->group) return ok();
    return high_water_.write(mark_at(*database_.db, group));
  }

  const RocksdbOptions options_;
  const StoreFolder folder_;
  const StoreLock lock_;
  const std::shared_ptr<Listener> listener_;
  std::unique_ptr<GroupWriter> writer_;  // outlives the database, whose threads report their failures to it
  Database database_;
  FreeSpace space_;

  std::mutex mark_mutex_;
  HighWater high_water_;
  std::atomic<std::uint64_t> group_;   // number of the last group written
  std::atomic<std::uint64_t> synced_;  // number of the last group known to be durable

  rocksdb::WriteBatch batch_;
  std::uint64_t unmarked_bytes_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool mark_wanted_ = false;
  bool reserve_failed_ = false;  // of the housekeeper's thread
  bool stopping_ = false;
  std::thread housekeeper_;
};

/// The families must be ours, all of them.  Errors: corrupt, unsupported, storage.
Status check_families(const rocksdb::DBOptions& settings, const StoreFolder& folder) {
  std::vector<std::string> names;
  const auto status = rocksdb::DB::ListColumnFamilies(settings, folder.database().string(), &names);
  if (!status.ok())
    return Error(Errc::corrupt, "the store " + folder.path().string() + " cannot be read: " + status.ToString() +
                                    ".  Nothing was changed.  Restore the folder from a backup");
  for (const auto ours : kFamilyNames)
    if (std::find(names.begin(), names.end(), ours) == names.end())
      return Error(Errc::corrupt, "the store " + folder.path().string() + " lacks the column family '" + std::string(ours) +
                                      "'.  Nothing was changed.  Restore the folder from a backup");
  for (const auto& name : names)
    if (std::find(kFamilyNames.begin(), kFamilyNames.end(), name) == kFamilyNames.end())
      return Error(Errc::unsupported, "the store " + folder.path().string() + " has a column family '" + name +
                                          "' that this version does not know: it was written by a newer one");
  return ok();
}

/// What opening and checking found out.
struct Opened {
  Database database;
  std::uint64_t group = 0;  ///< number of the last group that is there
};

class Opening {
 public:
  Opening(const RocksdbOptions& options, HighWater& high_water, std::shared_ptr<Listener> listener)
      : options_(options), folder_(options.path), high_water_(high_water), listener_(std::move(listener)) {}

  Result<Opened> run() {
    auto found = folder_.inspect(high_water_.mark().has_value());
    if (!found) return found.error();
    if (auto status = folder_.make_room(options_); !status) return status.error();
    return *found == StoreFolder::Found::nothing ? create() : open_existing();
  }

 private:
  Result<Opened> create() {
    if (auto status = folder_.begin_creating(); !status) return status.error();
    auto database = open(Recovery::strict, Access::create);
    if (!database) return database.error();
    rocksdb::WriteOptions how;
    how.sync = true;
    if (const auto status = database->db->Put(how, slice(kFormatKey), to_bytes(kFormat)); !status.ok())
      return to_error("creating the store " + folder_.path().string(), status);
    if (auto status = high_water_.write(mark_at(*database->db, 0)); !status) return status.error();
    if (auto status = folder_.end_creating(); !status) return status.error();
    return Opened{std::move(*database), 0};
  }

  Result<Opened> open_existing() {
    const bool accept = folder_.loss_accepted();
    if (!accept)
      if (auto status = look_before_opening(); !status) return status.error();
    auto database = open(accept ? Recovery::accept_loss : Recovery::strict, Access::write);
    if (!database) return database.error();
    auto format = number(*database, kFormatKey);
    if (!format) return format.error();
    if (*format > kFormat)
      return Error(Errc::unsupported, "the store " + folder_.path().string() + " has format " + std::to_string(*format) +
                                          "; this version reads up to " + std::to_string(kFormat));
    if (*format == 0)
      return Error(Errc::corrupt, "the store " + folder_.path().string() + " does not say its format" + remedy(folder_.path()));
    auto group = number(*database, kGroupKey);
    if (!group) return group.error();
    if (!accept)
      if (auto status = check_mark(*group); !status) return status.error();
    if (*format < kFormat)
      if (auto status = raise_format(*database->db); !status) return status.error();
    if (accept) return accept_loss(std::move(*database), *group);
    return Opened{std::move(*database), *group};
  }

  /// An older version must not read what this one is going to write.  This one reads what older ones have written.
  Status raise_format(rocksdb::DB& db) const {
    rocksdb::WriteOptions how;
    how.sync = true;
    const auto status = db.Put(how, slice(kFormatKey), to_bytes(kFormat));
    if (!status.ok()) return to_error("raising the format of the store " + folder_.path().string(), status);
    return ok();
  }

  /// Opening replaces the logs, after which restoring a lost one is of no use: when one seems to be lost, look first.
  Status look_before_opening() {
    if (!high_water_.mark()) return check_mark(0);
    if (!folder_.log_is_missed(*high_water_.mark())) return ok();
    auto database = open(Recovery::strict, Access::read);
    if (!database) return database.error();
    auto group = number(*database, kGroupKey);
    if (!group) return group.error();
    return check_mark(*group);
  }

  enum class Access : std::uint8_t { create, write, read };
  Result<Database> open(Recovery recovery, Access access) {
    Database database;
    auto settings = make_database_options(options_, recovery);
    settings.create_if_missing = settings.create_missing_column_families = access == Access::create;
    settings.listeners.push_back(listener_);
    if (options_.file_system) {
      database.env = rocksdb::NewCompositeEnv(options_.file_system);
      settings.env = database.env.get();
    }
    if (access != Access::create)
      if (auto status = check_families(settings, folder_); !status) return status.error();
    rocksdb::DB* db = nullptr;
    const auto path = folder_.database().string();
    const auto families = make_family_descriptors(options_);
    const auto status = access == Access::read
                            ? rocksdb::DB::OpenForReadOnly(settings, path, families, &database.families, &db)
                            : rocksdb::DB::Open(settings, path, families, &database.families, &db);
    if (!status.ok())
      return Error(status.IsCorruption() ? Errc::corrupt : Errc::storage,
                   "the store " + folder_.path().string() + " cannot be opened: " + status.ToString() +
                       (status.IsCorruption() ? remedy(folder_.path()) : std::string()));
    database.db.reset(db);
    return database;
  }

  /// 0 when the key is not there.
  Result<std::uint64_t> number(const Database& database, std::string_view key) const {
    std::string value;
    const auto status = database.db->Get(rocksdb::ReadOptions(), slice(key), &value);
    if (status.IsNotFound()) return std::uint64_t{0};
    if (!status.ok()) return to_error("reading the store " + folder_.path().string(), status);
    const auto read = to_number(value);
    if (!read) return Error(Errc::corrupt, "the store " + folder_.path().string() + " has no number under " + std::string(key));
    return *read;
  }

  Status check_mark(std::uint64_t group) const {
    const auto& mark = high_water_.mark();
    if (!mark)
      return Error(Errc::corrupt, "the high-water mark of the store " + folder_.path().string() +
                                      " is missing or damaged, so nobody can say whether data was lost" + remedy(folder_.path()));
    if (group < mark->group)
      return Error(Errc::corrupt, "the store " + folder_.path().string() + " has lost data that was durable: its log ends at group " +
                                      std::to_string(group) + ", but " + std::to_string(mark->group) +
                                      " was synced; a log file was removed or cut short" + remedy(folder_.path()));
    return ok();
  }

  Result<Opened> accept_loss(Database database, std::uint64_t group) {
    base::log::warn("store.loss_accepted", "path={} group={} marked={}", folder_.path().string(), group,
                    high_water_.mark() ? high_water_.mark()->group : 0);
    if (const auto status = database.db->SyncWAL(); !status.ok())
      return to_error("syncing the log of " + folder_.path().string(), status);
    if (auto status = high_water_.write(mark_at(*database.db, group)); !status) return status.error();
    if (auto status = folder_.forget_acceptance(); !status) return status.error();
    return Opened{std::move(database), group};
  }

  const RocksdbOptions& options_;
  const StoreFolder folder_;
  HighWater& high_water_;
  const std::shared_ptr<Listener> listener_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_rocksdb_store(const RocksdbOptions& options) {
  const StoreFolder folder(options.path);
  if (auto status = folder.create(); !status) return status.error();
  auto lock = StoreLock::take(options.path);
  if (!lock) return lock.error();
  auto high_water = HighWater::open(options.path);
  if (!high_water) return high_water.error();
  auto listener = std::make_shared<Listener>();
  auto opened = Opening(options, *high_water, listener).run();
  if (!opened) return opened.error();
  listener->log_switched.store(true);  // so that the first sync is marked at once
  return std::unique_ptr<Store>(std::make_unique<RocksdbStore>(options, std::move(*lock), std::move(*high_water),
                                                               std::move(listener), std::move(opened->database), opened->group));
}

}  // namespace signalbox::store
