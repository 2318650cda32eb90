#pragma once
#include <string_view>

#include "signalbox/clock.hpp"

namespace signalbox::pipeline {

/// What a transform may know besides the event.
struct TransformContext {
  std::string_view tenant, channel, rule;
  WallTime accepted_at{};
};

}  // namespace signalbox::pipeline
