#include "config/rule_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config_path.hpp"
#include "base/nearest_name.hpp"
#include "config/aggregate_settings.hpp"
#include "config/routing_settings.hpp"

namespace signalbox::config {
namespace {

using namespace std::chrono_literals;
using Targets = std::map<std::string, Target, std::less<>>;

constexpr std::size_t kMostTargetsOfRule = 100;
constexpr std::size_t kMostHints = 100;  // past so many faults nobody reads hints; finding them costs

struct FilterKey {
  std::string_view key;
  Filter::Kind kind;
  ConfigNode::Kind expected;
  std::string_view expectation;
};
constexpr std::array<FilterKey, 3> kFilterKeys{{
    {"pattern", Filter::Kind::pattern, ConfigNode::Kind::mapping, "expected a pattern, which is a mapping"},
    {"filters", Filter::Kind::filters, ConfigNode::Kind::sequence, "expected a list of filters"},
    {"sql", Filter::Kind::sql, ConfigNode::Kind::scalar, "expected an SQL expression"},
}};

void read_compat(ConfigReader& read, Filter& filter) {
  enum class Compat { none, eventbridge };
  constexpr std::array<std::pair<std::string_view, Compat>, 2> kCompats{
      {{"none", Compat::none}, {"eventbridge", Compat::eventbridge}}};
  auto compat = Compat::none;
  read.choice<Compat>("compat", compat, kCompats);
  filter.eventbridge_compat = compat == Compat::eventbridge;
  if (filter.eventbridge_compat && filter.kind != Filter::Kind::pattern)
    read.fault("compat", "this is a way to read a pattern, and the rule has none");
}

Filter read_filter(ConfigReader& read) {
  Filter filter;
  std::string_view given;
  for (const auto& each : kFilterKeys) {
    const ConfigNode* node = read.take(each.key);
    if (node == nullptr) continue;
    if (!given.empty()) {
      read.fault(each.key, fmt::format("given beside {}: a rule has one filter", given));
      continue;
    }
    given = each.key;
    filter.kind = each.kind;
    filter.place = node->place();
    filter.path = node->path();
    if (node->kind() != each.expected) {
      read.fault(each.key, fmt::format("{}, got {}", each.expectation, node->describe()));
      continue;
    }
    filter.text = each.kind == Filter::Kind::sql ? node->text() : node->to_json();
  }
  read_compat(read, filter);
  return filter;
}

std::string hint_for_target(std::string_view name, const Targets& targets) {
  std::vector<std::string_view> names;
  for (const auto& target : targets) names.push_back(target.first);
  const auto nearest = base::nearest_name(name, names);
  if (!nearest.empty()) return fmt::format("did you mean \"{}\"?", nearest);
  return targets.empty() ? "the tenant has no targets" : "";
}

void read_target_name(const ConfigNode& node, const Targets& targets, std::vector<std::string>& to,
                      Diagnostics& out) {
  if (node.kind() != ConfigNode::Kind::scalar) {
    out.add({node.place(),
             node.path(),
             fmt::format("expected the name of a target, got {}", node.describe()),
             {}});
  } else if (!targets.contains(node.text())) {
    out.add({node.place(), node.path(), fmt::format("there is no target {}", base::in_quotes(node.text())),
             out.faults().size() < kMostHints ? hint_for_target(node.text(), targets) : std::string()});
  } else if (std::find(to.begin(), to.end(), node.text()) != to.end()) {
    out.add({node.place(), node.path(), fmt::format("{} is named twice", base::in_quotes(node.text())), {}});
  } else {
    to.push_back(node.text());
  }
}

/// The names under `key`, whose node is `node`.
std::vector<std::string> read_targets(ConfigReader& read, std::string_view key, const ConfigNode& node,
                                      const Targets& targets, Diagnostics& out) {
  std::vector<std::string> to;
  if (node.kind() != ConfigNode::Kind::sequence) {
    read_target_name(node, targets, to, out);
    return to;
  }
  if (node.items().empty()) read.fault(key, "a rule has at least one target");
  if (node.items().size() > kMostTargetsOfRule) {
    read.fault(key, fmt::format("a rule has at most {} targets", kMostTargetsOfRule));
    return to;
  }
  for (const auto& item : node.items()) read_target_name(item, targets, to, out);
  return to;
}

/// `to` is a template: no name of a target holds a `<`.
void read_choice(ConfigReader& read, const ConfigNode& to, const Targets& targets, Rule& rule, Diagnostics& out) {
  Choice choice{to.text(), {}, to.place(), to.path()};
  const ConfigNode* among = read.take("among");
  if (among == nullptr)
    read.fault("among", "missing: a rule that chooses its target names those that it chooses among");
  else
    rule.to = read_targets(read, "among", *among, targets, out);
  constexpr std::string_view kToDeadLetter = "dead_letter";
  const ConfigNode* otherwise = read.take("otherwise");
  const bool named = otherwise != nullptr && !(otherwise->kind() == ConfigNode::Kind::scalar && otherwise->text() == kToDeadLetter);
  if (named) {
    std::vector<std::string> one;
    read_target_name(*otherwise, targets, one, out);
    if (!one.empty()) choice.otherwise = one.front();
  }
  rule.choice = std::move(choice);
}

void read_to(ConfigReader& read, const Targets& targets, Rule& rule, Diagnostics& out) {
  const ConfigNode* node = read.require("to");
  if (node == nullptr) return;
  if (node->kind() == ConfigNode::Kind::scalar && node->text().find('<') != std::string::npos)
    return read_choice(read, *node, targets, rule, out);
  rule.to = read_targets(read, "to", *node, targets, out);
  for (const auto* key : {"among", "otherwise"})
    if (read.take(key) != nullptr)
      read.fault(key, "this belongs to a choice of the target, and \"to\" is no template", "such as to: \"<$.data.region>-crm\"");
}

Retry read_retry(const ConfigNode& node, Diagnostics& out) {
  constexpr std::array<std::pair<std::string_view, Retry::Jitter>, 2> kJitters{
      {{"full", Retry::Jitter::full}, {"none", Retry::Jitter::none}}};
  Retry retry;
  ConfigReader read(node, out);
  read("attempts", retry.attempts, 1u, 100'000u);
  read("initial", retry.initial, 1ms, 24h);
  read("factor", retry.factor, 1.0, 100.0);
  read("max", retry.max, 1ms, 24h * 7);
  read.choice<Retry::Jitter>("jitter", retry.jitter, kJitters);
  read("max_age", retry.max_age, 1s, 24h * 366);
  if (retry.max < retry.initial) {
    // A first wait above the longest: said only where both were given, else the longest follows.
    if (read.has("max"))
      read.fault("max", "this is less than the first wait (initial)");
    else
      retry.max = retry.initial;
  }
  read.done();
  return retry;
}

}  // namespace

Rule read_rule(const ConfigNode& node, const Targets& targets, Diagnostics& out) {
  enum class From { now };
  constexpr std::array<std::pair<std::string_view, Rule::Order>, 2> kOrders{
      {{"none", Rule::Order::none}, {"key", Rule::Order::key}}};
  constexpr std::array<std::pair<std::string_view, From>, 1> kFroms{{{"now", From::now}}};
  Rule rule;
  ConfigReader read(node, out);
  read("description", rule.description);
  read("enabled", rule.enabled);
  rule.filter = read_filter(read);
  if (const ConfigNode* transform = read.take("transform")) {
    if (transform->kind() == ConfigNode::Kind::mapping || transform->kind() == ConfigNode::Kind::sequence)
      rule.transform = *transform;
    else
      read.fault("transform",
                 fmt::format("expected a mapping, or a list of them, got {}", transform->describe()));
  }
  rule.routing = read_routing(read, out);
  read_to(read, targets, rule, out);
  if (const ConfigNode* retry = read.take("retry")) rule.retry = read_retry(*retry, out);
  read.choice<Rule::Order>("order", rule.order, kOrders);
  if (const ConfigNode* aggregate = read.take("aggregate")) rule.aggregate = read_aggregate(*aggregate, out);
  if (rule.aggregate && rule.order == Rule::Order::key)
    read.fault("order", "a rule that gathers events (aggregate) delivers groups: it keeps no order of keys",
               "within a group the events stand in the order of the log");
  auto from = From::now;  // where a new rule begins; replays bring what lies before
  read.choice<From>("from", from, kFroms);
  read.done();
  return rule;
}

}  // namespace signalbox::config
