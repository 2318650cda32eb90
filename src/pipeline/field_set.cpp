#include "pipeline/field_set.hpp"

#include "pipeline/field_path.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kFirstCapacity = 16;

}  // namespace

FieldSet::FieldSet() : nodes_(1), edges_(kFirstCapacity) {}

FieldSet::Node FieldSet::descendant(Node parent, std::string_view dotted) const {
  for (;;) {
    const auto dot = dotted.find('.');
    parent = child(parent, dotted.substr(0, dot));
    if (parent == kNone || dot == std::string_view::npos) return parent;
    dotted.remove_prefix(dot + 1);
  }
}

FieldId FieldSet::find(std::string_view path) const {
  Node node = kRoot;
  for (const auto& name : field_path_names(path))
    if (node != kNone) node = child(node, name);
  return node == kNone ? kNoField : nodes_[node].field;
}

void FieldSet::grow() {
  std::vector<Edge> larger(edges_.size() * 2);
  const auto mask = larger.size() - 1;
  for (const auto& edge : edges_) {
    if (edge.child == kNone) continue;
    auto at = edge.hash & mask;
    while (larger[at].child != kNone) at = (at + 1) & mask;
    larger[at] = edge;
  }
  edges_ = std::move(larger);
}

FieldSet::Node FieldSet::step_or_add(Node parent, std::string_view name) {
  if (const auto found = child(parent, name); found != kNone) return found;
  if ((edge_count_ + 1) * 2 > edges_.size()) grow();
  const auto hash = hash_of(parent, name);
  const auto mask = edges_.size() - 1;
  auto at = hash & mask;
  while (edges_[at].child != kNone) at = (at + 1) & mask;
  const auto node = static_cast<Node>(nodes_.size());
  const auto depth = nodes_[parent].depth + 1;
  nodes_.emplace_back().depth = depth;
  nodes_[parent].names_below |= bit_of(name);
  if (name.find('.') == std::string_view::npos) ++nodes_[parent].child_count;
  edges_[at] = {hash, parent, node, static_cast<std::uint32_t>(names_.size()),
                static_cast<std::uint32_t>(name.size())};
  names_ += name;
  ++edge_count_;
  if (parent == kRoot && name == "data") data_ = node;
  if (parent == kRoot && name == "data_base64") data_base64_ = node;
  return node;
}

FieldId FieldSet::add(std::string_view path) {
  Node node = kRoot;
  for (const auto& name : field_path_names(path)) node = step_or_add(node, name);
  if (nodes_[node].field == kNoField) nodes_[node].field = static_cast<FieldId>(field_count_++);
  return nodes_[node].field;
}

bool FieldSet::has_attributes() const {
  const auto others = (data_ != kNone ? 1u : 0u) + (data_base64_ != kNone ? 1u : 0u);
  return nodes_[kRoot].child_count > others;
}

}  // namespace signalbox::pipeline
