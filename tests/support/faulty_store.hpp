#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "store/memory_store.hpp"
#include "store/store.hpp"

namespace signalbox::test {

/// What outlives the store that was open on it: the durable part of it, and what was written but not yet durable.
struct FaultyDisk {
  std::vector<store::Batch> durable;
  std::vector<store::Batch> written;  ///< after it, in order

  void sync() { cut_power(written.size()); }

  /// A power cut: of what was not durable the first `survivors` batches are left.
  void cut_power(std::size_t survivors = 0) {
    for (std::size_t i = 0; i < std::min(survivors, written.size()); ++i) durable.push_back(std::move(written[i]));
    written.clear();
  }
};

/// A store in memory on a FaultyDisk, whose n-th commit fails, and with it all that follow.
class FaultyStore final : public store::Store {
 public:
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  /// `fail_at`: number of the commit that fails, from 1.
  explicit FaultyStore(std::shared_ptr<FaultyDisk> disk, std::size_t fail_at = kNever)
      : disk_(std::move(disk)), fail_at_(fail_at) {
    for (const auto& batch : disk_->durable) memory_.apply(batch);
    for (const auto& batch : disk_->written) memory_.apply(batch);
  }

  Result<std::optional<std::string>> get(store::Family family, std::string_view key) const override {
    return memory_.get(family, key);
  }
  Status scan(store::Family family, const store::KeyRange& range, store::Order order,
              const store::Visitor& visit) const override {
    return memory_.scan(family, range, order, visit);
  }
  void submit(std::unique_ptr<store::Commit> commit) override {
    store::Commit* const group[] = {commit.release()};
    if (++commits_ >= fail_at_) {
      failed_ = true;
      return store::hand_back(group, failure());
    }
    disk_->written.push_back(group[0]->batch);
    memory_.apply(group[0]->batch);
    if (group[0]->durability == store::Durability::durable) disk_->sync();
    store::hand_back(group, ok());
  }
  Status admit(store::Purpose purpose) const override {
    if (failed_) return failure();
    if (full && purpose == store::Purpose::intake) return Error(Errc::no_space, "planted: full");
    return ok();
  }
  Status reclaim(store::Family, const store::KeyRange&) override { return ok(); }
  store::StoreStatus status() const override {
    auto status = memory_.status();
    status.commits = status.committed_batches = commits_;
    return status;
  }
  bool blocking() const override { return false; }

  std::size_t commits() const { return commits_; }
  bool full = false;  ///< intake is refused while set

 private:
  static Status failure() { return Error(Errc::storage, "planted: the disk failed"); }
  const std::shared_ptr<FaultyDisk> disk_;
  const std::size_t fail_at_;
  std::size_t commits_ = 0;
  bool failed_ = false;
  store::MemoryStore memory_;
};

}  // namespace signalbox::test
