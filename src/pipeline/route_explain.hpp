#pragma once
#include <span>
#include <vector>

#include "pipeline/explain.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// Whether any of them shares events with others, so that its own filter does not tell whether it takes one.
bool any_routed(std::span<const ExplainedRule> rules);

/// Gives those rules a mismatch whose filters match and which yet do not take the event.  `verdicts`: of all
/// rules of the channel.
void explain_routes(const Event& event, std::span<RuleVerdict> verdicts);

}  // namespace signalbox::pipeline
