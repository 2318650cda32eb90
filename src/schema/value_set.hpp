#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "schema/evaluator.hpp"
#include "schema/json_tape.hpp"
#include "schema/program.hpp"

namespace signalbox::schema {

/// What comparing two schemas may still take.
struct ComparisonBudget {
  std::int64_t steps = 0;
  unsigned depth = 0;  ///< of subschemas that are being compared within each other

  bool spend(std::int64_t count = 1) {
    steps -= count;
    return steps >= 0;
  }
};

/// The kinds of JSON values, without overlap: the TypeBits, where kNumber stands for numbers with a fraction
/// and kInteger for those without.
using Atoms = std::uint8_t;
constexpr Atoms kNumbers = kInteger | kNumber;

/// The kind of a value; one bit.
Atoms atom_of(const JsonTape& tape, TapeIndex at);

inline Atoms atoms_of(const Node& node) {
  return static_cast<Atoms>(node.types & kNumber ? node.types | kInteger : node.types);
}

/// Values that a program's subschemas allow: all that fit every one of the terms.
struct ValueSet {
  std::vector<NodeId> terms{};           ///< sorted, each once; none: anything
  Atoms atoms = kAllTypes;               ///< and are of one of these kinds
  std::vector<std::uint32_t> decided{};  ///< the instructions whose alternatives are among the terms; sorted
  NodeId near = 0;                       ///< the subschema to name for it: itself, or the closest around it

  void add(NodeId term);
  ValueSet limited_to(Atoms kinds) const;
};

struct Split;
/// The part of a set that fits one alternative.
ValueSet with_alternative(const ValueSet& set, const Split& split, std::size_t alternative);

/// Alternatives of which a value fits at least one.
struct Split {
  std::uint32_t instruction = 0;
  std::vector<std::vector<NodeId>> alternatives{};  ///< the terms of each
  std::vector<Atoms> kinds{};                       ///< what values of each can be
};

/// A set's terms taken apart: the subschemas without whatever refers to others for the same value.
struct Facts {
  std::vector<NodeId> nodes{};
  Atoms atoms = kAllTypes;
  std::vector<Split> splits{};
};

/// What a subschema says of arrays.  With the keywords for what is unevaluated, where they mean no more than
/// `items` and `additionalProperties` do.
struct ArrayFacts {
  const ArrayPlan* plan;
  NodeId rest;
};
struct ObjectFacts {
  const ObjectPlan* plan;
  NodeId additional;
};

struct NumberBound {
  Number number{};
  bool exclusive = false;
};

/// One of the two programs of a comparison, and what follows from its subschemas.
///
/// All of it errs towards more values: a fact that is left out makes the set larger.
class ComparedProgram {
 public:
  ComparedProgram(const Program& program, ComparisonBudget& budget) : program_(program), budget_(budget) {}

  const Program& program() const { return program_; }
  const Node& node(NodeId id) const { return program_.nodes[id]; }

  /// Accepts any value.
  bool accepts_all(NodeId id) const;
  /// Accepts none, and says so by itself.
  bool accepts_nothing(NodeId id) const { return node(id).types == 0; }

  /// The kinds of which it accepts all values, as far as that is plain.
  Atoms accepted_kinds(NodeId id) const;

  /// The one subschema that a dynamic reference can lead to; kNoNode when it depends on what is around it.
  NodeId static_target(const Instruction& reference) const;

  Facts facts_of(const ValueSet& set) const;
  /// The kinds without those that plainly no value of the set is of.
  Atoms possible(const Facts& facts);

  std::optional<NumberBound> lower(const Facts& facts) const;
  std::optional<NumberBound> upper(const Facts& facts) const;
  std::uint32_t min_length(const Facts& facts) const;
  std::uint32_t max_length(const Facts& facts) const;

  std::vector<ArrayFacts> arrays(const Facts& facts) const;
  std::uint32_t min_items(const Facts& facts) const;
  std::uint32_t max_items(const Facts& facts) const;
  ValueSet items_at(const Facts& facts, std::uint32_t index, NodeId near) const;

  std::vector<ObjectFacts> objects(const Facts& facts) const;
  bool requires_member(const Facts& facts, std::string_view name) const;
  /// Each once.
  std::vector<std::string_view> required(const Facts& facts) const;
  std::vector<std::string_view> named(const Facts& facts) const;
  bool forbids(const Facts& facts, std::string_view name);
  std::uint32_t min_members(const Facts& facts) const;
  std::uint32_t max_members(const Facts& facts) const;
  ValueSet member(const Facts& facts, std::string_view name, NodeId near) const;
  /// What a member can be that none of the subschemas names: one of several sets.  Its name matches the
  /// pattern `matching` (nullptr: none that is known) and none of the patterns in `others`.
  std::vector<ValueSet> unnamed_members(const Facts& facts, const std::string* matching,
                                        const std::vector<std::string_view>& others, NodeId near) const;

  /// The instructions of a subschema that are for values of one group.
  template <class Use>
  void each(NodeId id, Group group, Use&& use) const {
    for (auto at = node(id).first(group); at < node(id).end(group); ++at) use(program_.instructions[at], at);
  }
  /// What `unevaluated…` says where it means no more than `items` or `additionalProperties`; else kNoNode.
  NodeId rest_of(NodeId id, const ArrayPlan& plan) const;
  NodeId additional_of(NodeId id, const ObjectPlan& plan) const;
  /// The plan, or one that says nothing.
  const ArrayPlan& array_plan(NodeId id) const;
  const ObjectPlan& object_plan(NodeId id) const;
  bool matches(std::uint32_t pattern, std::string_view name) const;

  /// Whether a JSON value fits a subschema; nullopt when that is not known.
  std::optional<bool> fits(NodeId id, std::string_view json);

 private:
  void flatten(NodeId id, const ValueSet& set, Facts& facts, unsigned depth) const;
  void add_split(const Instruction& instruction, std::uint32_t at, const ValueSet& set, Facts& facts) const;
  bool has_applicators(NodeId id) const;
  /// Takes from the budget what looking at all of them costs.
  void look_at(const Facts& facts) const {
    budget_.spend(1 + static_cast<std::int64_t>(facts.nodes.size() / 8));
  }
  bool no_objects(const Facts& facts);

  const Program& program_;
  ComparisonBudget& budget_;
  Scratch scratch_;
};

/// JSON text of a string.
std::string to_json_string(std::string_view text);

/// Whether the one bound keeps numbers from where the other lets them.
bool empty_between(const std::optional<NumberBound>& lower, const std::optional<NumberBound>& upper);

}  // namespace signalbox::schema
