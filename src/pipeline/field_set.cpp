#include "pipeline/field_set.hpp"

#include <xxhash.h>

#include <utility>

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kFirstCapacity = 16;

/// Calls `visit` with each name of a path or dotted name until it returns false.
template <class Visit>
void for_each_name(std::string_view path, Visit visit) {
  for (;;) {
    const auto dot = path.find('.');
    if (!visit(path.substr(0, dot)) || dot == std::string_view::npos) return;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

FieldSet::FieldSet() : nodes_(1), edges_(kFirstCapacity) {}

std::uint64_t FieldSet::hash_of(Node parent, std::string_view name) {
  return XXH3_64bits_withSeed(name.data(), name.size(), parent);
}

FieldSet::Node FieldSet::step(Node parent, std::string_view name) const {
  const auto hash = hash_of(parent, name);
  const auto mask = edges_.size() - 1;
  for (auto at = hash & mask;; at = (at + 1) & mask) {
    const auto& edge = edges_[at];
    if (edge.child == kNone) return kNone;
    if (edge.hash == hash && edge.parent == parent && edge.name == name) return edge.child;
  }
}

FieldSet::Node FieldSet::child(Node parent, std::string_view name) const {
  if (name.find('.') == std::string_view::npos) return step(parent, name);
  for_each_name(name, [&](std::string_view part) {
    parent = step(parent, part);
    return parent != kNone;
  });
  return parent;
}

FieldId FieldSet::find(std::string_view path) const {
  const auto node = child(kRoot, path);
  return node == kNone ? kNoField : nodes_[node].field;
}

void FieldSet::grow() {
  std::vector<Edge> larger(edges_.size() * 2);
  const auto mask = larger.size() - 1;
  for (auto& edge : edges_) {
    if (edge.child == kNone) continue;
    auto at = edge.hash & mask;
    while (larger[at].child != kNone) at = (at + 1) & mask;
    larger[at] = std::move(edge);
  }
  edges_ = std::move(larger);
}

FieldSet::Node FieldSet::step_or_add(Node parent, std::string_view name) {
  if (const auto found = step(parent, name); found != kNone) return found;
  if ((edge_count_ + 1) * 2 > edges_.size()) grow();
  const auto hash = hash_of(parent, name);
  const auto mask = edges_.size() - 1;
  auto at = hash & mask;
  while (edges_[at].child != kNone) at = (at + 1) & mask;
  const auto node = static_cast<Node>(nodes_.size());
  nodes_.emplace_back();
  nodes_[parent].has_children = true;
  edges_[at] = {hash, parent, node, std::string(name)};
  ++edge_count_;
  return node;
}

FieldId FieldSet::add(std::string_view path) {
  Node node = kRoot;
  for_each_name(path, [&](std::string_view name) {
    node = step_or_add(node, name);
    return true;
  });
  if (nodes_[node].field == kNoField) nodes_[node].field = static_cast<FieldId>(field_count_++);
  return nodes_[node].field;
}

}  // namespace signalbox::pipeline
