#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "signalbox/error.hpp"
#include "store/commit.hpp"

namespace signalbox::store {

enum class Sync : std::uint8_t { no, yes };

/// Where groups of commits are written.  Called on the writer's thread only.
class GroupSink {
 public:
  virtual ~GroupSink() = default;
  /// Writes all batches of the group as one, in order; with Sync::yes it and everything before it is then durable.
  virtual Status write(std::span<Commit* const> group, Sync sync) = 0;
  /// Makes everything written so far durable.
  virtual Status sync() = 0;
};

/// Group commit: one thread that writes all commits which came while it was writing as the next group, with one sync.
///
/// A lone commit is written at once.  Lazy commits ride along; when nothing durable follows them, a sync of their own
/// does within `sync_interval`.  The first failure is the last write: a failed fsync cannot be retried, since the
/// kernel has dropped what it could not write.  Thread-safe.
class GroupWriter {
 public:
  struct Options {
    Sync sync = Sync::yes;                              ///< no: durable commits are not synced either
    std::chrono::milliseconds sync_interval{250};
    std::size_t group_bytes_max = std::size_t{16} << 20;   ///< a group grows no further
    std::size_t queue_bytes_max = std::size_t{256} << 20;  ///< admit() refuses from here on
  };

  /// `on_failure` is called once, on whatever thread met the failure.
  GroupWriter(GroupSink& sink, const Options& options, std::function<void(const Error&)> on_failure);
  ~GroupWriter() { finish(); }
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  void submit(std::unique_ptr<Commit> commit);
  /// Errors: overloaded, storage.
  Status admit() const;
  /// Writes and syncs what is queued, then ends the thread; nothing may be submitted any more.
  void finish();
  /// Refuses everything from now on.
  void fail(const Error& error);
  std::optional<Error> failure() const;

  std::uint64_t groups() const { return groups_.load(std::memory_order_relaxed); }
  std::uint64_t batches() const { return batches_.load(std::memory_order_relaxed); }

 private:
  using Instant = std::chrono::steady_clock::time_point;
  enum class Found : std::uint8_t { commits, deadline, end };
  void run();
  Found take();
  bool take_queued();
  std::size_t group_size() const;
  void write_group();
  void sync_now();

  GroupSink& sink_;
  const Options options_;
  std::function<void(const Error&)> on_failure_;

  std::atomic<Commit*> queue_{nullptr};  // newest first
  std::atomic<std::size_t> queued_bytes_{0};
  std::atomic<std::uint64_t> groups_{0}, batches_{0};
  std::atomic<bool> failed_{false};

  mutable std::mutex mutex_;  // only for sleeping, stopping and failing
  std::condition_variable wake_;
  bool stopping_ = false;
  std::optional<Error> failure_;

  std::vector<Commit*> taken_;  // oldest first; of the writer's thread, as is the rest
  std::size_t written_ = 0;     // of taken_
  std::optional<Instant> sync_due_;
  std::thread thread_;
};

}  // namespace signalbox::store
