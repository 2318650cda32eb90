#include "pipeline/route_explain.hpp"

#include <algorithm>
#include <string>

#include "pipeline/router.hpp"

namespace signalbox::pipeline {
namespace {

/// For an explanation a rule's number is its place in the list.
RuleId id_of(std::size_t index) { return RuleId(static_cast<std::uint32_t>(index)); }

Mismatch mismatch_of(const Router::Loss& loss, const RuleVerdict& loser, std::string_view winner,
                     const Event& event) {
  Mismatch mismatch;
  mismatch.found = "taken by " + std::string(winner);
  const auto& route = *loser.rule.route;
  switch (loss.why) {
    case Router::Loss::Why::group:
      mismatch.place = "group";
      mismatch.wanted = "an event that no rule before it in group \"" + route.group + "\" takes";
      break;
    case Router::Loss::Why::otherwise:
      mismatch.place = route.turn == Route::Turn::last ? "unrouted" : "else";
      mismatch.wanted = "an event that no other rule takes";
      break;
    case Router::Loss::Why::choice:
      mismatch.place = "to";
      mismatch.wanted =
          route.option.empty() ? "a choice that no target has" : "the choice \"" + route.option + "\"";
      mismatch.found = route.choice->of(event).value_or("no choice");
      break;
    case Router::Loss::Why::split:
      mismatch.place = "split";
      mismatch.wanted = "a key in the share " + share_text(route.split->share());
      mismatch.found = "a key at " + percent_text(route.split->point_of(event));
      break;
  }
  return mismatch;
}

}  // namespace

bool any_routed(std::span<const ExplainedRule> rules) {
  return std::ranges::any_of(rules, [](const auto& rule) { return rule.route && !rule.route->plain(); });
}

void explain_routes(const Event& event, std::span<RuleVerdict> verdicts) {
  std::vector<Router::Rule> rules;
  std::vector<RuleId> matched;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (!verdicts[i].match()) continue;
    matched.push_back(id_of(i));
    if (verdicts[i].rule.route) rules.push_back({id_of(i), *verdicts[i].rule.route});
  }
  const auto router = Router::make(std::move(rules));
  if (!router) return;
  for (const auto& loss : router->losses(event, std::move(matched))) {
    auto& loser = verdicts[loss.rule.value];
    loser.mismatch = mismatch_of(loss, loser, verdicts[loss.winner.value].rule.name, event);
  }
}

}  // namespace signalbox::pipeline
