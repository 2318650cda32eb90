#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "schema/node_equality.hpp"
#include "schema/value_set.hpp"

namespace signalbox::schema {

/// Why it is not shown that the reader's schema accepts all that the writer's does.
struct Difference {
  bool undecided = false;
  std::string writer_pointer, reader_pointer;
  std::string message;
};

/// Shows that one schema, the reader's, accepts every value that another, the writer's, accepts.
///
/// From the writer's set of values it collects facts, and each keyword of the reader's schema must follow
/// from them.  Where alternatives of the writer make a difference they are gone through case by case.  What
/// it shows holds: by induction over the nesting of a value, a pair of subschemas that is being compared may
/// be taken for shown, as it is only met again for a part of the value.  What it cannot show may hold all the
/// same; the difference then says that it is undecided.
class Inclusion {
 public:
  /// What the schemas are called in messages.
  struct Names {
    std::string writer, reader;              ///< "the old schema"
    std::string writer_again, reader_again;  ///< "the old one"
  };

  Inclusion(const Program& writer, const Program& reader, Names names, ComparisonBudget& budget);
  ~Inclusion();

  /// Of the whole schemas.  Ends early when the budget runs out, with false.
  bool prove();
  /// Each once, in the order in which they were found.
  const std::vector<Difference>& differences() const { return differences_; }

 private:
  using Goal = std::tuple<std::vector<NodeId>, Atoms, std::vector<std::uint32_t>, NodeId>;

  bool prove(const ValueSet& values, NodeId reader);
  bool prove_goal(const ValueSet& values, NodeId reader);
  bool prove_cases(const ValueSet& values, const Split& split, NodeId reader);
  std::optional<bool> prove_constants(const ValueSet& values, const Facts& facts, NodeId reader);
  Atoms kinds_to_show(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_keywords(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_types(const ValueSet& values, Atoms atoms, NodeId reader);
  bool prove_any(const ValueSet& values, const Facts& facts, NodeId reader, const Instruction& instruction);
  bool prove_any_of(const ValueSet& values, const Instruction& instruction);
  bool prove_one_of(const ValueSet& values, const Facts& facts, const Instruction& instruction);
  bool prove_one_alternative(const ValueSet& values, const Instruction& instruction, Op op);
  bool prove_not(const ValueSet& values, const Facts& facts, NodeId excluded);
  bool prove_condition(const ValueSet& values, const Facts& facts, const Instruction& instruction);
  bool prove_each_kind(const ValueSet& values, const Instruction& instruction, Op op);
  bool prove_numbers(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_multiple(const Facts& facts, const Number& divisor);
  bool prove_strings(const ValueSet& values, const Facts& facts, NodeId reader);
  bool writer_has(const Facts& facts, const Instruction& instruction);

  bool prove_arrays(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_items(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_contains(const ValueSet& values, const Facts& facts, NodeId reader);
  bool contains_enough(const Facts& facts, const ArrayPlan& plan);
  bool contains_not_too_many(const Facts& facts, const ArrayPlan& plan);
  ValueSet all_items(const Facts& facts, NodeId near);

  bool prove_objects(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_counts_of_members(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_required(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_named_members(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_unnamed_members(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_unnamed(const ValueSet& values, const Facts& facts, const std::string* matching,
                     const std::vector<std::string_view>& others, NodeId reader);
  bool prove_member(const ValueSet& around, const ValueSet& member, std::string_view name, NodeId reader);
  bool prove_names(const ValueSet& values, const Facts& facts, NodeId reader);
  bool prove_dependents(const ValueSet& values, const Facts& facts, NodeId reader);

  /// Whether plainly no value of the set fits the reader's subschema.
  bool disjoint(const ValueSet& values, NodeId reader);
  bool disjoint_sets(const ValueSet& values, const ValueSet& others);
  bool disjoint_by_constants(const ValueSet& values, const Facts& facts, const ValueSet& others,
                             const Facts& other_facts);
  bool disjoint_kind(Atoms kind, const Facts& facts, const Facts& other_facts);
  bool disjoint_objects(const Facts& facts, const Facts& other_facts);

  /// Tries something without a word of what differs.
  template <class Try>
  bool attempt(Try&& what) {
    ++quiet_;
    const bool shown = what();
    --quiet_;
    return shown;
  }

  /// Notes a difference; false.  `keyword` is a step further from the reader's subschema, or "".
  template <class MakeMessage>
  bool differ(NodeId writer, NodeId reader, std::string_view keyword, MakeMessage&& message) {
    if (quiet_ == 0) add(false, writer, reader, keyword, message());
    return false;
  }
  template <class MakeMessage>
  bool give_up(NodeId writer, NodeId reader, std::string_view keyword, MakeMessage&& message) {
    if (quiet_ == 0) add(true, writer, reader, keyword, message());
    return false;
  }
  void add(bool undecided, NodeId writer, NodeId reader, std::string_view keyword, std::string message);
  Inclusion& reversed();

  ComparedProgram writer_, reader_;
  const Names names_;
  ComparisonBudget& budget_;
  NodeEquality equality_;
  std::unique_ptr<Inclusion> reversed_;
  std::set<Goal> taken_;  // shown, or being shown
  std::vector<std::set<Goal>::iterator> trail_;
  unsigned quiet_ = 0;
  std::vector<Difference> differences_;
};

}  // namespace signalbox::schema
