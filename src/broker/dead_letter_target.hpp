#pragma once
#include <memory>

#include "broker/plan.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::broker {

// Built-in targets: every delivery to one is a dead letter.  No target can be configured under these names.

/// Of what goes nowhere; reason `unrouted`.
inline constexpr const char* kDeadLetterTarget = "_dead_letter";
/// Of what does not fit its schema; reason `invalid_data`, with what schema::kFaultAttribute says as the error.
inline constexpr const char* kInvalidTarget = "_invalid";

std::shared_ptr<const TargetPlan> make_dead_letter_target();
std::shared_ptr<const TargetPlan> make_invalid_target();

}  // namespace signalbox::broker
