#include "store/rocksdb_store.hpp"

#include <rocksdb/convenience.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "store/free_space.hpp"
#include "store/group_writer.hpp"
#include "store/high_water.hpp"
#include "store/log_checkpoint.hpp"
#include "store/log_files.hpp"
#include "store/log_writer.hpp"
#include "store/place.hpp"
#include "store/placed_values.hpp"
#include "store/rocksdb_database.hpp"
#include "store/rocksdb_opening.hpp"
#include "store/segment_cleaner.hpp"
#include "store/store_folder.hpp"
#include "store/store_lock.hpp"

namespace signalbox::store {
namespace {

constexpr std::uint64_t kMarkEveryBytes = std::uint64_t{4} << 20;
constexpr std::size_t kMovedAtOnce = std::size_t{1} << 20;
constexpr std::size_t kLongestKey = 255;
constexpr std::chrono::seconds kHousekeeping{1};

/// A durable commit that a thread of the store's waits for.
class Awaited : public Commit {
 public:
  explicit Awaited(Batch changes) : Commit(std::move(changes), Durability::durable, nullptr) {}
  /// Without a port a commit ends by being destroyed.
  ~Awaited() override { done_.set_value(status); }
  std::future<Status> done() { return done_.get_future(); }

 private:
  std::promise<Status> done_;
};

/// Writes values again that stand in an old segment, unless they were erased meanwhile.
class Move final : public Awaited {
 public:
  struct Value {
    std::string key;
    Place from;
  };
  Move(const RocksdbDatabase& database, Batch values, std::vector<Value> moved)
      : Awaited(std::move(values)), database_(database), moved_(std::move(moved)) {}

  bool revises() const override { return true; }
  void revise() override {
    Batch still;
    auto value = moved_.begin();
    const auto take = [&](const Batch::Change& change) {
      const auto bytes = encode(value++->from);
      const auto now = database_.get(Family::events, change.key);
      if (now && *now && **now == std::string_view(bytes.data(), bytes.size()))
        still.put(Family::events, change.key, change.value);
    };
    batch.for_each(take);
    batch = std::move(still);
  }

 private:
  const RocksdbDatabase& database_;
  const std::vector<Value> moved_;  // as the changes of the batch
};

class RocksdbStore final : public Store, public GroupSink {
 public:
  RocksdbStore(const RocksdbOptions& options, StoreLock lock, HighWater high_water, std::unique_ptr<LogFiles> files,
               std::shared_ptr<RocksdbListener> listener, OpenedStore opened)
      : options_(options),
        folder_(options.path),
        lock_(std::move(lock)),
        files_(std::move(files)),
        listener_(std::move(listener)),
        log_(*files_, {options.segment_bytes, options.sync_file}, opened.end.at),
        database_(std::move(opened.database)),
        space_(options.min_free, options.work_minimum),
        high_water_(std::move(high_water)),
        written_(opened.end),
        synced_(opened.end),
        contents_(std::move(opened.contents)),
        contents_of_(opened.end.at.segment),
        checkpoint_(opened.checkpoint),
        cleaner_([this](std::string_view stream) { return first_kept(stream); }) {
    for (auto& [segment, sealed] : opened.sealed) cleaner_.add(segment, std::move(sealed));
    measure_space();
    GroupWriter::Options writer;
    writer.sync = options.durability == DiskSync::fsync ? Sync::yes : Sync::no;
    writer_ = std::make_unique<GroupWriter>(*this, writer, options.on_failure);
    listener_->writer.store(writer_.get());
    listener_->log.store(&log_);
    housekeeper_ = std::thread([this] { keep_house(); });
  }

  ~RocksdbStore() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    housekeeper_.join();
    writer_->finish();
    if (writer_->failure()) return;
    auto status = sync();
    if (status) status = write_mark();
    if (status) status = checkpoint();
    if (!status) base::log::error("store.close_failed", "error={}", base::log::quoted(status.error().message));
  }

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    const std::shared_lock reading(reading_);
    auto value = database_.get(family, key);
    if (family != Family::events || !value || !*value) return value;
    const auto place = read_place(**value);
    if (!place) return value;
    PlacedValues values(*files_, Order::ascending);
    const auto text = values.read(*place);
    if (!text) return text.error();
    return std::optional<std::string>(*text);
  }

  Status scan(Family family, const KeyRange& range, Order order, const Visitor& visit) const override {
    if (family != Family::events) return database_.scan(family, range, order, visit);
    const std::shared_lock reading(reading_);
    PlacedValues values(*files_, order);
    Status found = ok();
    const auto visit_value = [&](std::string_view key, std::string_view bytes) {
      const auto place = read_place(bytes);
      if (!place) return visit(key, bytes);
      const auto value = values.read(*place);
      if (!value) found = value.error();
      return value ? visit(key, *value) : Visit::stop;
    };
    auto status = database_.scan(family, range, order, visit_value);
    return status ? found : status;
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
    const auto status =
        rocksdb::DeleteFilesInRanges(&database_.db(), database_.handle(family), &part, 1, false);
    if (!status.ok()) return to_error("deleting files of " + std::string(name_of(family)), status);
    if (family != Family::events) return ok();
    const std::lock_guard lock(mutex_);
    trimmed_.emplace(stream_of(range.from));
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
  // --- on the writer's thread ---

  Status write(std::span<Commit* const> group, Sync sync) override {
    for (auto rest = group; !rest.empty();) {
      // What looks at the store before it is written must see what came before it.
      const auto revises = std::find_if(rest.begin(), rest.end(), [](const Commit* commit) { return commit->revises(); });
      const auto before = static_cast<std::size_t>(revises - rest.begin());
      const auto now = rest.first(std::max<std::size_t>(before, 1));
      rest = rest.subspan(now.size());
      if (before == 0) now.front()->revise();
      if (auto status = write_now(now, rest.empty() ? sync : Sync::no); !status) return status;
    }
    return ok();
  }

  Status write_now(std::span<Commit* const> group, Sync sync) {
    parts_.clear();
    std::size_t size = 0;
    for (const Commit* commit : group) {
      parts_.push_back(commit->batch.bytes());
      size += parts_.back().size();
    }
    if (log_.needs_segment(size)) {
      if (auto status = begin_segment(); !status) return status;
      parts_.push_back(seal_.bytes());
    }
    const auto number = written_.group + 1;  // only this thread changes it
    auto at = log_.append(number, synced_.group, parts_);
    if (!at) return at.error();
    if (sync == Sync::yes)
      if (auto status = log_.sync(); !status) return status;
    changes_.Clear();
    {
      const std::lock_guard lock(reached_);
      for (const auto part : parts_) {
        add_logged(database_, part, *at, changes_, contents_);
        at->offset += part.size();
      }
    }
    if (auto status = database_.write(changes_); !status) return status;
    const LogEnd end{number, log_.end()};
    {
      const std::lock_guard lock(reached_);
      written_ = end;
      if (sync == Sync::yes) synced_ = end;
    }
    space_.wrote(size);
    unmarked_bytes_ += size;
    return sync == Sync::yes ? synced() : ok();
  }

  /// The segment before is told of in the first group of the next.
  Status begin_segment() {
    seal_.clear();
    const auto before = log_.end();
    if (auto status = log_.begin_segment(); !status) return status;
    SealedSegment sealed{before.offset, {}};
    {
      const std::lock_guard lock(reached_);
      synced_ = written_;
      sealed.contents = contents_.encode();
      contents_.clear();
      contents_of_ = log_.segment();
    }
    if (before.segment == 0) return ok();
    seal_.put(Family::meta, sealed_key(before.segment), encode(sealed));
    const std::lock_guard lock(mutex_);
    sealed_.emplace_back(before.segment, std::move(sealed));
    is_wanted_ = true;  // the next one is to be prepared
    wake_.notify_one();
    return ok();
  }

  Status sync() override {
    if (auto status = log_.sync(); !status) return status;
    {
      const std::lock_guard lock(reached_);
      synced_ = written_;
    }
    return synced();
  }

  /// The first sync of each segment is marked before anybody hears of it: then a segment that is lost is always missed.
  Status synced() {
    if (marked_segment_ != log_.segment()) {
      marked_segment_ = log_.segment();
      return write_mark();
    }
    if (unmarked_bytes_ >= kMarkEveryBytes) {
      unmarked_bytes_ = 0;
      const std::lock_guard lock(mutex_);
      is_wanted_ = true;
      wake_.notify_one();
    }
    return ok();
  }

  // --- on the housekeeper's thread ---

  void keep_house() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      wake_.wait_for(lock, kHousekeeping, [this] { return stopping_ || is_wanted_; });
      is_wanted_ = false;
      for (auto& [segment, sealed] : std::exchange(sealed_, {})) cleaner_.add(segment, std::move(sealed));
      for (const auto& stream : std::exchange(trimmed_, {})) cleaner_.trimmed(stream);
      lock.unlock();
      measure_space();
      set_space_aside();
      auto status = write_mark();
      if (status) status = look_after_log();
      if (!status) writer_->fail(status.error());
      lock.lock();
    }
  }

  Status look_after_log() {
    if (behind_checkpoint() >= options_.log_bytes_max)
      if (auto status = checkpoint(); !status) return status;
    prepare_segment();
    if (auto status = remove_dead_segments(); !status) return status;
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_for_sparse_ < options_.clean_interval || !space_.may_write()) return ok();
    looked_for_sparse_ = now;
    return move_out_of_sparse_segment();
  }

  /// Writing goes on without, a little slower.
  void prepare_segment() {
    if (log_.segment() == 0 || log_.is_prepared() || prepare_failed_) return;
    if (space_.free_bytes() < options_.min_free + options_.segment_bytes) return;
    auto status = log_.prepare();
    if (status) return;
    prepare_failed_ = true;  // said once
    base::log::warn("store.no_segment_ahead", "path={} error={}", folder_.path().string(), base::log::quoted(status.error().message));
  }

  /// Bytes of the log that a crash would leave to be replayed, or a little less.
  std::uint64_t behind_checkpoint() {
    const std::lock_guard lock(reached_);
    const auto& at = written_.at;
    const auto segments = std::uint64_t{at.segment} - checkpoint_.segment;
    return segments * options_.segment_bytes + at.offset - std::min(checkpoint_.offset, at.offset + segments * options_.segment_bytes);
  }

  /// Makes the tables hold what the log says.
  Status checkpoint() {
    LogCheckpoint taken;
    {
      const std::lock_guard lock(reached_);
      taken.end = written_;
      if (contents_of_ == written_.at.segment) taken.contents = contents_.encode();
    }
    if (taken.end.at == checkpoint_) return ok();
    const auto data = {Family::events, Family::lanes, Family::retries, Family::dead, Family::journey, Family::index};
    if (auto status = database_.flush(data); !status) return status;
    rocksdb::WriteBatch said;
    const auto put = said.Put(slice(kCheckpointKey), encode(taken));
    if (!put.ok()) return to_error("noting how far the tables go", put);
    if (auto status = database_.write(said); !status) return status;
    if (auto status = database_.flush({Family::meta}); !status) return status;
    checkpoint_ = taken.end.at;
    return ok();
  }

  Result<std::optional<std::string>> first_kept(std::string_view stream) const {
    std::optional<std::string> first;
    const auto take = [&](std::string_view key, std::string_view) {
      if (stream_of(key) == stream) first = key;
      return Visit::stop;
    };
    const KeyRange range{std::string(stream), std::string(stream) + std::string(kLongestKey, '\xff')};
    if (auto status = database_.scan(Family::events, range, Order::ascending, take); !status) return status.error();
    return first;
  }

  Status remove_dead_segments() {
    const auto dead = cleaner_.find_dead(checkpoint_.segment);
    if (!dead) return dead.error();
    for (const auto segment : *dead)
      if (auto status = remove_segment(segment); !status) return status;
    return ok();
  }

  /// It is forgotten before it is removed: a segment that is known and not there was lost.
  Status remove_segment(std::uint32_t segment) {
    Batch batch;
    batch.erase(Family::meta, sealed_key(segment));
    if (auto status = commit(std::make_unique<Awaited>(std::move(batch))); !status) return status;
    if (auto status = log_.sync(); !status) return status;  // which the commit did not, without fsync
    cleaner_.forget(segment);
    const std::unique_lock nobody_reads(reading_);
    return files_->remove(segment);
  }

  Status commit(std::unique_ptr<Awaited> changes) {
    auto done = changes->done();
    writer_->submit(std::move(changes));
    return done.get();
  }

  /// What one stream keeps long must not hold the space of what others have forgotten.
  Status move_out_of_sparse_segment() {
    auto sparse = cleaner_.find_sparse(checkpoint_.segment);
    if (!sparse) return sparse.error();
    if (!*sparse) return ok();
    for (const auto& remnant : (*sparse)->remnants)
      if (auto status = move_out(remnant, (*sparse)->segment); !status) return status;
    return remove_segment((*sparse)->segment);
  }

  Status move_out(const SegmentCleaner::Remnant& remnant, std::uint32_t segment) {
    std::vector<Move::Value> values;
    const auto take = [&](std::string_view key, std::string_view bytes) {
      const auto place = read_place(bytes);
      if (place && place->segment == segment) values.push_back({std::string(key), *place});
      return Visit::go_on;
    };
    const KeyRange range{remnant.first_key, remnant.last_key + '\0'};
    if (auto status = database_.scan(Family::events, range, Order::ascending, take); !status) return status;
    PlacedValues texts(*files_, Order::ascending);
    Batch batch;
    std::vector<Move::Value> moved;
    for (auto& value : values) {
      const auto text = texts.read(value.from);
      if (!text) return text.error();
      batch.put(Family::events, value.key, *text);
      moved.push_back(std::move(value));
      if (batch.size_bytes() < kMovedAtOnce) continue;
      auto some = std::make_unique<Move>(database_, std::exchange(batch, {}), std::exchange(moved, {}));
      if (auto status = commit(std::move(some)); !status) return status;
    }
    if (moved.empty()) return ok();
    return commit(std::make_unique<Move>(database_, std::move(batch), std::move(moved)));
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
    LogEnd end;
    {
      const std::lock_guard reached(reached_);
      end = synced_;
    }
    if (high_water_.mark() && end.group <= high_water_.mark()->group) return ok();
    return high_water_.write(Mark{end.group, end.at.segment, end.at.offset});
  }

  const RocksdbOptions options_;
  const StoreFolder folder_;
  const StoreLock lock_;
  const std::unique_ptr<LogFiles> files_;
  const std::shared_ptr<RocksdbListener> listener_;
  std::unique_ptr<GroupWriter> writer_;  // it and the log outlive the database, whose threads turn to them
  LogWriter log_;
  RocksdbDatabase database_;
  mutable std::shared_mutex reading_;  // shared by whoever reads places and what stands there
  FreeSpace space_;

  std::mutex mark_mutex_;
  HighWater high_water_;

  std::mutex reached_;        // of what follows, which only the writer's thread changes
  LogEnd written_;            // what can be read
  LogEnd synced_;             // what is known to be durable
  SegmentContents contents_;  // of the segment being written, at least of what can be read of it
  std::uint32_t contents_of_;

  std::vector<std::string_view> parts_;  // of the writer's thread, as all up to the next empty line
  Batch seal_;
  rocksdb::WriteBatch changes_;
  std::uint64_t unmarked_bytes_ = 0;
  std::uint32_t marked_segment_ = 0;

  LogPosition checkpoint_;  // of the housekeeper's thread, as all up to the next empty line
  SegmentCleaner cleaner_;
  std::chrono::steady_clock::time_point looked_for_sparse_ = std::chrono::steady_clock::now();
  bool reserve_failed_ = false, prepare_failed_ = false;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_wanted_ = false;
  bool stopping_ = false;
  std::vector<std::pair<std::uint32_t, SealedSegment>> sealed_;  // not yet known to the cleaner
  std::set<std::string> trimmed_;                                // streams, likewise
  std::thread housekeeper_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_rocksdb_store(const RocksdbOptions& options) {
  const StoreFolder folder(options.path);
  if (auto status = folder.create(); !status) return status.error();
  auto lock = StoreLock::take(options.path);
  if (!lock) return lock.error();
  auto high_water = HighWater::open(options.path);
  if (!high_water) return high_water.error();
  auto files = std::make_unique<LogFiles>(folder.log());
  auto listener = std::make_shared<RocksdbListener>();
  auto opened = open_database(options, *high_water, *files, listener);
  if (!opened) return opened.error();
  return std::unique_ptr<Store>(std::make_unique<RocksdbStore>(options, std::move(*lock), std::move(*high_water),
                                                               std::move(files), std::move(listener), std::move(*opened)));
}

}  // namespace signalbox::store
