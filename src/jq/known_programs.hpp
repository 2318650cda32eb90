#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "jq/program.hpp"

namespace signalbox::jq {

/// The programs of a pool by their texts; of too many, the one not used for longest is forgotten.
class KnownPrograms {
 public:
  /// `most` is at least 1.
  explicit KnownPrograms(std::size_t most) : most_(most) {}

  /// The program of that text, which is used now; a new one when it is not known.
  std::shared_ptr<ProgramState> use(std::string_view text) {
    if (const auto found = places_.find(text); found != places_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return order_.front();
    }
    if (order_.size() == most_) forget(*order_.back());
    auto program = std::make_shared<ProgramState>(++last_, std::string(text));
    order_.push_front(program);
    places_.emplace(program->text, order_.begin());
    return program;
  }
  void forget(const ProgramState& program) {
    const auto found = places_.find(program.text);
    if (found == places_.end() || found->second->get() != &program) return;
    const auto place = found->second;
    places_.erase(found);
    order_.erase(place);
  }

 private:
  using Order = std::list<std::shared_ptr<ProgramState>>;  // the latest first

  std::size_t most_;
  ProgramId last_ = 0;
  Order order_;
  std::unordered_map<std::string_view, Order::iterator> places_;  // by the text that the program has
};

}  // namespace signalbox::jq
