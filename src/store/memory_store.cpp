#include "store/memory_store.hpp"

#include <mutex>

namespace signalbox::store {

Result<std::optional<std::string>> MemoryStore::get(Family family, std::string_view key) const {
  const std::shared_lock lock(mutex_);
  const auto& keys = families_[static_cast<std::size_t>(family)];
  const auto found = keys.find(key);
  if (found == keys.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

Status MemoryStore::scan(Family family, const KeyRange& range, Order order, const Visitor& visit) const {
  const std::shared_lock lock(mutex_);
  if (range.from >= range.to) return ok();
  const auto& keys = families_[static_cast<std::size_t>(family)];
  const auto first = keys.lower_bound(range.from), end = keys.lower_bound(range.to);
  if (order == Order::ascending) {
    for (auto it = first; it != end; ++it)
      if (visit(it->first, it->second) == Visit::stop) break;
  } else {
    for (auto it = end; it != first;) {
      --it;
      if (visit(it->first, it->second) == Visit::stop) break;
    }
  }
  return ok();
}

void MemoryStore::submit(std::unique_ptr<Commit> commit) {
  const std::unique_lock lock(mutex_);
  commit->batch.for_each([this](const Batch::Change& change) { apply(change); });
  ++commits_;
  Commit* const group[] = {commit.release()};
  hand_back(group, ok());
}

void MemoryStore::apply(const Batch& batch) {
  const std::unique_lock lock(mutex_);
  batch.for_each([this](const Batch::Change& change) { apply(change); });
}

void MemoryStore::apply(const Batch::Change& change) {
  auto& keys = families_[static_cast<std::size_t>(change.family)];
  switch (change.kind) {
    case Batch::Kind::put: keys.insert_or_assign(std::string(change.key), std::string(change.value)); break;
    case Batch::Kind::erase:
      if (const auto found = keys.find(change.key); found != keys.end()) keys.erase(found);
      break;
    case Batch::Kind::erase_range:
      if (change.key < change.value) keys.erase(keys.lower_bound(change.key), keys.lower_bound(change.value));
      break;
  }
}

StoreStatus MemoryStore::status() const {
  const std::shared_lock lock(mutex_);
  StoreStatus status;
  status.name = "memory";
  status.durability = "none";
  status.commits = commits_;
  status.committed_batches = commits_;
  return status;
}

}  // namespace signalbox::store
