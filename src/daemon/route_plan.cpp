#include "daemon/route_plan.hpp"

#include <limits>
#include <memory>
#include <utility>

#include "base/config_path.hpp"
#include "broker/dead_letter_target.hpp"
#include "pipeline/split.hpp"

namespace signalbox::daemon {
namespace {

std::shared_ptr<const pipeline::Split> make_split(const config::Split& split, Diagnostics& out) {
  if (split.by.empty() || split.take.empty()) return nullptr;  // a fault that has been told
  auto key = pipeline::EventText::parse(split.by);
  if (!key) out.add(Fault{split.by_place, base::child_path(split.path, "by"), key.error().message, ""});
  auto share = pipeline::parse_share(split.take);
  if (!share)
    out.add(Fault{split.take_place, base::child_path(split.path, "take"), share.error().message, ""});
  if (!key || !share) return nullptr;
  return std::make_shared<const pipeline::Split>(std::move(*key), *share, split.salt);
}

}  // namespace

pipeline::Route make_route(const config::Routing& routing, Diagnostics& out) {
  pipeline::Route route;
  route.group = routing.group;
  route.position = routing.otherwise ? std::numeric_limits<std::uint64_t>::max() : routing.priority;
  if (routing.otherwise && routing.group.empty()) route.turn = pipeline::Route::Turn::otherwise;
  if (routing.split) route.split = make_split(*routing.split, out);
  return route;
}

std::vector<broker::RulePlan> make_choices(broker::RulePlan plan, const config::Rule& rule,
                                           Diagnostics& out) {
  std::vector<broker::RulePlan> plans;
  if (!rule.choice) {
    plans.push_back(std::move(plan));
    return plans;
  }
  auto text = pipeline::EventText::parse(rule.choice->text);
  if (!text) {
    out.add(Fault{rule.choice->place, rule.choice->path, text.error().message, ""});
    return plans;
  }
  const auto name = plan.name;
  plan.route.choice = std::make_shared<const pipeline::EventText>(std::move(*text));
  for (const auto& target : rule.to) {
    plan.name = broker::choice_name(name, target);
    plan.targets = {target};
    plan.route.option = target;
    plans.push_back(plan);
  }
  plan.name = broker::choice_name(name, broker::kNoChoice);
  plan.targets = {rule.choice->otherwise.empty() ? broker::kDeadLetterTarget : rule.choice->otherwise};
  plan.route.option.clear();
  plans.push_back(std::move(plan));
  return plans;
}

std::optional<broker::RulePlan> make_unrouted_plan(const config::Unrouted& unrouted) {
  switch (unrouted.kind) {
    case config::Unrouted::Kind::drop:
      return std::nullopt;
    case config::Unrouted::Kind::dead_letter:
      return broker::make_unrouted_rule(broker::kDeadLetterTarget);
    case config::Unrouted::Kind::target:
      return broker::make_unrouted_rule(unrouted.target);
  }
  return std::nullopt;
}

}  // namespace signalbox::daemon
