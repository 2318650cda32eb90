// A disk that fills up: RocksDB aborts the process when it meets one, so it must never come to that.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "store/file.hpp"
#include "store/rocksdb_store.hpp"
#include "support/run_coroutine.hpp"
#include "support/small_store.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace signalbox::store {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

/// A file system of 64 MiB in memory, in a mount namespace of its own.
class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting takes root";
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder_.path().c_str(), "tmpfs", 0, "size=64m") != 0)
      GTEST_SKIP() << "mounting is not allowed here";
    mounted_ = true;
    options_.min_free = 24 * kMiB;
    options_.reserve = 8 * kMiB;
  }
  void TearDown() override {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  /// Fills the disk until `left` bytes are free.
  void fill_up_to(std::uint64_t left) {
    fs::remove(ballast_);
    const auto free = free_bytes(folder_.path());
    ASSERT_TRUE(free && *free > left);
    ASSERT_TRUE(preallocate(ballast_, *free - left));
  }
  std::unique_ptr<Store> must_open() {
    auto store = open_rocksdb_store(options_);
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  Status put(Store& store, const std::string& value) {
    CommitPort port(store, io_.get_executor());
    Batch batch;
    batch.put(Family::events, "key", value);
    return test::run_coroutine(io_, port.commit(std::move(batch), Durability::durable));
  }

  test::TempDir folder_;
  const fs::path ballast_ = folder_.path() / "ballast";
  RocksdbOptions options_ = test::small_store(folder_.path() / "store");
  boost::asio::io_context io_;
  bool mounted_ = false;
};

TEST_F(FullDisk, nearly_full_takes_nothing_in_but_works_on_and_recovers_by_itself) {
  auto store = must_open();
  ASSERT_TRUE(store->admit(Purpose::intake));
  fill_up_to(16 * kMiB);
  ASSERT_TRUE(test::wait_until([&] { return !store->admit(Purpose::intake); }));
  EXPECT_EQ(store->admit(Purpose::intake).error().code, Errc::no_space);
  EXPECT_FALSE(store->status().accepting);
  EXPECT_NE(store->status().reason.find("too little space"), std::string::npos) << store->status().reason;
  EXPECT_TRUE(store->admit(Purpose::upkeep));
  EXPECT_TRUE(put(*store, "result"));
  fs::remove(ballast_);
  EXPECT_TRUE(test::wait_until([&] { return bool(store->admit(Purpose::intake)); }));
}

TEST_F(FullDisk, below_the_last_minimum_nothing_is_written) {
  auto store = must_open();
  fill_up_to(2 * kMiB);
  ASSERT_TRUE(test::wait_until([&] { return !store->admit(Purpose::upkeep); }));
  EXPECT_EQ(store->admit(Purpose::upkeep).error().code, Errc::no_space);
  fs::remove(ballast_);
  EXPECT_TRUE(test::wait_until([&] { return bool(store->admit(Purpose::upkeep)); }));
}

TEST_F(FullDisk, reserve_is_given_up_to_open_and_set_aside_again) {
  const auto reserve = options_.path / "reserve";
  {
    auto store = must_open();
    ASSERT_TRUE(put(*store, "value"));
    ASSERT_TRUE(test::wait_until([&] { return fs::exists(reserve) && fs::file_size(reserve) == options_.reserve; }));
  }
  fill_up_to(2 * kMiB);
  auto store = must_open();
  ASSERT_TRUE(store);
  EXPECT_FALSE(fs::exists(reserve));
  EXPECT_FALSE(store->admit(Purpose::intake)) << "open, but not for events";
  EXPECT_TRUE(*store->get(Family::events, "key"));
  fs::remove(ballast_);
  EXPECT_TRUE(test::wait_until([&] { return fs::exists(reserve); }));
}

TEST_F(FullDisk, store_that_cannot_be_opened_safely_is_refused_and_keeps_its_reserve) {
  const auto reserve = options_.path / "reserve";
  {
    auto store = must_open();
    ASSERT_TRUE(test::wait_until([&] { return fs::exists(reserve); }));
  }
  options_.open_minimum = 16 * kMiB;
  fill_up_to(2 * kMiB);
  auto store = open_rocksdb_store(options_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::no_space);
  EXPECT_NE(store.error().message.find(options_.path.string()), std::string::npos) << store.error().message;
  EXPECT_TRUE(fs::exists(reserve));
}

}  // namespace
}  // namespace signalbox::store
