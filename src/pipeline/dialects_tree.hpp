#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/cesql_program.hpp"

namespace signalbox::pipeline {

/// One filter expression: a test of one attribute, a combination of others, or an expression of CloudEvents
/// SQL.  Its children come right behind it, each with its own: see first_child(), next_child().
struct DialectNode {
  enum class Kind : std::uint8_t {
    exact,
    prefix,
    suffix,
    attributes,  ///< tests of several attributes in one object, all of one kind
    all,         ///< also the whole list
    any,
    not_,
    sql,
  };
  Kind kind = Kind::all;
  std::uint32_t size = 1;  ///< nodes of the tree below, this one included
  /// Of exact, prefix, suffix: index of the attribute; of sql: index of the program.
  std::uint32_t index = 0;
  std::uint32_t text_begin = 0, text_size = 0;  ///< of exact, prefix, suffix: what is compared with

  bool has_children() const { return kind >= Kind::attributes && kind <= Kind::not_; }
  /// Past the last child.
  const DialectNode* end() const { return this + size; }
};

inline const DialectNode* first_child(const DialectNode& node) { return &node + 1; }
inline const DialectNode* next_child(const DialectNode* child) { return child + child->size; }

/// A parsed list of filters: a value, compact.
struct DialectTree {
  std::vector<DialectNode> nodes;  ///< the first is the list, an `all`
  std::string texts;
  std::vector<CesqlProgram> programs;  ///< with the attributes below
  AttributeNames attributes;

  const DialectNode& root() const { return nodes.front(); }
  std::string_view text(const DialectNode& node) const {
    return std::string_view(texts).substr(node.text_begin, node.text_size);
  }
};

/// Errors: invalid_argument, too_large; the message begins with the JSON Pointer of what is wrong.
Result<DialectTree> parse_dialects(std::string_view text, WideIntegers wide);

}  // namespace signalbox::pipeline
