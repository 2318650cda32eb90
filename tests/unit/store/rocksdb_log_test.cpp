// How the log of a RocksDB store grows and gives its space back, and what became of stores from before it.
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "store/high_water.hpp"
#include "store/rocksdb_store.hpp"
#include "support/run_coroutine.hpp"
#include "support/small_store.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace signalbox::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kValueBytes = 10'000;

/// Keys of a stream of eight letters.
std::string key_in(const std::string& stream, int number) {
  auto digits = std::to_string(number);
  return stream + digits.insert(0, 8 - digits.size(), '0');
}

class RocksdbLog : public testing::Test {
 protected:
  RocksdbLog() { options_.clean_interval = std::chrono::milliseconds(0); }

  std::unique_ptr<Store> must_open() {
    auto store = open_rocksdb_store(options_);
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  void commit(Store& store, Batch batch) {
    CommitPort port(store, io_.get_executor());
    const auto status = test::run_coroutine(io_, port.commit(std::move(batch), Durability::durable));
    ASSERT_TRUE(status) << status.error().message;
  }
  /// Each value says its key.
  void put(Store& store, const std::string& key) {
    Batch batch;
    batch.put(Family::events, key, key + std::string(kValueBytes, 'v'));
    commit(store, std::move(batch));
  }
  void trim(Store& store, const std::string& stream, int from, int to) {
    Batch batch;
    const KeyRange gone{key_in(stream, from), key_in(stream, to)};
    batch.erase_range(Family::events, gone.from, gone.to);
    commit(store, std::move(batch));
    ASSERT_TRUE(store.reclaim(Family::events, gone));
  }
  void expect_there(const Store& store, const std::string& stream, int from, int to) {
    int next = from;
    const auto visit = [&](std::string_view key, std::string_view value) {
      EXPECT_EQ(key, key_in(stream, next++));
      EXPECT_EQ(value, std::string(key) + std::string(kValueBytes, 'v'));
      return Visit::go_on;
    };
    const auto status = store.scan(Family::events, {stream, stream + "~"}, Order::ascending, visit);
    EXPECT_TRUE(status) << status.error().message;
    EXPECT_EQ(next, to);
  }
  std::size_t segments() const { return names(options_.path / "log").size(); }
  static std::set<fs::path> names(const fs::path& folder) {
    std::set<fs::path> found;
    for (const auto& file : fs::recursive_directory_iterator(folder)) found.insert(file.path());
    return found;
  }
  /// A copy made while the store is open and removed no file.
  fs::path crash_image() const {
    const auto image = folder_.path() / "image";
    const auto copied = [&] {
      std::error_code error;
      fs::remove_all(image);
      const auto before = names(options_.path);
      fs::copy(options_.path, image, fs::copy_options::recursive, error);
      return !error && before == names(options_.path);
    };
    EXPECT_TRUE(test::wait_until(copied));
    return image;
  }

  test::TempDir folder_;
  boost::asio::io_context io_;
  RocksdbOptions options_ = test::small_store(folder_.path() / "store");
};

TEST_F(RocksdbLog, trimmed_segments_are_removed) {
  auto store = must_open();
  for (int i = 0; i < 1000; ++i) put(*store, key_in("channel1", i));
  ASSERT_GE(segments(), 8u);
  trim(*store, "channel1", 0, 990);
  EXPECT_TRUE(test::wait_until([this] { return segments() <= 4; })) << segments();
  expect_there(*store, "channel1", 990, 1000);
  store.reset();
  store = must_open();
  expect_there(*store, "channel1", 990, 1000);
}

TEST_F(RocksdbLog, what_one_stream_keeps_does_not_hold_the_space_of_others) {
  auto store = must_open();
  for (int i = 0; i < 1000; ++i) {
    put(*store, key_in("channel1", i));
    if (i % 50 == 0) put(*store, key_in("channel2", i / 50));
  }
  const auto before = segments();
  ASSERT_GE(before, 8u);
  trim(*store, "channel1", 0, 1000);
  EXPECT_TRUE(test::wait_until([this] { return segments() <= 5; })) << segments();
  expect_there(*store, "channel2", 0, 20);
  const auto image = crash_image();
  store.reset();
  for (const auto& path : {options_.path, image}) {
    options_.path = path;
    store = must_open();
    expect_there(*store, "channel2", 0, 20);
    expect_there(*store, "channel1", 0, 0);
    store.reset();
  }
}

TEST_F(RocksdbLog, values_are_there_after_each_of_many_openings) {
  for (int round = 0; round < 5; ++round) {
    auto store = must_open();
    for (int i = 0; i < 30; ++i) put(*store, key_in("channel1", round * 30 + i));
    expect_there(*store, "channel1", 0, (round + 1) * 30);
  }
}

TEST_F(RocksdbLog, descending_scan_finds_what_an_ascending_one_does) {
  auto store = must_open();
  for (int i = 0; i < 100; ++i) put(*store, key_in("channel1", i));
  int next = 100;
  const auto visit = [&](std::string_view key, std::string_view value) {
    EXPECT_EQ(key, key_in("channel1", --next));
    EXPECT_EQ(value.substr(0, key.size()), key);
    return Visit::go_on;
  };
  ASSERT_TRUE(store->scan(Family::events, {"", "~"}, Order::descending, visit));
  EXPECT_EQ(next, 0);
}

/// A store as version 2 of the format left it: values in the tables, RocksDB's log, the number of the last group.
void make_format_2(const fs::path& folder, int keys, std::uint64_t marked) {
  fs::create_directories(folder / "db");
  rocksdb::DBOptions options;
  options.create_if_missing = options.create_missing_column_families = true;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const auto name : kFamilyNames) families.emplace_back(std::string(name), rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, (folder / "db").string(), families, &handles, &raw).ok());
  const std::unique_ptr<rocksdb::DB> db(raw);
  rocksdb::WriteOptions how;
  ASSERT_TRUE(db->Put(how, "#format", std::string("\2\0\0\0\0\0\0\0", 8)).ok());
  for (int i = 0; i < keys; ++i) {
    const auto key = key_in("channel1", i);
    ASSERT_TRUE(db->Put(how, handles[1], key, key + std::string(kValueBytes, 'v')).ok());
    ASSERT_TRUE(db->Put(how, "#group", std::string(1, static_cast<char>(i + 1)) + std::string(7, '\0')).ok());
  }
  ASSERT_TRUE(db->SyncWAL().ok());
  auto high_water = HighWater::open(folder);
  ASSERT_TRUE(high_water && high_water->write(Mark{marked, 0, 0}));
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
}

TEST_F(RocksdbLog, store_of_format_2_is_raised_and_goes_on) {
  make_format_2(options_.path, 50, 50);
  for (int round = 0; round < 3; ++round) {
    auto store = must_open();
    ASSERT_TRUE(store);
    expect_there(*store, "channel1", 0, 50 + 10 * round);
    for (int i = 0; i < 10; ++i) put(*store, key_in("channel1", 50 + 10 * round + i));
    const auto first = store->get(Family::events, key_in("channel1", 0));
    ASSERT_TRUE(first && *first);
    EXPECT_TRUE((*first)->starts_with(key_in("channel1", 0)));
  }
  auto store = must_open();
  trim(*store, "channel1", 0, 55);
  expect_there(*store, "channel1", 55, 80);
}

TEST_F(RocksdbLog, store_of_format_2_that_lost_something_is_refused) {
  make_format_2(options_.path, 50, 51);
  const auto store = open_rocksdb_store(options_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::corrupt);
  EXPECT_NE(store.error().message.find("has lost data"), std::string::npos) << store.error().message;
}

}  // namespace
}  // namespace signalbox::store
