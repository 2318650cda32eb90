#pragma once
#include <cstddef>
#include <list>
#include <optional>
#include <unordered_map>

#include "jq/protocol.hpp"

namespace signalbox::jq {

/// Which programs a worker has compiled; the one not used for longest goes first.
class LoadedPrograms {
 public:
  /// `most` is at least 1.
  explicit LoadedPrograms(std::size_t most) : most_(most) {}

  /// What to tell the worker before it runs a program.
  struct Change {
    bool load = false;
    std::optional<ProgramId> drop;
  };
  /// The program is used now.
  Change use(ProgramId program) {
    if (const auto found = places_.find(program); found != places_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return {};
    }
    Change change{.load = true, .drop = std::nullopt};
    if (order_.size() == most_) {
      change.drop = order_.back();
      places_.erase(order_.back());
      order_.pop_back();
    }
    order_.push_front(program);
    places_.emplace(program, order_.begin());
    return change;
  }
  void clear() {
    order_.clear();
    places_.clear();
  }

 private:
  std::size_t most_;
  std::list<ProgramId> order_;  // the latest first
  std::unordered_map<ProgramId, std::list<ProgramId>::iterator> places_;
};

}  // namespace signalbox::jq
