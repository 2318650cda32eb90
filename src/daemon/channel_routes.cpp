#include "daemon/channel_routes.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/config_path.hpp"
#include "base/nearest_name.hpp"
#include "connector/channel/channel_target_factory.hpp"
#include "connector/http/http_target_plan.hpp"

namespace signalbox::daemon {
namespace {

using connector::channel::ChannelTargetPlan;
using connector::http::HttpTargetPlan;

/// What sends every event of its channel into another one.
struct Step {
  std::string_view from, to;
  Place place;
  std::string path;  // of what says so
};
/// By the channel that they lead from.
using Steps = std::map<std::string_view, std::vector<Step>>;

/// The channel that a target publishes into; "" for all other targets.
std::string_view channel_of(const broker::TenantPlan& plan, const std::string& target) {
  const auto found = plan.targets.find(target);
  if (found == plan.targets.end()) return {};
  const auto* channel = dynamic_cast<const ChannelTargetPlan*>(found->second.get());
  return channel ? std::string_view(channel->channel()) : std::string_view();
}

/// The first rule of each group, whatever it takes: the others get what it leaves.
std::map<std::string_view, const config::Rule*> firsts_of_groups(const config::Channel& channel) {
  std::map<std::string_view, const config::Rule*> firsts;
  for (const auto& [name, rule] : channel.rules) {
    const auto& routing = rule.routing;
    if (!rule.enabled || routing.group.empty() || routing.otherwise) continue;
    const auto*& first = firsts[routing.group];
    if (!first || routing.priority < first->routing.priority) first = &rule;
  }
  return firsts;
}

/// Whether it takes every event that its turn comes to, and gives it to all its targets.
bool takes_everything(const config::Rule& rule) {
  return rule.enabled && rule.filter.kind == config::Filter::Kind::everything && !rule.routing.otherwise &&
         !rule.routing.split && !rule.choice;
}

std::vector<Step> certain_steps_from(std::string_view name, const config::Channel& channel, const broker::TenantPlan& plan) {
  std::vector<Step> steps;
  auto firsts = firsts_of_groups(channel);
  bool has_rules = false;
  for (const auto& [rule_name, rule] : channel.rules) {
    has_rules = has_rules || rule.enabled;
    const bool gets_all = rule.routing.group.empty() || firsts[rule.routing.group] == &rule;
    if (!gets_all || !takes_everything(rule)) continue;
    for (const auto& target : rule.to)
      if (const auto next = channel_of(plan, target); !next.empty())
        steps.push_back({name, next, rule.place, base::child_path(rule.path, "to")});
  }
  const auto& unrouted = channel.unrouted;
  if (has_rules || unrouted.kind != config::Unrouted::Kind::target) return steps;
  if (const auto next = channel_of(plan, unrouted.target); !next.empty())
    steps.push_back({name, next, unrouted.place, unrouted.path});
  return steps;
}

Steps certain_steps(const config::Tenant& tenant, const broker::TenantPlan& plan) {
  Steps steps;
  for (const auto& [name, channel] : tenant.channels)
    if (auto from = certain_steps_from(name, channel, plan); !from.empty()) steps.emplace(name, std::move(from));
  return steps;
}

/// "orders > billing > orders".
std::string text_of(const std::vector<Step>& circle) {
  std::string text(circle.front().from);
  for (const auto& step : circle) (text += " > ") += step.to;
  return text;
}

void report(const std::vector<Step>& circle, Diagnostics& out) {
  const auto& first = circle.front();
  out.add({first.place, first.path, "every event would go round for ever: " + text_of(circle),
           "give one of these channels a rule whose filter ends it"});
}

/// Walks along the steps, depth first; each circle is found from the step that closes it.
class Walk {
 public:
  Walk(const Steps& steps, Diagnostics& out) : steps_(steps), out_(out) {}

  void begin_at(std::string_view channel) {
    if (seen_.contains(channel)) return;
    enter(channel);
    while (!ways_.empty()) {
      auto& [at, next] = ways_.back();
      const auto found = steps_.find(at);
      if (found == steps_.end() || next == found->second.size()) {
        leave();
      } else {
        follow(found->second[next++]);
      }
    }
  }

 private:
  struct Way {
    std::string_view at;
    std::size_t next = 0;
  };

  void enter(std::string_view channel) {
    seen_[channel] = true;
    ways_.push_back({channel});
  }
  void leave() {
    seen_[ways_.back().at] = false;
    ways_.pop_back();
    if (!path_.empty()) path_.pop_back();
  }
  void follow(const Step& step) {
    const auto known = seen_.find(step.to);
    path_.push_back(step);
    if (known == seen_.end()) return enter(step.to);
    if (known->second) {
      const auto begin = std::ranges::find(path_, step.to, &Step::from);
      report(std::vector<Step>(begin, path_.end()), out_);
    }
    path_.pop_back();
  }

  const Steps& steps_;
  Diagnostics& out_;
  std::map<std::string_view, bool> seen_;  // whether it is on the way now
  std::vector<Way> ways_;
  std::vector<Step> path_;  // the steps between them
};

/// A fault of `node` unless it names a channel of the tenant.
void check_name(const config::Tenant& tenant, const std::string& channel, const ConfigNode& node,
                Diagnostics& out) {
  if (tenant.channels.contains(channel)) return;
  std::vector<std::string_view> known;
  for (const auto& entry : tenant.channels) known.push_back(entry.first);
  const auto nearest = base::nearest_name(channel, known);
  out.add({node.place(), node.path(), "the tenant has no channel " + base::in_quotes(channel),
           nearest.empty() ? "" : "did you mean \"" + std::string(nearest) + "\"?"});
}

void check_names(const config::Tenant& tenant, const broker::TenantPlan& plan, Diagnostics& out) {
  for (const auto& [name, target] : tenant.targets) {
    const auto* made = plan.targets.at(name).get();  // nullptr: a fault that has been told
    if (const auto* channel = dynamic_cast<const ChannelTargetPlan*>(made)) {
      const auto* given = target.node.find("name");
      check_name(tenant, channel->channel(), given ? *given : target.node, out);
    } else if (const auto* http = dynamic_cast<const HttpTargetPlan*>(made);
               http && !http->reply_to().empty()) {
      check_name(tenant, http->reply_to(), *target.node.find("reply_to"), out);
    }
  }
}

}  // namespace

void check_channel_routes(const config::Tenant& tenant, const broker::TenantPlan& plan, Diagnostics& out) {
  check_names(tenant, plan, out);
  const auto steps = certain_steps(tenant, plan);
  Walk walk(steps, out);
  for (const auto& [channel, its] : steps) walk.begin_at(channel);
}

}  // namespace signalbox::daemon
