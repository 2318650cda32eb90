#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "signalbox/error.hpp"
#include "store/batch.hpp"

namespace signalbox::store {

class CommitPort;
class Store;

/// When a commit completes.
enum class Durability : std::uint8_t {
  durable,  ///< when it would survive a power cut (as far as the store was asked to sync)
  lazy,     ///< when written, which survives a crash of the process; it becomes durable soon after
};

/// A batch on its way through a store.
class Commit {
 public:
  /// `port` may be null when nobody waits.
  Commit(Batch changes, Durability wanted, CommitPort* to)
      : batch(std::move(changes)), durability(wanted), port(to), size_bytes(batch.size_bytes()) {}
  virtual ~Commit() = default;
  Commit(const Commit&) = delete;
  Commit& operator=(const Commit&) = delete;

  /// Called once, on the port's executor, when `status` says how it went.
  virtual void complete() {}
  /// Whether revise() is to be called.
  virtual bool revises() const { return false; }
  /// Called on the writer's thread when all that was submitted before can be read and nothing that comes after: the
  /// commit may take back some of its changes.
  virtual void revise() {}

  Batch batch;
  Durability durability;
  CommitPort* port;
  const std::size_t size_bytes;  ///< of the batch, for accounts kept while the batch moves
  Status status = ok();
  Commit* next = nullptr;        ///< for the queues it passes through
};

/// Where an actor's commits come back: one post to its executor for a whole group of them.
///
/// Thread-safety: commit() from the executor's strand only.  It must outlive its commits.
class CommitPort {
 public:
  CommitPort(Store& store, boost::asio::any_io_executor executor) : store_(store), executor_(std::move(executor)) {}
  CommitPort(const CommitPort&) = delete;
  CommitPort& operator=(const CommitPort&) = delete;

  /// Submits the batch and completes with its fate, on the port's executor.  Submission happens when the answer is
  /// awaited, before anything else can run on the strand.  Cancellation does not interrupt it: a commit under way
  /// completes.  The caller is a coroutine, which keeps the executor's context at work meanwhile.
  boost::asio::awaitable<Status> commit(Batch batch, Durability durability) {
    auto initiate = [this](auto handler, Batch changes, Durability wanted) {
      submit(std::make_unique<Waiting<decltype(handler)>>(std::move(changes), wanted, this, std::move(handler)));
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(Status)>(
        initiate, boost::asio::use_awaitable, std::move(batch), durability);
  }

  /// An empty batch, if possible one that was committed before and has its buffer still.
  Batch fresh_batch();

 private:
  friend void hand_back(std::span<Commit* const> group, const Status& status);
  static constexpr std::size_t kSpareBatches = 4;
  static constexpr std::size_t kLargestSpare = 1 << 20;

  template <class Handler>
  class Waiting final : public Commit {
   public:
    Waiting(Batch changes, Durability wanted, CommitPort* to, Handler handler)
        : Commit(std::move(changes), wanted, to), handler_(std::move(handler)) {}
    void complete() override {
      port->recycle(std::move(batch));
      std::move(handler_)(std::move(status));
    }

   private:
    Handler handler_;
  };

  void submit(std::unique_ptr<Commit> commit);
  void recycle(Batch batch);

  Store& store_;
  boost::asio::any_io_executor executor_;
  std::vector<Batch> spare_;
  Commit* first_ = nullptr;  // of the group being handed back; touched by the store's thread only
  Commit* last_ = nullptr;
};

/// Gives finished commits back to their ports, in order, with one post for each port; those without one are destroyed.
/// For stores.  Thread-safety: one call at a time for any one port.
void hand_back(std::span<Commit* const> group, const Status& status);

}  // namespace signalbox::store
