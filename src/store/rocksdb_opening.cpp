#include "store/rocksdb_opening.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "store/place.hpp"
#include "store/rocksdb_settings.hpp"
#include "store/store_folder.hpp"

namespace signalbox::store {
namespace {

constexpr std::string_view kGroupKey = "#group";    // in `meta` before format 3: number of the last group written
constexpr std::string_view kFormatKey = "#format";  // in `meta`: kFormat of the version that made the store
constexpr std::uint64_t kFormat = 3;
constexpr std::uint64_t kFirstWithLog = 3;

std::string to_bytes(std::uint64_t number) { return std::string(reinterpret_cast<const char*>(&number), sizeof number); }

std::optional<std::uint64_t> to_number(const std::string& bytes) {
  std::uint64_t number = 0;
  if (bytes.size() != sizeof number) return std::nullopt;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

Mark mark_of(const LogEnd& end) { return Mark{end.group, end.at.segment, end.at.offset}; }

std::vector<Family> all_families() {
  std::vector<Family> families;
  for (std::size_t i = 0; i < kFamilies; ++i) families.push_back(static_cast<Family>(i));
  return families;
}

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

class Opening {
 public:
  Opening(const RocksdbOptions& options, HighWater& high_water, LogFiles& files,
          std::shared_ptr<RocksdbListener> listener)
      : options_(options),
        folder_(options.path),
        name_("the store " + folder_.path().string()),
        high_water_(high_water),
        files_(files),
        listener_(std::move(listener)) {}

  Result<OpenedStore> run() {
    auto found = folder_.inspect(high_water_.mark().has_value());
    if (!found) return found.error();
    if (auto status = folder_.make_room(options_); !status) return status.error();
    return *found == StoreFolder::Found::nothing ? create() : open_existing();
  }

 private:
  enum class Access : std::uint8_t { create, write, read };

  Result<OpenedStore> create() {
    if (auto status = folder_.begin_creating(); !status) return status.error();
    if (auto status = files_.create_folder(); !status) return status.error();
    auto database = open(Recovery::strict, Access::create);
    if (!database) return database.error();
    const LogEnd nothing;
    if (auto status = begin_log(*database, nothing); !status) return status.error();
    if (auto status = high_water_.write(mark_of(nothing)); !status) return status.error();
    if (auto status = folder_.end_creating(); !status) return status.error();
    return OpenedStore{std::move(*database), nothing, nothing.at, {}, {}};
  }

  Result<OpenedStore> open_existing() {
    accept_ = folder_.loss_accepted();
    std::error_code ignored;
    if (!accept_ && !std::filesystem::exists(files_.folder(), ignored))
      if (auto status = look_before_opening(); !status) return status.error();
    auto database = open(accept_ ? Recovery::accept_loss : Recovery::strict, Access::write);
    if (!database) return database.error();
    auto format = number(*database, kFormatKey);
    if (!format) return format.error();
    if (*format > kFormat)
      return Error(Errc::unsupported, name_ + " has format " + std::to_string(*format) + "; this version reads up to " +
                                          std::to_string(kFormat));
    if (*format == 0) return Error(Errc::corrupt, name_ + " does not say its format" + remedy(folder_.path()));
    if (*format < kFirstWithLog)
      if (auto status = raise_format(*database); !status) return status.error();
    return replay_log(std::move(*database));
  }

  // --- formats before the log: RocksDB had one of its own, with everything in it ---

  /// Opening replaces RocksDB's logs, after which restoring a lost one is of no use: when one seems to be lost, look
  /// first.
  Status look_before_opening() {
    if (!high_water_.mark()) return check_mark(0);
    if (!folder_.log_is_missed(*high_water_.mark())) return ok();
    auto database = open(Recovery::strict, Access::read);
    if (!database) return database.error();
    auto group = number(*database, kGroupKey);
    if (!group) return group.error();
    return check_mark(*group);
  }

  /// An older version must not read what this one is going to write.  This one reads what older ones have written.
  Status raise_format(const RocksdbDatabase& database) {
    auto group = number(database, kGroupKey);
    if (!group) return group.error();
    if (!accept_)
      if (auto status = check_mark(*group); !status) return status;
    if (auto status = files_.create_folder(); !status) return status;
    if (auto status = database.flush(all_families()); !status) return status;
    return begin_log(database, LogEnd{*group, {}});
  }

  /// From here on the log says what the tables do not hold.  Once, so RocksDB's own log may do it.
  Status begin_log(const RocksdbDatabase& database, const LogEnd& end) {
    rocksdb::WriteOptions how;
    how.sync = true;
    rocksdb::WriteBatch batch;
    auto status = batch.Put(slice(kFormatKey), to_bytes(kFormat));
    if (status.ok()) status = batch.Put(slice(kCheckpointKey), encode(LogCheckpoint{end, {}}));
    if (status.ok()) status = database.db().Write(how, &batch);
    if (!status.ok()) return to_error("beginning the log of " + name_, status);
    return ok();
  }

  // --- the log ---

  Result<OpenedStore> replay_log(RocksdbDatabase database) {
    auto bytes = database.get(Family::meta, kCheckpointKey);
    if (!bytes) return bytes.error();
    auto checkpoint = read_log_checkpoint(bytes->value_or(""));
    SegmentContents contents;
    if (!checkpoint || !contents.add_encoded(checkpoint->contents))
      return Error(Errc::corrupt, name_ + " does not say how far it had come" + remedy(folder_.path()));
    if (!accept_)
      if (auto status = check_start(*checkpoint); !status) return status.error();
    auto segment = checkpoint->end.at.segment;
    rocksdb::WriteBatch batch;
    const auto again = [&](const ReplayedGroup& group) -> Status {
      if (!Batch::is_whole(group.payload))
        return Error(Errc::corrupt, "group " + std::to_string(group.number) + " of the log is not made of commits");
      if (std::exchange(segment, group.at.segment) != group.at.segment) contents.clear();
      batch.Clear();
      add_logged(database, group.payload, group.at, batch, contents);
      return database.write(batch);
    };
    auto end = replay(files_, checkpoint->end, accept_ ? OnDamage::stop : OnDamage::refuse, again);
    if (!end) return end.error().code == Errc::corrupt ? Error(Errc::corrupt, end.error().message + remedy(folder_.path())) : end.error();
    if (!accept_)
      if (auto status = check_mark(end->group); !status) return status.error();
    if (auto status = cut_behind(files_, end->at); !status) return status.error();
    OpenedStore opened{std::move(database), *end, checkpoint->end.at, std::move(contents), {}};
    if (auto status = find_sealed(opened); !status) return status.error();
    if (accept_)
      if (auto status = accept_loss(opened); !status) return status.error();
    return opened;
  }

  /// The segment with the checkpoint must go as far as that.
  Status check_start(const LogCheckpoint& checkpoint) const {
    const auto& at = checkpoint.end.at;
    if (checkpoint.contents.empty() || size_of(at.segment) >= at.offset) return ok();
    return missing(at.segment);
  }

  Status missing(std::uint32_t segment) const {
    return Error(Errc::corrupt, name_ + " has lost data that was durable: the log " + files_.path(segment).string() +
                                    " is missing or cut short" + remedy(folder_.path()));
  }

  /// 0 when it is not there.
  std::uint64_t size_of(std::uint32_t segment) const {
    std::error_code error;
    const auto size = std::filesystem::file_size(files_.path(segment), error);
    return error ? 0 : size;
  }

  /// Those that the database knows must be there; others were about to be removed.
  Status find_sealed(OpenedStore& opened) {
    bool sound = true;
    const auto take = [&](std::string_view key, std::string_view value) {
      auto sealed = read_sealed_segment(value);
      sound = sound && sealed;
      if (sealed) opened.sealed.emplace(parse_sealed_key(key), std::move(*sealed));
      return Visit::go_on;
    };
    const KeyRange range{std::string(kSealedKeys), std::string(kSealedKeys) + std::string(5, '\xff')};
    if (auto status = opened.database.scan(Family::meta, range, Order::ascending, take); !status) return status;
    if (!sound) return Error(Errc::corrupt, name_ + " does not know the segments of its log" + remedy(folder_.path()));
    if (auto status = remove_unknown(opened); !status || accept_) return status;
    for (const auto& [segment, sealed] : opened.sealed)
      if (size_of(segment) < sealed.size_bytes) return missing(segment);
    return ok();
  }

  Status remove_unknown(const OpenedStore& opened) {
    auto segments = files_.list();
    if (!segments) return segments.error();
    for (const auto segment : *segments)
      if (segment < opened.checkpoint.segment && !opened.sealed.contains(segment))
        if (auto status = files_.remove(segment); !status) return status;
    return ok();
  }

  // --- what both ways need ---

  Result<RocksdbDatabase> open(Recovery recovery, Access access) {
    auto settings = make_database_options(options_, recovery);
    settings.create_if_missing = settings.create_missing_column_families = access == Access::create;
    settings.listeners.push_back(listener_);
    if (access != Access::create)
      if (auto status = check_families(settings, folder_); !status) return status.error();
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    const auto path = folder_.database().string();
    const auto families = make_family_descriptors(options_);
    const auto status = access == Access::read
                            ? rocksdb::DB::OpenForReadOnly(settings, path, families, &handles, &db)
                            : rocksdb::DB::Open(settings, path, families, &handles, &db);
    if (!status.ok())
      return Error(status.IsCorruption() ? Errc::corrupt : Errc::storage,
                   name_ + " cannot be opened: " + status.ToString() +
                       (status.IsCorruption() ? remedy(folder_.path()) : std::string()));
    return RocksdbDatabase(db, std::move(handles), folder_.path().string());
  }

  /// 0 when the key is not there.
  Result<std::uint64_t> number(const RocksdbDatabase& database, std::string_view key) const {
    auto value = database.get(Family::meta, key);
    if (!value) return value.error();
    if (!*value) return std::uint64_t{0};
    const auto read = to_number(**value);
    if (!read) return Error(Errc::corrupt, name_ + " has no number under " + std::string(key));
    return *read;
  }

  Status check_mark(std::uint64_t group) const {
    const auto& mark = high_water_.mark();
    if (!mark)
      return Error(Errc::corrupt, "the high-water mark of " + name_ +
                                      " is missing or damaged, so nobody can say whether data was lost" + remedy(folder_.path()));
    if (group < mark->group)
      return Error(Errc::corrupt, name_ + " has lost data that was durable: its log ends at group " + std::to_string(group) +
                                      ", but " + std::to_string(mark->group) +
                                      " was synced; a log file was removed or cut short" + remedy(folder_.path()));
    return ok();
  }

  Status accept_loss(OpenedStore& opened) {
    base::log::warn("store.loss_accepted", "path={} group={} marked={}", folder_.path().string(), opened.end.group,
                    high_water_.mark() ? high_water_.mark()->group : 0);
    if (auto status = forget_lost_places(opened.database); !status) return status;
    if (auto status = opened.database.flush(all_families()); !status) return status;
    if (auto status = high_water_.write(mark_of(opened.end)); !status) return status;
    return folder_.forget_acceptance();
  }

  /// Values whose segment is not there, or not that long, are gone.
  Status forget_lost_places(const RocksdbDatabase& database) const {
    std::map<std::uint32_t, std::uint64_t> sizes;
    rocksdb::WriteBatch batch;
    const auto look = [&](std::string_view key, std::string_view value) {
      const auto place = read_place(value);
      if (!place) return Visit::go_on;
      const auto [size, is_new] = sizes.try_emplace(place->segment);
      if (is_new) size->second = size_of(place->segment);
      if (std::uint64_t{place->offset} + place->size > size->second)
        batch.Delete(database.handle(Family::events), slice(key)).PermitUncheckedError();
      return Visit::go_on;
    };
    const KeyRange everything{"", std::string(32, '\xff')};
    if (auto status = database.scan(Family::events, everything, Order::ascending, look); !status) return status;
    return database.write(batch);
  }

  const RocksdbOptions& options_;
  const StoreFolder folder_;
  const std::string name_;  // for messages
  HighWater& high_water_;
  LogFiles& files_;
  const std::shared_ptr<RocksdbListener> listener_;
  bool accept_ = false;
};

}  // namespace

void RocksdbListener::OnFlushBegin(rocksdb::DB*, const rocksdb::FlushJobInfo&) {
  auto* open_log = log.load();
  if (!open_log) return;  // opening: what is replayed is durable
  auto* failed = writer.load();
  if (auto status = open_log->sync(); !status && failed) failed->fail(status.error());
}

void RocksdbListener::OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) {
  if (auto* failed = writer.load()) failed->fail(to_error("writing in the background", *status));
}

Result<OpenedStore> open_database(const RocksdbOptions& options, HighWater& high_water, LogFiles& files,
                                  const std::shared_ptr<RocksdbListener>& listener) {
  return Opening(options, high_water, files, listener).run();
}

}  // namespace signalbox::store
