#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::pipeline {

/// A field by its number in a FieldSet.
using FieldId = std::uint32_t;

/// The fields that some filters look at, as a tree of names, so that a walk over an event can pass by all the
/// others.
///
/// A field is the path of member names from the top joined by '.'; a name that contains '.' is the same as
/// that many names.  Built once, then only read: const methods may run concurrently.
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

  /// The node below `parent` by a member's name, dots included; kNone when no field begins like this.
  Node child(Node parent, std::string_view name) const;
  /// The field that ends at this node, or kNoField.
  FieldId field_at(Node node) const { return nodes_[node].field; }
  /// Whether fields go on below this node.
  bool has_children(Node node) const { return nodes_[node].has_children; }

 private:
  struct NodeInfo {
    FieldId field = kNoField;
    bool has_children = false;
  };
  /// From a parent by a name without dots to a child; an empty slot has no child.
  struct Edge {
    std::uint64_t hash = 0;
    Node parent = kNone;
    Node child = kNone;
    std::string name;
  };

  static std::uint64_t hash_of(Node parent, std::string_view name);
  Node step(Node parent, std::string_view name) const;
  Node step_or_add(Node parent, std::string_view name);
  void grow();

  std::vector<NodeInfo> nodes_;
  std::vector<Edge> edges_;  // open addressing, a power of two
  std::size_t edge_count_ = 0;
  std::size_t field_count_ = 0;
};

}  // namespace signalbox::pipeline
