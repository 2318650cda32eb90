#pragma once
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "pipeline/filter.hpp"
#include "signalbox/event.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::pipeline {

/// All rules of one channel, compiled together: one pass over the event says which rules match.
/// Immutable and thread-safe; a change makes a new one.
class Matcher {
 public:
  struct Rule {
    RuleId id;
    std::shared_ptr<const Filter> filter;
  };
  explicit Matcher(std::vector<Rule> rules);
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  /// The rules that want the event, ascending; replaces what `matched` held.
  void match(const Event& event, std::vector<RuleId>& matched) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace signalbox::pipeline
