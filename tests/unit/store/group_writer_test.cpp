#include "store/group_writer.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace signalbox::store {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 20s;

/// A disk that can be held up, and writes down what it was asked to do: "w2s" is a group of two, synced.
class ScriptedSink final : public GroupSink {
 public:
  Status write(std::span<Commit* const> group, Sync sync) override {
    std::unique_lock lock(mutex_);
    began_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    log_ += "w" + std::to_string(group.size()) + (sync == Sync::yes ? "s " : " ");
    changed_.notify_all();
    if (failing_) return Error(Errc::storage, "planted");
    return ok();
  }
  Status sync() override {
    const std::lock_guard lock(mutex_);
    log_ += "sync ";
    changed_.notify_all();
    return ok();
  }
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
    began_ = false;
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void fail() {
    const std::lock_guard lock(mutex_);
    failing_ = true;
  }
  void wait_until_writing() {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kPatience, [this] { return began_; }));
  }
  bool wait_for(const std::string& log) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return log_ == log; });
    EXPECT_EQ(log_, log);
    return log_ == log;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string log_;
  bool held_ = false, began_ = false, failing_ = false;
};

class GroupWriterTest : public testing::Test {
 protected:
  void start(GroupWriter::Options options = {}) {
    writer_ = std::make_unique<GroupWriter>(sink_, options, [this](const Error& error) {
      const std::lock_guard lock(mutex_);
      failures_.push_back(error.message);
    });
  }
  void submit(Durability durability, std::size_t size = 10) {
    Batch batch;
    batch.put(Family::events, "k", std::string(size, 'v'));
    writer_->submit(std::make_unique<Commit>(std::move(batch), durability, nullptr));
  }

  ScriptedSink sink_;
  std::mutex mutex_;
  std::vector<std::string> failures_;
  std::unique_ptr<GroupWriter> writer_;
};

TEST_F(GroupWriterTest, what_comes_while_the_disk_is_busy_is_one_group_with_one_sync) {
  start();
  sink_.hold();
  submit(Durability::durable);
  sink_.wait_until_writing();
  for (int i = 0; i < 50; ++i) submit(i % 2 ? Durability::lazy : Durability::durable);
  sink_.let_go();
  sink_.wait_for("w1s w50s ");
  writer_->finish();
  EXPECT_EQ(writer_->groups(), 2u);
  EXPECT_EQ(writer_->batches(), 51u);
}

TEST_F(GroupWriterTest, lazy_commit_is_written_at_once_and_synced_soon) {
  GroupWriter::Options options;
  options.sync_interval = 1ms;
  start(options);
  submit(Durability::lazy);
  sink_.wait_for("w1 sync ");
}

TEST_F(GroupWriterTest, durable_commit_saves_the_sync_of_the_lazy_one_before_it) {
  GroupWriter::Options options;
  options.sync_interval = std::chrono::hours(1);
  start(options);
  submit(Durability::lazy);
  sink_.wait_for("w1 ");
  submit(Durability::durable);
  sink_.wait_for("w1 w1s ");
  writer_->finish();
  sink_.wait_for("w1 w1s ");
}

TEST_F(GroupWriterTest, steady_lazy_commits_do_not_put_the_sync_off) {
  GroupWriter::Options options;
  options.sync_interval = 0ms;
  start(options);
  sink_.hold();
  submit(Durability::lazy);
  sink_.wait_until_writing();
  submit(Durability::lazy);
  sink_.let_go();
  sink_.wait_for("w1 w1s ");
}

TEST_F(GroupWriterTest, end_writes_what_is_queued_and_syncs_it) {
  start();
  sink_.hold();
  submit(Durability::lazy);
  sink_.wait_until_writing();
  submit(Durability::lazy);
  sink_.let_go();
  writer_->finish();
  sink_.wait_for("w1 w1 sync ");
}

TEST_F(GroupWriterTest, nothing_is_synced_when_the_operating_system_is_trusted) {
  GroupWriter::Options options;
  options.sync = Sync::no;
  options.sync_interval = 0ms;
  start(options);
  submit(Durability::durable);
  writer_->finish();
  sink_.wait_for("w1 ");
}

TEST_F(GroupWriterTest, group_has_a_largest_size) {
  GroupWriter::Options options;
  options.group_bytes_max = 250;
  start(options);
  sink_.hold();
  submit(Durability::durable);
  sink_.wait_until_writing();
  for (int i = 0; i < 3; ++i) submit(Durability::durable, 100);
  submit(Durability::durable, 1000);
  sink_.let_go();
  sink_.wait_for("w1s w2s w1s w1s ");
}

TEST_F(GroupWriterTest, queue_has_a_largest_size) {
  GroupWriter::Options options;
  options.queue_bytes_max = 1000;
  start(options);
  EXPECT_TRUE(writer_->admit());
  sink_.hold();
  submit(Durability::durable, 1000);
  EXPECT_EQ(writer_->admit().error().code, Errc::overloaded);
  sink_.let_go();
  sink_.wait_for("w1s ");
  writer_->finish();
  EXPECT_TRUE(writer_->admit());
}

TEST_F(GroupWriterTest, first_failure_is_the_last_write) {
  start();
  sink_.fail();
  submit(Durability::durable);
  sink_.wait_for("w1s ");
  for (int i = 0; i < 3; ++i) submit(Durability::durable);
  writer_->finish();
  sink_.wait_for("w1s ");
  EXPECT_EQ(writer_->admit().error().code, Errc::storage);
  EXPECT_EQ(failures_, std::vector<std::string>{"planted"}) << "told once";
  EXPECT_EQ(writer_->groups(), 0u);
}

}  // namespace
}  // namespace signalbox::store
