#pragma once
#include <re2/re2.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/format.hpp"
#include "schema/json_tape.hpp"
#include "schema/number.hpp"
#include "schema/schema.hpp"

namespace signalbox::schema {

/// A subschema in the program.
using NodeId = std::uint32_t;
constexpr NodeId kNoNode = std::numeric_limits<NodeId>::max();
constexpr std::uint32_t kNoLimit = std::numeric_limits<std::uint32_t>::max();

/// Part of one of the program's lists.
struct Range {
  std::uint32_t first = 0, count = 0;
};

/// What one keyword asks for; a and b by the operation.
// clang-format off
enum class Op : std::uint8_t {
  // of any value
  constant,     // a: constant
  one_of_constants,  // a: choice
  ref,          // a: node
  dynamic_ref,  // a: node when no scope has the anchor, b: anchor
  all_of,       // nodes a to a + b of the program's list
  any_of,
  one_of,
  not_,         // a: node
  condition,    // three nodes of the list from a on: if, then, else
  // of numbers; a: a limit
  minimum, exclusive_minimum, maximum, exclusive_maximum, multiple_of,
  // of strings
  min_length, max_length,  // a: characters
  pattern,                 // a: pattern
  format,                  // a: format
  // of arrays and objects; a: plan
  array,
  object,
};

struct Instruction {
  Op op;
  std::uint32_t a = 0, b = 0;
};
// clang-format on

/// The instructions of a node by what values they are for.
enum class Group : std::uint8_t { number, string, array, object, any };
constexpr std::size_t kGroups = 5;

struct Node {
  std::array<std::uint32_t, kGroups + 1> begin{};  ///< where each group begins in the program's instructions
  std::uint32_t location = 0;
  std::uint32_t resource = 0;
  NodeId unevaluated_items = kNoNode, unevaluated_properties = kNoNode;
  std::uint8_t types = kAllTypes;
  /// What fits without a further look: a bit for each form_of() a value.
  std::uint8_t fits_at_once = 0;

  std::uint32_t first(Group group) const { return begin[static_cast<std::size_t>(group)]; }
  std::uint32_t end(Group group) const { return begin[static_cast<std::size_t>(group) + 1]; }
  bool empty(Group group) const { return first(group) == end(group); }
};

/// What the type of a value shows of it: its kind, and whether a number is plainly an integer.
inline unsigned form_of(const TapeNode& value) {
  return value.kind == JsonKind::number && value.plain_integer ? 7 : static_cast<unsigned>(value.kind);
}

/// A place in a schema: the keywords and names that lead to it from another place.
struct Location {
  static constexpr std::uint32_t kTop = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t parent = kTop;
  std::string steps;  ///< "/properties/a"; at the top "", or "uri#" of another resource than the first
};

/// What `enum` allows: an open-addressed table by hash.
struct Choice {
  std::vector<std::pair<std::uint64_t, std::uint32_t>>
      slots;  ///< hash and constant; kNoNode where there is none
  std::uint64_t mask = 0;
  Range constants;
};

struct Pattern {
  std::string text;  ///< as the schema has it
  std::unique_ptr<const re2::RE2> regex;
  bool matches(std::string_view value) const {
    return regex->Match({value.data(), value.size()}, 0, value.size(), re2::RE2::UNANCHORED, nullptr, 0);
  }
};

struct ArrayPlan {
  std::uint32_t min_items = 0, max_items = kNoLimit;
  Range prefix;           ///< nodes of the list
  NodeId rest = kNoNode;  ///< `items` behind the prefix
  NodeId contains = kNoNode;
  std::uint32_t min_contains = 1, max_contains = kNoLimit;
  bool unique = false;
  Keyword prefix_keyword = Keyword::prefix_items;
};

/// A member that the schema names.
struct MemberName {
  std::string text;
  std::uint32_t hash = 0;
  NodeId schema = kNoNode;  ///< of `properties`
};

/// What follows from the presence of a member.
struct Dependent {
  std::uint32_t name = 0;            ///< in the plan's names
  std::vector<std::uint32_t> names;  ///< must be there too
  NodeId schema = kNoNode;           ///< must hold for the object
  Keyword keyword = Keyword::dependencies;
};

struct ObjectPlan {
  std::uint32_t min_members = 0, max_members = kNoLimit;
  std::vector<MemberName> names;
  std::vector<std::uint32_t>
      slots;  ///< open-addressed by hash: an index into names, kNoNode where there is none
  std::uint32_t mask = 0;
  std::vector<std::uint64_t> required;                     ///< a bit a name
  std::vector<std::pair<std::uint32_t, NodeId>> patterns;  ///< a pattern, and what its members must be
  NodeId additional = kNoNode;
  NodeId name_schema = kNoNode;
  std::vector<Dependent> dependents;
  bool looks_at_members = false;  ///< there is more to check than the number of members
  bool by_name_only = false;      ///< only `properties` says what a member must be
};

/// A schema compiled: what the evaluator runs.  Immutable.
struct Program {
  SchemaLimits limits;
  std::vector<Node> nodes;  ///< the whole schema's first
  std::vector<Instruction> instructions;
  std::vector<NodeId> list;
  std::vector<Location> locations;

  std::string constants_text;  ///< one array of all constants
  JsonTape constants_tape;
  std::vector<TapeIndex> constants;
  std::vector<Choice> choices;
  std::vector<Number> bounds;
  std::vector<Pattern> patterns;
  std::vector<const Format*> formats;
  std::vector<ArrayPlan> arrays;
  std::vector<ObjectPlan> objects;

  /// By anchor: in which resources it is, and where; sorted by resource.
  std::vector<std::vector<std::pair<std::uint32_t, NodeId>>> dynamic_anchors;
};

}  // namespace signalbox::schema
