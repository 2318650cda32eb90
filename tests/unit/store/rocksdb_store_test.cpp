// What may befall a store on a disk: hazards of RocksDB and of disks, one by one.
#include "store/rocksdb_store.hpp"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "store/high_water.hpp"
#include "store/log_group.hpp"
#include "support/run_coroutine.hpp"
#include "support/small_store.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace signalbox::store {
namespace {

namespace fs = std::filesystem;

constexpr int kKeys = 200;

std::string key_of(int number) {
  std::ostringstream out;
  out.width(6);
  out.fill('0');
  out << number;
  return out.str();
}

class RocksdbStoreTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Store>> open() { return open_rocksdb_store(options_); }
  std::unique_ptr<Store> must_open() {
    auto store = open();
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  Error refused() {
    auto store = open();
    EXPECT_FALSE(store) << "it was opened";
    return store ? Error(Errc::cancelled, "") : store.error();
  }
  Status put(Store& store, std::string_view key, std::string_view value, Durability durability = Durability::durable) {
    CommitPort port(store, io_.get_executor());
    Batch batch;
    batch.put(Family::events, key, value);
    return test::run_coroutine(io_, port.commit(std::move(batch), durability));
  }

  /// Goes on with the files as a crash would leave them at this moment: a copy made while the store is open and idle.
  void crash(std::unique_ptr<Store> store) {
    const auto image = folder_.path() / "after-the-crash";
    fs::copy(options_.path, image, fs::copy_options::recursive);
    store.reset();
    options_.path = image;
  }
  void crash_with_keys() {
    auto store = must_open();
    for (int i = 0; i < kKeys; ++i) ASSERT_TRUE(put(*store, key_of(i), std::string(100, 'v')));
    crash(std::move(store));
  }
  int count(const Store& store) {
    int keys = 0;
    auto visit = [&](std::string_view, std::string_view) {
      ++keys;
      return Visit::go_on;
    };
    EXPECT_TRUE(store.scan(Family::events, KeyRange{"", "~"}, Order::ascending, visit));
    return keys;
  }
  std::vector<fs::path> segments() const {
    std::vector<fs::path> found;
    for (const auto& file : fs::directory_iterator(options_.path / "log")) found.push_back(file.path());
    std::sort(found.begin(), found.end());
    return found;
  }
  /// Where the groups of a segment end and zeros follow.
  static std::uint64_t end_of(const fs::path& segment) {
    std::ifstream file(segment, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    return text.find_last_not_of('\0') + 1;
  }
  fs::path largest_table_path() const {
    fs::path largest;
    for (const auto& file : fs::directory_iterator(options_.path / "db"))
      if (file.path().extension() == ".sst" && (largest.empty() || file.file_size() > fs::file_size(largest)))
        largest = file.path();
    return largest;
  }
  std::uintmax_t largest_table() const {
    std::error_code ignored;
    std::uintmax_t largest = 0;
    for (const auto& file : fs::directory_iterator(options_.path / "db"))
      if (const auto size = file.file_size(ignored); !ignored && file.path().extension() == ".sst")
        largest = std::max(largest, size);
    return largest;
  }
  /// A scan of all and a get of that key.
  void expect_damage_is_met(const std::string& key) {
    auto store = must_open();
    ASSERT_TRUE(store);
    int keys = 0;
    auto visit = [&keys](std::string_view, std::string_view) {
      ++keys;
      return Visit::go_on;
    };
    auto status = store->scan(Family::events, KeyRange{"", "~"}, Order::ascending, visit);
    ASSERT_FALSE(status) << "a list of " << keys << " keys";
    EXPECT_EQ(status.error().code, Errc::corrupt) << status.error().message;
    EXPECT_EQ(store->get(Family::events, key).error().code, Errc::corrupt);
  }
  static void flip_a_bit(const fs::path& path, std::uintmax_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 1));
  }

  test::TempDir folder_;
  boost::asio::io_context io_;
  RocksdbOptions options_ = test::small_store(folder_.path() / "store");
};

TEST_F(RocksdbStoreTest, crash_loses_nothing) {
  crash_with_keys();
  EXPECT_EQ(count(*must_open()), kKeys);
}

TEST_F(RocksdbStoreTest, lazy_commits_survive_a_crash_of_the_process) {
  auto store = must_open();
  ASSERT_TRUE(put(*store, "a", "1", Durability::lazy));
  crash(std::move(store));
  EXPECT_EQ(count(*must_open()), 1);
}

TEST_F(RocksdbStoreTest, bit_flipped_in_the_log_is_refused) {
  crash_with_keys();
  flip_a_bit(segments().front(), end_of(segments().front()) / 2);
  const auto error = refused();
  EXPECT_EQ(error.code, Errc::corrupt) << error.message;
  EXPECT_NE(error.message.find(segments().front().string()), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("accept-loss"), std::string::npos) << "it says what can be done: " << error.message;
}

TEST_F(RocksdbStoreTest, deleted_log_is_refused_and_putting_it_back_heals) {
  crash_with_keys();
  const auto log = segments().front(), aside = folder_.path() / "aside";
  fs::rename(log, aside);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto error = refused();
    EXPECT_EQ(error.code, Errc::corrupt) << error.message;
    EXPECT_NE(error.message.find("has lost data"), std::string::npos) << error.message;
  }
  fs::rename(aside, log);
  EXPECT_EQ(count(*must_open()), kKeys);
}

TEST_F(RocksdbStoreTest, log_cut_back_to_before_the_mark_is_refused) {
  auto store = must_open();
  for (int i = 0; i < kKeys; ++i) ASSERT_TRUE(put(*store, key_of(i), std::string(100, 'v')));
  const auto all_marked = [this] { return HighWater::open(options_.path)->mark()->group >= kKeys; };
  ASSERT_TRUE(test::wait_until(all_marked)) << "it is marked within a second or so";
  crash(std::move(store));
  fs::resize_file(segments().front(), end_of(segments().front()) / 2);  // in itself that is a torn tail
  const auto error = refused();
  EXPECT_EQ(error.code, Errc::corrupt);
  EXPECT_NE(error.message.find("has lost data"), std::string::npos) << error.message;
}

TEST_F(RocksdbStoreTest, any_segment_that_was_lost_is_refused_and_putting_it_back_heals) {
  auto store = must_open();
  for (int i = 0; i < kKeys; ++i) ASSERT_TRUE(put(*store, key_of(i), std::string(20'000, 'v')));
  // The tables hold what the first segments say: only their values are still needed.
  ASSERT_TRUE(test::wait_until([this] { return largest_table() > 1000; }));
  ASSERT_TRUE(put(*store, "last", "1"));
  crash(std::move(store));
  const auto all = segments();
  ASSERT_GE(all.size(), 4u);
  for (const auto& segment : all) {
    SCOPED_TRACE(segment.string());
    if (end_of(segment) == 0) continue;  // the one prepared
    const auto aside = folder_.path() / "aside";
    fs::rename(segment, aside);
    const auto error = refused();
    EXPECT_EQ(error.code, Errc::corrupt);
    EXPECT_NE(error.message.find("accept-loss"), std::string::npos) << error.message;
    fs::rename(aside, segment);
  }
  EXPECT_EQ(count(*must_open()), kKeys + 1);
}

TEST_F(RocksdbStoreTest, segment_cut_short_is_refused) {
  auto store = must_open();
  for (int i = 0; i < kKeys; ++i) ASSERT_TRUE(put(*store, key_of(i), std::string(20'000, 'v')));
  store.reset();
  fs::resize_file(segments().front(), end_of(segments().front()) - 1);
  EXPECT_EQ(refused().code, Errc::corrupt);
}

TEST_F(RocksdbStoreTest, record_cut_short_at_the_end_of_the_log_is_let_pass) {
  crash_with_keys();
  const auto segment = segments().front();
  const auto end = end_of(segment);
  // The header of a group of 1000 bytes and the first 50 of them: a write that the power cut short.
  GroupHeader header{kKeys + 1, kKeys, 1000};
  const auto head = seal(header, 1, {});
  std::fstream file(segment, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(end));
  file << std::string(head.data(), head.size()) << std::string(50, 'v');
  file.close();
  EXPECT_EQ(count(*must_open()), kKeys) << "all that was synced is there";
}

TEST_F(RocksdbStoreTest, loss_is_accepted_when_the_operator_says_so_and_once) {
  crash_with_keys();
  flip_a_bit(segments().front(), end_of(segments().front()) / 2);
  ASSERT_EQ(refused().code, Errc::corrupt);
  std::ofstream(options_.path / "accept-loss") << "";
  {
    auto store = must_open();
    EXPECT_GT(count(*store), kKeys / 4);
    EXPECT_LT(count(*store), kKeys);
    EXPECT_TRUE(put(*store, "more", "1"));
  }
  EXPECT_FALSE(fs::exists(options_.path / "accept-loss"));
  EXPECT_TRUE(open());
}

TEST_F(RocksdbStoreTest, bit_flipped_in_a_table_is_an_error_not_a_short_list) {
  {
    auto store = must_open();
    for (int i = 0; i < 10 * kKeys; ++i) ASSERT_TRUE(put(*store, key_of(i), "value", Durability::lazy));
  }
  const auto table = largest_table_path();
  ASSERT_GT(fs::file_size(table), 20'000u) << "the events' table";
  flip_a_bit(table, fs::file_size(table) / 2);
  expect_damage_is_met(key_of(5 * kKeys));
}

TEST_F(RocksdbStoreTest, bit_flipped_in_a_value_is_an_error_not_a_short_list) {
  {
    auto store = must_open();
    for (int i = 0; i < kKeys; ++i) ASSERT_TRUE(put(*store, key_of(i), std::string(1000, 'v')));
  }
  const auto segment = segments().front();
  std::ifstream file(segment, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto value = text.find(key_of(kKeys / 2) + std::string(1000, 'v'));
  ASSERT_NE(value, std::string::npos);
  flip_a_bit(segment, value + 500);
  expect_damage_is_met(key_of(kKeys / 2));
}

TEST_F(RocksdbStoreTest, missing_pieces_are_refused_never_started_empty) {
  crash_with_keys();
  struct Loss {
    const char* what;
    std::function<bool(const std::string&)> is_lost;
  };
  const Loss losses[] = {
      {"CURRENT", [](const auto& name) { return name == "CURRENT"; }},
      {"MANIFEST", [](const auto& name) { return name.starts_with("MANIFEST"); }},
      {"everything", [](const auto&) { return true; }},
  };
  const auto whole = folder_.path() / "whole";
  fs::copy(options_.path, whole, fs::copy_options::recursive);
  for (const auto& loss : losses) {
    SCOPED_TRACE(loss.what);
    fs::remove_all(options_.path);
    fs::copy(whole, options_.path, fs::copy_options::recursive);
    std::vector<fs::path> doomed;
    for (const auto& file : fs::directory_iterator(options_.path / "db"))
      if (loss.is_lost(file.path().filename().string())) doomed.push_back(file.path());
    ASSERT_FALSE(doomed.empty());
    for (const auto& path : doomed) fs::remove_all(path);
    const auto error = refused();
    EXPECT_EQ(error.code, Errc::corrupt) << error.message;
    EXPECT_NE(error.message.find(options_.path.string()), std::string::npos) << error.message;
  }
}

TEST_F(RocksdbStoreTest, missing_mark_is_refused) {
  crash_with_keys();
  fs::remove(options_.path / "high-water");
  EXPECT_EQ(refused().code, Errc::corrupt);
  std::ofstream(options_.path / "accept-loss") << "";
  EXPECT_EQ(count(*must_open()), kKeys);
}

TEST_F(RocksdbStoreTest, creation_that_was_cut_short_starts_again) {
  fs::create_directories(options_.path / "db");
  std::ofstream(options_.path / "creating") << "";
  std::ofstream(options_.path / "db" / "MANIFEST-000001") << "half";
  auto store = must_open();
  ASSERT_TRUE(store);
  EXPECT_TRUE(put(*store, "a", "1"));
  EXPECT_FALSE(fs::exists(options_.path / "creating"));
}

/// Changes the database behind our back.
void meddle(const fs::path& folder, const std::function<void(rocksdb::DB&, std::vector<rocksdb::ColumnFamilyHandle*>&)>& change) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const auto name : kFamilyNames) families.emplace_back(std::string(name), rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), (folder / "db").string(), families, &handles, &raw).ok());
  const std::unique_ptr<rocksdb::DB> db(raw);
  change(*db, handles);
  for (auto* handle : handles)
    if (handle) db->DestroyColumnFamilyHandle(handle);
}

TEST_F(RocksdbStoreTest, missing_column_family_is_refused) {
  must_open();
  meddle(options_.path, [](rocksdb::DB& db, auto& handles) { ASSERT_TRUE(db.DropColumnFamily(handles[1]).ok()); });
  const auto error = refused();
  EXPECT_EQ(error.code, Errc::corrupt);
  EXPECT_NE(error.message.find("'events'"), std::string::npos) << error.message;
}

TEST_F(RocksdbStoreTest, newer_format_is_refused) {
  must_open();
  meddle(options_.path, [](rocksdb::DB& db, auto&) {
    ASSERT_TRUE(db.Put(rocksdb::WriteOptions(), "#format", std::string("\4\0\0\0\0\0\0\0", 8)).ok());
  });
  const auto error = refused();
  EXPECT_EQ(error.code, Errc::unsupported);
  EXPECT_NE(error.message.find("format 4"), std::string::npos) << error.message;
}

TEST_F(RocksdbStoreTest, unknown_column_family_is_refused_as_newer) {
  must_open();
  meddle(options_.path, [](rocksdb::DB& db, auto& handles) {
    rocksdb::ColumnFamilyHandle* added = nullptr;
    ASSERT_TRUE(db.CreateColumnFamily(rocksdb::ColumnFamilyOptions(), "schedules", &added).ok());
    handles.push_back(added);
  });
  EXPECT_EQ(refused().code, Errc::unsupported);
}

TEST_F(RocksdbStoreTest, second_store_on_the_folder_is_refused_by_name) {
  auto store = must_open();
  const auto error = refused();
  EXPECT_EQ(error.code, Errc::conflict);
  EXPECT_NE(error.message.find(options_.path.string()), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("process " + std::to_string(::getpid())), std::string::npos) << error.message;
  store.reset();
  EXPECT_TRUE(open());
}

// --- a failing disk ---

TEST_F(RocksdbStoreTest, failed_fsync_is_never_retried) {
  // A sync fails once, from the moment it is told to, and would pass again afterwards.
  std::atomic<int> told{0}, syncs{0};
  std::atomic<bool> fails{false};
  options_.sync_file = [&](int descriptor) {
    ++syncs;
    if (!fails.exchange(false)) return ::fdatasync(descriptor);
    errno = EIO;
    return -1;
  };
  options_.on_failure = [&told](const Error&) { ++told; };
  auto store = must_open();
  ASSERT_TRUE(put(*store, "a", "1"));
  EXPECT_GE(syncs.load(), 1) << "a durable commit is synced";
  fails = true;
  EXPECT_EQ(put(*store, "b", "1").error().code, Errc::storage);
  const int before = syncs.load();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(put(*store, "c", "1").error().code, Errc::storage);
  EXPECT_EQ(syncs.load(), before) << "it would pass now, and prove nothing";
  EXPECT_EQ(store->admit(Purpose::intake).error().code, Errc::storage);
  EXPECT_EQ(store->admit(Purpose::upkeep).error().code, Errc::storage);
  EXPECT_FALSE(store->status().accepting);
  EXPECT_NE(store->status().reason.find("Input/output error"), std::string::npos) << store->status().reason;
  store.reset();
  EXPECT_EQ(told.load(), 1);
  EXPECT_GE(count(*must_open()), 1) << "the next start goes by what is on the disk";
}

}  // namespace
}  // namespace signalbox::store
