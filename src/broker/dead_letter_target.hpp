#pragma once
#include <memory>

#include "broker/plan.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::broker {

/// The built-in target of what goes nowhere: every delivery is a dead letter, with reason `unrouted`.  No
/// target can be configured under this name.
inline constexpr const char* kDeadLetterTarget = "_dead_letter";

std::shared_ptr<const TargetPlan> make_dead_letter_target();

}  // namespace signalbox::broker
