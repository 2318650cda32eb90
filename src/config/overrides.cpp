#include "config/overrides.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/config_path.hpp"
#include "config/yaml.hpp"

namespace signalbox::config {
namespace {

constexpr std::size_t kMostSteps = 64;

/// One step of a path: a key, or the number of an item.
struct Step {
  std::string key;
  std::optional<std::size_t> index;
  bool joinable = true;  // may be one half of a name that holds a dot: not quoted
};

Place set_place() {
  static const auto name = std::make_shared<const std::string>("--set");
  return {name, 0, 0};
}

/// The text up to the next of `ends`, taken off the front.
std::string take_until(std::string_view& text, std::string_view ends) {
  const std::size_t end = std::min(text.find_first_of(ends), text.size());
  std::string taken(text.substr(0, end));
  text.remove_prefix(end);
  return taken;
}

std::optional<Step> take_step(std::string_view& path) {
  Step step;
  if (path.starts_with('[')) {
    path.remove_prefix(1);
    std::size_t index = 0;
    const auto [end, ec] = std::from_chars(path.data(), path.data() + path.size(), index);
    path.remove_prefix(static_cast<std::size_t>(end - path.data()));
    if (ec != std::errc{} || !path.starts_with(']')) return std::nullopt;
    path.remove_prefix(1);
    step.index = index;
    return step;
  }
  if (path.starts_with('"')) {
    path.remove_prefix(1);
    step.key = take_until(path, "\"");
    step.joinable = false;
    if (path.empty()) return std::nullopt;
    path.remove_prefix(1);
    return step;
  }
  step.key = take_until(path, ".[");
  if (step.key.empty()) return std::nullopt;
  return step;
}

std::optional<std::vector<Step>> split_path(std::string_view path) {
  std::vector<Step> steps;
  while (steps.size() < kMostSteps) {
    auto step = take_step(path);
    if (!step) return std::nullopt;
    steps.push_back(std::move(*step));
    if (path.empty()) return steps;
    if (path.starts_with('[')) continue;
    if (!path.starts_with('.')) return std::nullopt;
    path.remove_prefix(1);
  }
  return std::nullopt;
}

/// Where the '=' is that ends the path.
std::size_t find_equals(std::string_view assignment) {
  bool quoted = false;
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    if (assignment[i] == '"') quoted = !quoted;
    if (assignment[i] == '=' && !quoted) return i;
  }
  return std::string_view::npos;
}

/// The same value at another path, said to come from --set.
ConfigNode placed(const ConfigNode& value, std::string path) {
  switch (value.kind()) {
    case ConfigNode::Kind::null:
      return ConfigNode::null(set_place(), std::move(path));
    case ConfigNode::Kind::scalar:
      return ConfigNode::scalar(value.text(), value.quoted(), set_place(), std::move(path));
    case ConfigNode::Kind::sequence: {
      std::vector<ConfigNode> items;
      for (const auto& item : value.items())
        items.push_back(placed(item, base::child_path(path, items.size())));
      return ConfigNode::sequence(std::move(items), set_place(), std::move(path));
    }
    case ConfigNode::Kind::mapping:
      break;
  }
  std::vector<ConfigNode::Member> members;
  for (const auto& member : value.members())
    members.push_back({member.key, set_place(), placed(member.value, base::child_path(path, member.key))});
  return ConfigNode::mapping(std::move(members), set_place(), std::move(path));
}

/// Walks down a tree and builds it anew around the value.
class Setter {
 public:
  Setter(const ConfigNode& value, Diagnostics& out) : value_(value), out_(out) {}

  /// nullopt after a fault.
  std::optional<ConfigNode> set(const ConfigNode& node, std::span<const Step> steps,
                                const std::string& path) {
    if (steps.empty()) return placed(value_, path);
    if (steps[0].index) return set_item(node, steps, path);
    return set_member(node, steps, path);
  }

 private:
  std::nullopt_t wrong(const std::string& path, std::string message) {
    out_.add({set_place(), path, std::move(message), {}});
    return std::nullopt;
  }

  std::optional<ConfigNode> set_item(const ConfigNode& node, std::span<const Step> steps,
                                     const std::string& path) {
    if (node.kind() != ConfigNode::Kind::sequence)
      return wrong(path, fmt::format("expected a list, got {}", node.describe()));
    std::vector<ConfigNode> items = node.items();
    const std::size_t index = *steps[0].index;
    if (index > items.size()) return wrong(path, fmt::format("the list has {} items", items.size()));
    if (index == items.size()) items.emplace_back();
    auto changed = set(items[index], steps.subspan(1), base::child_path(path, index));
    if (!changed) return std::nullopt;
    items[index] = std::move(*changed);
    return ConfigNode::sequence(std::move(items), node.place(), path);
  }

  std::optional<ConfigNode> set_member(const ConfigNode& node, std::span<const Step> steps,
                                       const std::string& path) {
    if (node.kind() != ConfigNode::Kind::mapping && node.kind() != ConfigNode::Kind::null)
      return wrong(path, fmt::format("expected a mapping, got {}", node.describe()));
    const auto [key, length] = longest_key(node, steps);
    std::vector<ConfigNode::Member> members = node.members();
    const auto same = [&key = key](const ConfigNode::Member& member) { return member.key == key; };
    auto found = std::find_if(members.begin(), members.end(), same);
    if (found == members.end()) found = members.insert(found, {key, set_place(), ConfigNode()});
    auto changed = set(found->value, steps.subspan(length), base::child_path(path, key));
    if (!changed) return std::nullopt;
    found->value = std::move(*changed);
    if (length == steps.size()) found->key_place = set_place();
    const bool is_new = node.kind() == ConfigNode::Kind::null;
    return ConfigNode::mapping(std::move(members), is_new ? set_place() : node.place(), path);
  }

  /// The longest name, dots included, that is a key of the mapping, else the first step; and how many steps
  /// it takes.
  static std::pair<std::string, std::size_t> longest_key(const ConfigNode& node,
                                                         std::span<const Step> steps) {
    std::pair<std::string, std::size_t> best{steps[0].key, 1};
    std::string joined = steps[0].key;
    for (std::size_t n = 1; n < steps.size() && steps[n - 1].joinable && steps[n].joinable && !steps[n].index;
         ++n) {
      joined += '.' + steps[n].key;
      if (node.find(joined) != nullptr) best = {joined, n + 1};
    }
    return best;
  }

  const ConfigNode& value_;
  Diagnostics& out_;
};

}  // namespace

ConfigNode with_override(const ConfigNode& root, std::string_view assignment, Diagnostics& out) {
  const std::size_t equals = find_equals(assignment);
  // Faults do not repeat the value: it may be a secret that should not have been there.
  if (equals == std::string_view::npos) {
    out.add({set_place(), {}, "expected key=value, found no =", "such as --set server.log.level=debug"});
    return root;
  }
  const std::string path(assignment.substr(0, equals));
  const auto steps = split_path(path);
  if (!steps || steps->front().index) {
    out.add({set_place(),
             {},
             fmt::format("{} is no path of a setting", base::in_quotes(path)),
             "such as --set server.log.level=debug"});
    return root;
  }
  const SourceText source{set_place().file, std::string(assignment.substr(equals + 1))};
  TreeBudget budget;
  Diagnostics faults;
  const auto value = parse_yaml(source, budget, faults);
  for (const auto& fault : faults.faults())
    out.add(
        {set_place(), path, fault.message, "the value is YAML: quote a text that holds special characters"});
  if (!value || !faults.clean()) return root;
  return Setter(*value, out).set(root, *steps, "").value_or(root);
}

}  // namespace signalbox::config
