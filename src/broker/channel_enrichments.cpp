// What a channel's rules ask of targets before they deliver.
#include <utility>
#include <variant>

#include "broker/channel.hpp"

namespace signalbox::broker {
namespace {

const pipeline::EnrichmentStep* enrichment(const pipeline::TransformStep& step) {
  const auto* asking = std::get_if<std::unique_ptr<const pipeline::EnrichmentStep>>(&step);
  return asking ? asking->get() : nullptr;
}

bool asks(const RulePlan& rule) { return rule.transformer && rule.transformer->asks_targets(); }

}  // namespace

/// Those that ask and read as before keep their answers and figures.  The choices of one rule have one in
/// common.
void Channel::refresh_enrichments(const ChannelPlan& plan, const TargetRuntimes& targets) {
  decltype(enrichments_) next;
  for (const auto& rule : plan.rules) {
    if (!asks(rule)) continue;
    const std::string name(configured_rule(rule.name));
    const auto& steps = rule.transformer->steps();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto* step = enrichment(steps[i]);
      if (!step || next.contains({name, i})) continue;
      const auto runtime = targets.find(step->policy().target);
      EnrichmentRunner::Name full{name_, name, i, step->identity(), {}};
      EnrichmentRunner::Way way;
      if (runtime != targets.end()) {
        full.fingerprint = runtime->second.plan->fingerprint();
        way = {targets_.at(runtime->first).object, runtime->second.gate};
      }
      const auto old = enrichments_.find({name, i});
      auto runner = old != enrichments_.end() && old->second->name() == full ? old->second : nullptr;
      if (runner) {
        runner->set(std::move(way));
      } else {
        runner = std::make_shared<EnrichmentRunner>(strand_, world_.clock, random_, std::move(full),
                                                    step->policy(), std::move(way));
      }
      next.emplace(std::pair(name, i), std::move(runner));
    }
  }
  enrichments_ = std::move(next);
  auto list = std::make_shared<std::vector<std::shared_ptr<const EnrichmentFigures>>>();
  for (const auto& [name, runner] : enrichments_) list->push_back(runner->figures());
  enrichment_list_.store(std::move(list));
}

std::shared_ptr<const EnrichmentRunners> Channel::enrichments_of(const RulePlan& rule) const {
  if (!asks(rule)) return nullptr;
  auto runners = std::make_shared<EnrichmentRunners>();
  const std::string name(configured_rule(rule.name));
  for (std::size_t i = 0; i < rule.transformer->steps().size(); ++i) {
    const auto found = enrichments_.find({name, i});
    runners->push_back(found == enrichments_.end() ? nullptr : found->second);
  }
  return runners;
}

}  // namespace signalbox::broker
