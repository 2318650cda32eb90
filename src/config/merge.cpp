#include "config/merge.hpp"

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace signalbox::config {
namespace {

/// One key and all values given for it, in order.
struct Group {
  const ConfigNode::Member* first;
  std::vector<const ConfigNode*> values;
};

std::vector<Group> group_by_key(const std::vector<const ConfigNode*>& mappings, Diagnostics& out) {
  std::vector<Group> groups;
  std::unordered_map<std::string_view, std::size_t> index;
  for (const ConfigNode* mapping : mappings) {
    for (const auto& member : mapping->members()) {
      const auto [entry, is_new] = index.try_emplace(member.key, groups.size());
      if (is_new) {
        groups.push_back({&member, {&member.value}});
        continue;
      }
      Group& group = groups[entry->second];
      const bool mergeable = group.first->value.kind() == ConfigNode::Kind::mapping &&
                             member.value.kind() == ConfigNode::Kind::mapping;
      if (mergeable)
        group.values.push_back(&member.value);
      else
        out.add({member.key_place,
                 member.value.path(),
                 "given twice (first at " + group.first->key_place.to_string() + ")",
                 {}});
    }
  }
  return groups;
}

ConfigNode merge_mappings(const std::vector<const ConfigNode*>& mappings, Diagnostics& out) {
  if (mappings.size() == 1) return *mappings.front();
  std::vector<ConfigNode::Member> members;
  for (const Group& group : group_by_key(mappings, out))
    members.push_back({group.first->key, group.first->key_place, merge_mappings(group.values, out)});
  return ConfigNode::mapping(std::move(members), mappings.front()->place(), mappings.front()->path());
}

}  // namespace

ConfigNode merge(const std::vector<ConfigNode>& roots, Diagnostics& out) {
  std::vector<const ConfigNode*> mappings;
  for (const auto& root : roots)
    if (root.kind() == ConfigNode::Kind::mapping) mappings.push_back(&root);
  if (mappings.empty()) return roots.empty() ? ConfigNode() : roots.front();
  return merge_mappings(mappings, out);
}

}  // namespace signalbox::config
