#pragma once
#include <cstdint>
#include <memory>

#include "pipeline/matcher.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::broker {

/// A channel's rules, compiled: an immutable snapshot that publishers on any thread match against.
struct RuleSet {
  std::uint64_t generation = 0;  ///< goes up with each change
  std::shared_ptr<const pipeline::Matcher> matcher;
};

}  // namespace signalbox::broker
