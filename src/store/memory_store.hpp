#pragma once
#include <array>
#include <map>
#include <shared_mutex>
#include <string>

#include "store/store.hpp"

namespace signalbox::store {

/// A store that forgets everything with the process: for trials and tests.  It has no threads of its own: a commit is
/// made at once and completes in a post to its port's executor, so that simulations stay deterministic.
class MemoryStore final : public Store {
 public:
  Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
  Status scan(Family family, const KeyRange& range, Order order, const Visitor& visit) const override;
  void submit(std::unique_ptr<Commit> commit) override;
  Status admit(Purpose) const override { return ok(); }
  Status reclaim(Family, const KeyRange&) override { return ok(); }
  StoreStatus status() const override;
  bool blocking() const override { return false; }

  /// Makes the changes at once.
  void apply(const Batch& batch);

 private:
  using Keys = std::map<std::string, std::string, std::less<>>;
  void apply(const Batch::Change& change);

  mutable std::shared_mutex mutex_;
  std::array<Keys, kFamilies> families_;
  std::uint64_t commits_ = 0;
};

}  // namespace signalbox::store
