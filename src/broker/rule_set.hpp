#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "pipeline/matcher.hpp"
#include "pipeline/router.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::broker {

/// A channel's rules, compiled: an immutable snapshot that publishers on any thread match against.
struct RuleSet {
  std::uint64_t generation = 0;  ///< goes up with each change
  std::shared_ptr<const pipeline::Matcher> matcher;
  std::shared_ptr<const pipeline::Router> router;  ///< nullptr: every rule takes what its filter wants
  std::optional<RuleId> invalid_rule{};            ///< the built-in one of events that do not fit their schemas

  /// The rules that take the event, ascending; replaces what `taken_by` held.
  void match(const Event& event, std::vector<RuleId>& taken_by) const {
    matcher->match(event, taken_by);
    if (router) router->route(event, taken_by);
  }
  /// Whether these are the rules of an event that does not fit its schemas.
  bool is_invalid(const std::vector<RuleId>& taken_by) const {
    return invalid_rule && taken_by.size() == 1 && taken_by.front() == *invalid_rule;
  }
};

}  // namespace signalbox::broker
