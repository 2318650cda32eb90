#include "store/commit.hpp"

#include <boost/asio/post.hpp>

#include "store/store.hpp"

namespace signalbox::store {
namespace {

/// Owns a chain of finished commits until their actor has seen them.
class Finished {
 public:
  explicit Finished(Commit* first) : first_(first) {}
  Finished(Finished&& other) noexcept : first_(std::exchange(other.first_, nullptr)) {}
  Finished& operator=(Finished&&) = delete;
  ~Finished() {
    while (first_) take();
  }
  void operator()() {
    while (first_) take()->complete();
  }

 private:
  std::unique_ptr<Commit> take() {
    std::unique_ptr<Commit> commit(first_);
    first_ = commit->next;
    return commit;
  }
  Commit* first_;
};

}  // namespace

Batch CommitPort::fresh_batch() {
  if (spare_.empty()) return Batch();
  Batch batch = std::move(spare_.back());
  spare_.pop_back();
  return batch;
}

void CommitPort::recycle(Batch batch) {
  if (spare_.size() == kSpareBatches || batch.capacity() > kLargestSpare) return;
  batch.clear();
  spare_.push_back(std::move(batch));
}

void CommitPort::submit(std::unique_ptr<Commit> commit) { store_.submit(std::move(commit)); }

void hand_back(std::span<Commit* const> group, const Status& status) {
  std::vector<CommitPort*> ports;
  for (Commit* commit : group) {
    commit->status = status;
    commit->next = nullptr;
    CommitPort* port = commit->port;
    if (!port) {
      delete commit;
      continue;
    }
    if (!port->first_) {
      port->first_ = commit;
      ports.push_back(port);
    } else {
      port->last_->next = commit;
    }
    port->last_ = commit;
  }
  for (CommitPort* port : ports) {
    Finished finished(std::exchange(port->first_, nullptr));
    const auto executor = port->executor_;  // the port may be gone as soon as its commits are posted
    boost::asio::post(executor, std::move(finished));
  }
}

}  // namespace signalbox::store
