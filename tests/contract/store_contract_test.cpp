// What every Store does, whatever it stands on.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <ostream>

#include "store/memory_store.hpp"
#include "store/rocksdb_store.hpp"
#include "support/faulty_store.hpp"
#include "support/run_coroutine.hpp"
#include "support/small_store.hpp"
#include "support/temp_dir.hpp"

namespace signalbox::store {
namespace {

/// A kind of store, and a place where it keeps what it keeps.
struct Kind {
  const char* name;
  std::function<std::unique_ptr<Store>(const test::TempDir&, const std::shared_ptr<test::FaultyDisk>&)> open;
  bool keeps;  ///< over closing and opening
};

std::unique_ptr<Store> open_rocksdb(const test::TempDir& folder, const std::shared_ptr<test::FaultyDisk>&) {
  auto store = open_rocksdb_store(test::small_store(folder.path()));
  EXPECT_TRUE(store) << store.error().message;
  return std::move(*store);
}

class StoreContract : public testing::TestWithParam<Kind> {
 protected:
  StoreContract() { reopen(); }
  void reopen() {
    store_.reset();
    store_ = GetParam().open(folder_, disk_);
    port_ = std::make_unique<CommitPort>(*store_, io_.get_executor());
  }
  Status commit(Batch batch, Durability durability = Durability::durable) {
    return test::run_coroutine(io_, port_->commit(std::move(batch), durability));
  }
  void put(std::string_view key, std::string_view value) {
    Batch batch;
    batch.put(Family::events, key, value);
    ASSERT_TRUE(commit(std::move(batch)));
  }
  std::string get(std::string_view key) {
    auto value = store_->get(Family::events, key);
    EXPECT_TRUE(value);
    return *value ? **value : "(none)";
  }
  std::string scan(std::string from, std::string to, Order order = Order::ascending, std::size_t most = 100) {
    std::string seen;
    auto visit = [&](std::string_view key, std::string_view) {
      seen.append(key);
      return --most == 0 ? Visit::stop : Visit::go_on;
    };
    EXPECT_TRUE(store_->scan(Family::events, KeyRange{std::move(from), std::move(to)}, order, visit));
    return seen;
  }

  test::TempDir folder_;
  std::shared_ptr<test::FaultyDisk> disk_ = std::make_shared<test::FaultyDisk>();
  boost::asio::io_context io_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<CommitPort> port_;
};

TEST_P(StoreContract, get_answers_what_was_put_last) {
  EXPECT_EQ(get("a"), "(none)");
  put("a", "1");
  put("a", "2");
  EXPECT_EQ(get("a"), "2");
}

TEST_P(StoreContract, keys_and_values_are_any_bytes) {
  const std::string key("\0\xff\0", 3), value("\0", 1);
  put(key, value);
  put("empty", "");
  EXPECT_EQ(get(key), value);
  EXPECT_EQ(get("empty"), "");
}

TEST_P(StoreContract, scan_goes_from_first_up_to_but_without_last) {
  for (const char* key : {"a", "b", "c", "d"}) put(key, "");
  EXPECT_EQ(scan("a", "c"), "ab");
  EXPECT_EQ(scan("aa", "z"), "bcd");
  EXPECT_EQ(scan("b", "b"), "");
  EXPECT_EQ(scan("c", "a"), "");
  EXPECT_EQ(scan("a", "d", Order::descending), "cba");
  EXPECT_EQ(scan("a", "z", Order::ascending, 2), "ab");
  EXPECT_EQ(scan("a", "z", Order::descending, 1), "d");
}

TEST_P(StoreContract, families_do_not_see_each_others_keys) {
  Batch batch;
  batch.put(Family::dead, "a", "dead");
  ASSERT_TRUE(commit(std::move(batch)));
  EXPECT_EQ(get("a"), "(none)");
  EXPECT_EQ(scan("a", "z"), "");
}

TEST_P(StoreContract, changes_of_a_batch_are_made_in_their_order) {
  put("c", "old");
  Batch batch;
  batch.put(Family::events, "a", "1");
  batch.erase(Family::events, "a");
  batch.erase_range(Family::events, "b", "d");
  batch.put(Family::events, "b", "2");
  ASSERT_TRUE(commit(std::move(batch)));
  EXPECT_EQ(scan("a", "z"), "b");
}

TEST_P(StoreContract, value_written_in_place_is_the_value) {
  Batch batch;
  batch.begin_put(Family::events, "a").append("one").append("two");
  batch.end_put();
  batch.put(Family::events, "b", "three");
  ASSERT_TRUE(commit(std::move(batch)));
  EXPECT_EQ(get("a"), "onetwo");
  EXPECT_EQ(get("b"), "three");
}

boost::asio::awaitable<int> commit_and_note(CommitPort& port, int number, Durability durability, std::vector<int>& order) {
  Batch batch;
  batch.put(Family::events, "n", std::to_string(number));
  auto status = co_await port.commit(std::move(batch), durability);
  EXPECT_TRUE(status);
  order.push_back(number);
  co_return number;
}

TEST_P(StoreContract, commits_take_effect_and_complete_in_the_order_of_submission) {
  std::vector<int> order, expected;
  for (int i = 0; i < 100; ++i) {
    const auto durability = i % 3 == 0 ? Durability::durable : Durability::lazy;
    boost::asio::co_spawn(io_, commit_and_note(*port_, i, durability, order), [](std::exception_ptr, int) {});
    expected.push_back(i);
  }
  io_.restart();
  io_.run_for(std::chrono::seconds(30));
  EXPECT_EQ(order, expected);
  EXPECT_EQ(get("n"), "99");
}

TEST_P(StoreContract, counters_tell_groups_and_batches) {
  const auto before = store_->status();
  put("a", "1");
  EXPECT_EQ(store_->status().committed_batches, before.committed_batches + 1);
  EXPECT_EQ(store_->status().commits, before.commits + 1);
  EXPECT_TRUE(store_->status().accepting) << store_->status().reason;
}

TEST_P(StoreContract, reclaimed_range_takes_nothing_outside_of_it) {
  for (const char* key : {"a", "b", "c"}) put(key, "1");
  Batch batch;
  batch.erase_range(Family::events, "a", "c");
  ASSERT_TRUE(commit(std::move(batch)));
  ASSERT_TRUE(store_->reclaim(Family::events, KeyRange{"a", "c"}));
  EXPECT_EQ(scan("a", "z"), "c");
}

TEST_P(StoreContract, everything_is_there_after_reopening) {
  if (!GetParam().keeps) GTEST_SKIP() << "keeps nothing";
  put("a", "durable");
  Batch batch;
  batch.put(Family::events, "b", "lazy");
  ASSERT_TRUE(commit(std::move(batch), Durability::lazy));
  reopen();
  EXPECT_EQ(get("a"), "durable");
  EXPECT_EQ(get("b"), "lazy");
}

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

const Kind kKinds[] = {
    {"memory", [](const auto&, const auto&) { return std::make_unique<MemoryStore>(); }, false},
    {"faulty", [](const auto&, const auto& disk) { return std::make_unique<test::FaultyStore>(disk); }, true},
    {"rocksdb", open_rocksdb, true},
};
INSTANTIATE_TEST_SUITE_P(All, StoreContract, testing::ValuesIn(kKinds),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace signalbox::store
