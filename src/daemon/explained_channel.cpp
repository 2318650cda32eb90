#include "daemon/explained_channel.hpp"

#include <ostream>
#include <string_view>
#include <utility>

#include "api/ingest.hpp"
#include "base/nearest_name.hpp"
#include "client/commands.hpp"
#include "config/report.hpp"
#include "daemon/plan.hpp"
#include "daemon/terminal.hpp"
#include "pipeline/route_explain.hpp"

namespace signalbox::daemon {
namespace {

/// The entry of that name; without one, says so and which name is nearest.
template <class Map>
const typename Map::mapped_type* find_or_tell(const Map& map, const std::string& name,
                                              const std::string& what, std::ostream& err) {
  const auto found = map.find(name);
  if (found != map.end()) return &found->second;
  std::vector<std::string_view> known;
  for (const auto& entry : map) known.push_back(entry.first);
  const auto nearest = base::nearest_name(name, known);
  err << "no such " << what << ": " << name;
  if (!nearest.empty()) err << "; did you mean \"" << nearest << "\"?";
  err << '\n';
  return nullptr;
}

const config::Channel* find_channel(const config::Settings& settings, const std::string& name,
                                    std::ostream& err) {
  const auto names = client::split_channel(name);
  if (!names) {
    err << "channel: expected TENANT/CHANNEL, got \"" << name << "\"\n";
    return nullptr;
  }
  const auto* tenant = find_or_tell(settings.tenants, names->first, "tenant", err);
  if (tenant == nullptr) return nullptr;
  return find_or_tell(tenant->channels, names->second, "channel of tenant " + names->first, err);
}

std::vector<pipeline::ExplainedRule> views_of(const std::vector<broker::RulePlan>& rules) {
  std::vector<pipeline::ExplainedRule> views;
  for (const auto& rule : rules)
    views.push_back({rule.name, rule.filter.get(), rule.targets, rule.enabled, false, &rule.filter_spec, &rule.route});
  return views;
}

}  // namespace

ExplainedChannel::ExplainedChannel(std::vector<broker::RulePlan> rules, std::string only, const event::Limits& limits)
    : rules_(std::move(rules)), only_(std::move(only)), limits_(limits), explainer_(views_of(rules_)) {}

std::optional<ExplainedChannel> ExplainedChannel::read(const ConfigurationSource& source,
                                                       const std::string& channel, const std::string& rule,
                                                       std::ostream& err) {
  Diagnostics faults;
  const auto tree = config::load(source.file, source.overrides, faults);
  config::Settings settings;
  if (tree.whole) settings = config::read_rules(tree.root, faults);
  std::vector<broker::RulePlan> rules;
  if (faults.clean()) {
    const auto* found = find_channel(settings, channel, err);
    if (found == nullptr) return std::nullopt;
    if (!rule.empty() && find_or_tell(found->rules, rule, "rule of channel " + channel, err) == nullptr)
      return std::nullopt;
    rules = make_rule_plans(*found, faults);
  }
  if (!faults.clean()) {
    const auto colour = takes_colour(Stream::err) ? config::Colour::on : config::Colour::off;
    err << config::report(faults.faults(), tree.sources, colour);
    return std::nullopt;
  }
  return ExplainedChannel(std::move(rules), rule, api::event_limits(settings.server.limits));
}

std::string ExplainedChannel::explain(const Event& event) const {
  pipeline::ExplanationText text(event);
  auto verdicts = explainer_.explain(event);
  pipeline::explain_routes(event, verdicts);
  std::erase_if(verdicts, [this](const auto& verdict) {
    return !only_.empty() && !broker::is_rule(verdict.rule.name, only_);
  });
  text.add(verdicts);
  return text.take();
}

}  // namespace signalbox::daemon
