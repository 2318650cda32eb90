#include "pipeline/router.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace signalbox::pipeline {
namespace {

/// A rule with a group that wants the event.
struct Contender {
  std::uint32_t group, place;
  RuleId rule;
};

/// Of the thread: an event takes no memory of its own.
std::vector<Contender>& no_contenders() {
  static thread_local std::vector<Contender> contenders;
  contenders.clear();
  return contenders;
}

}  // namespace

std::shared_ptr<const Router> Router::make(std::vector<Rule> rules) {
  std::erase_if(rules, [](const Rule& rule) { return rule.route.plain(); });
  if (rules.empty()) return nullptr;
  return std::shared_ptr<const Router>(new Router(rules));
}

Router::Router(const std::vector<Rule>& rules) {
  for (const auto& rule : rules) {
    if (entries_.size() <= rule.id.value) entries_.resize(rule.id.value + 1);
    entries_[rule.id.value].turn = rule.route.turn;
    entries_[rule.id.value].split = rule.route.split;
    has_splits_ = has_splits_ || rule.route.split;
  }
  add_choices(rules);
  add_groups(rules);
}

void Router::add_choices(const std::vector<Rule>& rules) {
  std::map<const EventText*, std::uint32_t> known;
  for (const auto& [id, route] : rules) {
    if (!route.choice) continue;
    const auto [at, fresh] =
        known.try_emplace(route.choice.get(), static_cast<std::uint32_t>(choices_.size()));
    if (fresh) choices_.push_back({route.choice, {}, {}});
    auto& choice = choices_[at->second];
    entries_[id.value].choice = at->second + 1;
    if (route.option.empty())
      choice.otherwise = id;
    else
      choice.options.emplace_back(route.option, id);
  }
  for (auto& choice : choices_) std::ranges::sort(choice.options);
}

RuleId Router::Choice::of(const Event& event) const {
  const auto chosen = text->of(event);
  if (!chosen) return otherwise;
  const auto found = std::ranges::lower_bound(options, *chosen, {}, &std::pair<std::string, RuleId>::first);
  return found != options.end() && found->first == *chosen ? found->second : otherwise;
}

void Router::add_groups(const std::vector<Rule>& rules) {
  std::vector<const Rule*> grouped;
  for (const auto& rule : rules)
    if (!rule.route.group.empty()) grouped.push_back(&rule);
  std::ranges::sort(grouped, {}, [](const Rule* rule) {
    return std::tie(rule->route.group, rule->route.position, rule->id);
  });
  std::uint32_t group = 0, place = 0;
  const std::string* name = nullptr;
  for (const auto* rule : grouped) {
    if (name == nullptr || *name != rule->route.group) ++group;
    name = &rule->route.group;
    entries_[rule->id.value].group = group;
    entries_[rule->id.value].place = place++;
  }
}

void Router::route(const Event& event, std::vector<RuleId>& matched) const {
  sift(event, matched, [](RuleId, Loss::Why, RuleId) {});
}

std::vector<Router::Loss> Router::losses(const Event& event, std::vector<RuleId> matched) const {
  std::vector<Loss> losses;
  sift(event, matched, [&](RuleId rule, Loss::Why why, RuleId winner) {
    losses.push_back({rule, why, winner});
  });
  return losses;
}

template <class Lost>
void Router::sift(const Event& event, std::vector<RuleId>& matched, Lost lost) const {
  if (has_splits_) keep_shares(event, matched, lost);
  if (!choices_.empty()) choose(event, matched, lost);
  keep_first_of_groups(matched, lost);
  keep_best_turn(matched, lost);
}

template <class Lost>
void Router::keep_shares(const Event& event, std::vector<RuleId>& matched, Lost lost) const {
  std::erase_if(matched, [&](RuleId rule) {
    const auto* split = entry(rule).split.get();
    const bool loses = split != nullptr && !split->share().has(split->point_of(event));
    if (loses) lost(rule, Loss::Why::split, RuleId());
    return loses;
  });
}

template <class Lost>
void Router::choose(const Event& event, std::vector<RuleId>& matched, Lost lost) const {
  std::vector<RuleId> chosen;  // of the choices that matched, each once
  for (const auto rule : matched)
    if (const auto choice = entry(rule).choice; choice != 0) chosen.push_back(choices_[choice - 1].of(event));
  if (chosen.empty()) return;
  std::erase_if(matched, [&](RuleId rule) {
    const auto choice = entry(rule).choice;
    if (choice == 0) return false;
    const auto winner = *std::ranges::find(chosen, choice, [this](RuleId id) { return entry(id).choice; });
    if (winner != rule) lost(rule, Loss::Why::choice, winner);
    return true;
  });
  matched.insert(matched.end(), chosen.begin(), chosen.end());
  std::ranges::sort(matched);
  matched.erase(std::unique(matched.begin(), matched.end()), matched.end());
}

template <class Lost>
void Router::keep_first_of_groups(std::vector<RuleId>& matched, Lost lost) const {
  auto& contenders = no_contenders();
  for (const auto rule : matched)
    if (const auto& of = entry(rule); of.group != 0) contenders.push_back({of.group, of.place, rule});
  if (contenders.size() < 2) return;
  std::ranges::sort(contenders, {}, &Contender::place);
  std::erase_if(matched, [&](RuleId rule) {
    const auto group = entry(rule).group;
    if (group == 0) return false;
    const auto winner = std::ranges::lower_bound(contenders, group, {}, &Contender::group)->rule;
    if (winner != rule) lost(rule, Loss::Why::group, winner);
    return winner != rule;
  });
}

template <class Lost>
void Router::keep_best_turn(std::vector<RuleId>& matched, Lost lost) const {
  if (matched.size() < 2) return;
  const auto turn_of = [this](RuleId rule) { return entry(rule).turn; };
  const auto winner = *std::ranges::min_element(matched, {}, turn_of);
  std::erase_if(matched, [&](RuleId rule) {
    const bool loses = turn_of(rule) > turn_of(winner);
    if (loses) lost(rule, Loss::Why::otherwise, winner);
    return loses;
  });
}

}  // namespace signalbox::pipeline
