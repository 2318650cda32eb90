#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/matcher.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::broker {

/// A channel's rules, compiled: an immutable snapshot that publishers on any thread match against.
struct RuleSet {
  RuleSet(std::uint64_t g, std::vector<pipeline::Matcher::Rule> rules) : generation(g), matcher(std::move(rules)) {}
  std::uint64_t generation;   ///< goes up with each change
  pipeline::Matcher matcher;
};

}  // namespace signalbox::broker
