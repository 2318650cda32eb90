#include "store/group_writer.hpp"

#include <algorithm>

namespace signalbox::store {

GroupWriter::GroupWriter(GroupSink& sink, const Options& options, std::function<void(const Error&)> on_failure)
    : sink_(sink), options_(options), on_failure_(std::move(on_failure)), thread_([this] { run(); }) {}

void GroupWriter::finish() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void GroupWriter::submit(std::unique_ptr<Commit> commit) {
  queued_bytes_.fetch_add(commit->size_bytes, std::memory_order_relaxed);
  Commit* added = commit.release();
  Commit* head = queue_.load(std::memory_order_relaxed);
  do added->next = head;
  while (!queue_.compare_exchange_weak(head, added, std::memory_order_release, std::memory_order_relaxed));
  if (head) return;  // the writer has been told of that one and has not looked since
  const std::lock_guard lock(mutex_);
  wake_.notify_one();
}

Status GroupWriter::admit() const {
  if (failed_.load(std::memory_order_relaxed)) return *failure();
  if (queued_bytes_.load(std::memory_order_relaxed) >= options_.queue_bytes_max)
    return Error(Errc::overloaded, "the disk is behind: too much waits to be written");
  return ok();
}

void GroupWriter::fail(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    if (failure_) return;
    failure_.emplace(Errc::storage, error.message);
    failed_.store(true, std::memory_order_relaxed);
  }
  if (on_failure_) on_failure_(error);
}

std::optional<Error> GroupWriter::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void GroupWriter::run() {
  for (;;) {
    switch (take()) {
      case Found::commits: write_group(); break;
      case Found::deadline: sync_now(); break;
      case Found::end: sync_now(); return;
    }
  }
}

bool GroupWriter::take_queued() {
  taken_.clear();
  written_ = 0;
  for (Commit* commit = queue_.exchange(nullptr, std::memory_order_acquire); commit; commit = commit->next)
    taken_.push_back(commit);
  std::reverse(taken_.begin(), taken_.end());
  return !taken_.empty();
}

GroupWriter::Found GroupWriter::take() {
  if (written_ < taken_.size() || take_queued()) return Found::commits;
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return stopping_ || queue_.load(std::memory_order_relaxed) != nullptr; };
  if (sync_due_) {
    if (!wake_.wait_until(lock, *sync_due_, ready)) return Found::deadline;
  } else {
    wake_.wait(lock, ready);
  }
  lock.unlock();
  return take_queued() ? Found::commits : Found::end;
}

std::size_t GroupWriter::group_size() const {
  std::size_t count = 0, bytes = 0;
  for (std::size_t i = written_; i < taken_.size(); ++i, ++count) {
    bytes += taken_[i]->size_bytes;
    if (count > 0 && bytes > options_.group_bytes_max) break;
  }
  return count;
}

void GroupWriter::write_group() {
  const std::span<Commit* const> group(taken_.data() + written_, group_size());
  written_ += group.size();
  const bool durable =
      std::any_of(group.begin(), group.end(), [](const Commit* c) { return c->durability == Durability::durable; });
  const bool overdue = sync_due_ && std::chrono::steady_clock::now() >= *sync_due_;
  const Sync sync = durable || overdue ? options_.sync : Sync::no;

  auto known = failure();
  Status status = known ? Status(*known) : sink_.write(group, sync);
  if (status) {
    groups_.fetch_add(1, std::memory_order_relaxed);
    batches_.fetch_add(group.size(), std::memory_order_relaxed);
    if (sync == Sync::yes) sync_due_.reset();
    else if (options_.sync == Sync::yes && !sync_due_)
      sync_due_ = std::chrono::steady_clock::now() + options_.sync_interval;
  } else if (!known) {
    fail(status.error());
    status = Status(*failure());
  }
  std::size_t bytes = 0;
  for (const Commit* commit : group) bytes += commit->size_bytes;
  queued_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  hand_back(group, status);
}

void GroupWriter::sync_now() {
  if (!sync_due_) return;
  sync_due_.reset();
  if (failed_.load(std::memory_order_relaxed)) return;
  if (auto status = sink_.sync(); !status) fail(status.error());
}

}  // namespace signalbox::store
