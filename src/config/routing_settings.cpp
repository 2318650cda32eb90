#include "config/routing_settings.hpp"

#include <fmt/format.h>

#include <string_view>
#include <tuple>
#include <vector>

#include "base/config_path.hpp"
#include "base/nearest_name.hpp"
#include "config/names.hpp"

namespace signalbox::config {
namespace {

constexpr unsigned kPriorityMost = 1'000'000;
constexpr std::string_view kDrop = "drop", kDeadLetter = "dead_letter";

constexpr std::size_t kSaltBytesMost = 256;

Split read_split(const ConfigNode& node, Diagnostics& out) {
  Split split;
  split.path = node.path();
  ConfigReader read(node, out);
  const auto text = [&](std::string_view key, std::string& value, Place& place) {
    const ConfigNode* given = read.require(key);
    if (given == nullptr) return;
    place = given->place();
    if (given->kind() == ConfigNode::Kind::scalar && !given->text().empty())
      value = given->text();
    else
      read.fault(key, fmt::format("expected a text, got {}", given->describe()));
  };
  text("by", split.by, split.by_place);
  text("take", split.take, split.take_place);
  read("salt", split.salt);
  if (split.salt.size() > kSaltBytesMost) read.fault("salt", "longer than 256 bytes");
  read.done();
  return split;
}

/// A group as faults call it.
std::string called(const std::string& group) {
  return group.empty() ? "the channel" : fmt::format("group \"{}\"", group);
}

}  // namespace

Routing read_routing(ConfigReader& read, Diagnostics& out) {
  Routing routing;
  read("group", routing.group);
  read("priority", routing.priority, 1u, kPriorityMost);
  read("else", routing.otherwise);
  if (const ConfigNode* split = read.take("split")) routing.split = read_split(*split, out);
  if (read.has("group") && !is_name(routing.group)) read.fault("group", std::string(kNameRule));
  if (routing.otherwise && read.has("priority"))
    read.fault("priority", "an else rule comes after all others: it has no priority");
  else if (routing.group.empty() && read.has("priority"))
    read.fault("priority", "this is the rule's place in a group, and it has none");
  else if (!routing.group.empty() && !routing.otherwise && !read.has("priority"))
    read.fault("priority", "missing: the rules of a group stand in an order, the lowest priority first",
               "or else: true for the one that takes what no other takes");
  return routing;
}

Unrouted read_unrouted(ConfigReader& read, const std::map<std::string, Target, std::less<>>& targets) {
  Unrouted unrouted;
  const ConfigNode* node = read.take("unrouted");
  if (node == nullptr) return unrouted;
  unrouted.place = node->place();
  unrouted.path = node->path();
  const bool is_text = node->kind() == ConfigNode::Kind::scalar;
  if (is_text && node->text() == kDrop) return unrouted;
  if (is_text && node->text() == kDeadLetter) {
    unrouted.kind = Unrouted::Kind::dead_letter;
  } else if (is_text && targets.contains(node->text())) {
    unrouted.kind = Unrouted::Kind::target;
    unrouted.target = node->text();
  } else {
    std::vector<std::string_view> known{kDrop, kDeadLetter};
    for (const auto& target : targets) known.push_back(target.first);
    const auto nearest = is_text ? base::nearest_name(node->text(), known) : std::string_view();
    read.fault("unrouted",
               fmt::format("expected drop, dead_letter or the name of a target, got {}", node->describe()),
               nearest.empty() ? std::string() : fmt::format("did you mean \"{}\"?", nearest));
  }
  return unrouted;
}

void check_groups(const Channel& channel, Diagnostics& out) {
  std::map<std::tuple<std::string, bool, unsigned>, std::string> places;
  std::map<std::string, std::vector<const Rule*>> groups;
  for (const auto& [name, rule] : channel.rules) {
    const auto& routing = rule.routing;
    if (!routing.group.empty()) groups[routing.group].push_back(&rule);
    if (!routing.otherwise && (routing.group.empty() || routing.priority == 0)) continue;
    const auto [at, fresh] = places.try_emplace({routing.group, routing.otherwise, routing.priority}, name);
    if (fresh) continue;
    const auto key = routing.otherwise ? "else" : "priority";
    const auto message =
        routing.otherwise
            ? fmt::format("{} has an else rule already: \"{}\"", called(routing.group), at->second)
            : fmt::format("rule \"{}\" of {} has the same priority", at->second, called(routing.group));
    out.add({rule.place, base::child_path(rule.path, key), message, {}});
  }
  for (const auto& [group, rules] : groups)
    if (rules.size() == 1)
      out.add({rules[0]->place,
               base::child_path(rules[0]->path, "group"),
               fmt::format("no other rule is in {}: it decides nothing", called(group)),
               {},
               true});
}

}  // namespace signalbox::config
