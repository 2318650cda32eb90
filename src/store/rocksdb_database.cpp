#include "store/rocksdb_database.hpp"

#include <cassert>

#include "store/batch.hpp"
#include "store/place.hpp"

namespace signalbox::store {
namespace {

/// Adding to a batch in memory fails only when used wrongly.
void check_added(const rocksdb::Status& status) { assert(status.ok()); }

}  // namespace

Error to_error(const std::string& tried, const rocksdb::Status& status) {
  return Error(status.IsCorruption() ? Errc::corrupt : Errc::storage, tried + ": " + status.ToString());
}

RocksdbDatabase::~RocksdbDatabase() {
  if (!db_) return;
  for (auto* family : families_) db_->DestroyColumnFamilyHandle(family);
  db_->Close().PermitUncheckedError();
}

Result<std::optional<std::string>> RocksdbDatabase::get(Family family, std::string_view key) const {
  std::string value;
  const auto status = db_->Get(rocksdb::ReadOptions(), handle(family), slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return to_error("reading " + std::string(name_of(family)) + " in " + path_, status);
  return std::optional<std::string>(std::move(value));
}

Status RocksdbDatabase::scan(Family family, const KeyRange& range, Order order, const Visitor& visit) const {
  if (range.from >= range.to) return ok();
  const auto lower = slice(range.from), upper = slice(range.to);
  rocksdb::ReadOptions read;
  read.iterate_lower_bound = &lower;
  read.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handle(family)));
  order == Order::ascending ? it->SeekToFirst() : it->SeekToLast();
  while (it->Valid() && visit(view(it->key()), view(it->value())) == Visit::go_on)
    order == Order::ascending ? it->Next() : it->Prev();
  if (const auto status = it->status(); !status.ok())
    return to_error("scanning " + std::string(name_of(family)) + " in " + path_, status);
  return ok();
}

Status RocksdbDatabase::write(rocksdb::WriteBatch& batch) const {
  rocksdb::WriteOptions how;
  how.disableWAL = true;
  const auto status = db_->Write(how, &batch);
  if (!status.ok()) return to_error("writing to " + path_, status);
  return ok();
}

Status RocksdbDatabase::flush(const std::vector<Family>& families) const {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (const auto family : families) handles.push_back(handle(family));
  const auto status = db_->Flush(rocksdb::FlushOptions(), handles);
  if (!status.ok()) return to_error("writing the tables of " + path_, status);
  return ok();
}

void add_logged(const RocksdbDatabase& database, std::string_view batch, const LogPosition& at, rocksdb::WriteBatch& out,
                SegmentContents& contents) {
  const auto add = [&](const Batch::Change& change) {
    auto* family = database.handle(change.family);
    const auto key = slice(change.key), value = slice(change.value);
    if (change.kind == Batch::Kind::erase) return check_added(out.Delete(family, key));
    if (change.kind == Batch::Kind::erase_range) return check_added(out.DeleteRange(family, key, value));
    if (change.family != Family::events) return check_added(out.Put(family, key, value));
    const auto offset = at.offset + static_cast<std::uint64_t>(change.value.data() - batch.data());
    const Place place{at.segment, static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(change.value.size()),
                      checksum_of(change.value)};
    const auto bytes = encode(place);
    check_added(out.Put(family, key, rocksdb::Slice(bytes.data(), bytes.size())));
    contents.add(change.key, change.value.size());
  };
  Batch::for_each_in(batch, add);
}

}  // namespace signalbox::store
