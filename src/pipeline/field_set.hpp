#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/short_text.hpp"

namespace signalbox::pipeline {

/// A field by its number in a FieldSet.
using FieldId = std::uint32_t;

/// The fields that some filters look at, as a tree of names, so that a walk over an event can pass by all the
/// others.
///
/// A field is a path as field_path.hpp has it: the member names from the top, joined by '.'.  A member's name
/// that contains '.' is the same as that many names, and it is also the one name that a path can ask for
/// literally.  Fields are only ever added: a copy with more fields knows the old ones by the same numbers.
/// Const methods may run concurrently.
class FieldSet {
 public:
  /// A place in the tree of names.
  using Node = std::uint32_t;
  static constexpr Node kRoot = 0;
  static constexpr Node kNone = static_cast<Node>(-1);
  static constexpr FieldId kNoField = static_cast<FieldId>(-1);

  FieldSet();

  /// The number of the field, given when it is new: 0, 1, 2 ...
  FieldId add(std::string_view path);
  /// kNoField when no filter looks at it.
  FieldId find(std::string_view path) const;
  std::size_t size() const { return field_count_; }

  /// The node right below `parent` by a name as it is, dots being nothing special; kNone when there is none.
  Node child(Node parent, std::string_view name) const {
    return nodes_[parent].names_below & bit_of(name) ? step(parent, name) : kNone;
  }
  /// The node below `parent` by a name that is split at its dots.
  Node descendant(Node parent, std::string_view dotted) const;

  /// The field that ends at this node, or kNoField.
  FieldId field_at(Node node) const { return nodes_[node].field; }
  /// Whether fields go on below this node.
  bool has_children(Node node) const { return nodes_[node].names_below != 0; }
  /// How many names without dots are right below this node.
  std::uint32_t child_count(Node node) const { return nodes_[node].child_count; }

  /// How many names lead to this node.
  std::uint32_t depth(Node node) const { return nodes_[node].depth; }

  /// The nodes at the top for an event's data; kNone when no field looks at it.
  Node data() const { return data_; }
  Node data_base64() const { return data_base64_; }
  /// Whether any field is a context attribute, which is all else at the top.
  bool has_attributes() const;

 private:
  struct NodeInfo {
    FieldId field = kNoField;
    std::uint32_t child_count = 0;
    std::uint32_t depth = 0;
    std::uint64_t names_below = 0;  // bit_of() of each name right below
  };
  /// From a parent by a name to a child; an empty slot has no child.
  struct Edge {
    std::uint32_t hash = 0;
    Node parent = kNone;
    Node child = kNone;
    std::uint32_t name_at = 0, name_size = 0;  // in names_
  };

  /// One of 64 bits: tells most names from those that are there without a look into the table.
  static std::uint64_t bit_of(std::string_view name) {
    const auto first = name.empty() ? 0u : static_cast<unsigned char>(name.front());
    return std::uint64_t{1} << ((first ^ name.size() * 11) & 63);
  }
  static std::uint32_t hash_of(Node parent, std::string_view name) {
    return static_cast<std::uint32_t>(hash_text(name, parent) >> 32);
  }
  std::string_view name_of(const Edge& edge) const {
    return std::string_view(names_).substr(edge.name_at, edge.name_size);
  }
  Node step(Node parent, std::string_view name) const {
    const auto hash = hash_of(parent, name);
    const auto mask = edges_.size() - 1;
    for (auto at = hash & mask;; at = (at + 1) & mask) {
      const auto& edge = edges_[at];
      if (edge.child == kNone) return kNone;
      if (edge.hash == hash && edge.parent == parent && equal_texts(name_of(edge), name)) return edge.child;
    }
  }
  Node step_or_add(Node parent, std::string_view name);
  void grow();

  std::vector<NodeInfo> nodes_;
  std::vector<Edge> edges_;  // open addressing, a power of two
  std::string names_;
  std::size_t edge_count_ = 0;
  std::size_t field_count_ = 0;
  Node data_ = kNone, data_base64_ = kNone;
};

}  // namespace signalbox::pipeline
