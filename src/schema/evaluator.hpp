#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/equality.hpp"
#include "schema/json_tape.hpp"
#include "schema/program.hpp"
#include "schema/schema.hpp"

namespace signalbox::schema {

/// Memory for checking values, kept from one to the next.
struct Scratch {
  JsonTape tape;
  std::vector<std::uint64_t> bits;
  std::vector<std::uint32_t> scopes;
  std::vector<std::pair<std::uint64_t, TapeIndex>> hashes;
  /// Gives back memory beyond what a value of ordinary size takes.
  void trim();
};

/// Checks the value on a tape by a program.
///
/// Without `faults` it stops at the first mismatch; with it goes on and describes each, up to the program's
/// limit. Recursive, bounded in depth and work.
class Evaluator {
 public:
  Evaluator(const Program& program, Scratch& scratch, std::vector<SchemaFault>* faults)
      : program_(program), tape_(scratch.tape), scratch_(scratch), faults_(faults) {}

  bool run();

  /// Whether the value fits one subschema by itself, within the work that is left; nullopt when that runs out
  /// or a dynamic reference would ask for what is around the subschema.
  std::optional<bool> fits(NodeId id, WorkLeft& left);

 private:
  /// Which members or items of one object or array some subschema has evaluated: bits in the scratch memory.
  /// Positions, as the memory may move.
  struct Marks {
    std::uint32_t first = kNoNode;
    std::uint32_t words = 0;
    bool on() const { return first != kNoNode; }
  };
  class Bits;

  bool check(NodeId id, TapeIndex value, Marks marks);
  bool check_entered(NodeId id, const Node& node, TapeIndex value, Marks marks);
  bool check_keywords(NodeId id, const Node& node, TapeIndex value, Marks marks);
  bool check_branch(NodeId id, TapeIndex value, Marks marks);
  bool accepts_type(const Node& node, TapeIndex value) const;
  bool refuse_type(NodeId id, const Node& node, TapeIndex value);
  bool check_scalar(NodeId id, const Node& node, TapeIndex value);
  bool check_container(NodeId id, const Node& node, TapeIndex value, Marks marks);
  bool run_any_group(NodeId id, const Node& node, TapeIndex value, Marks marks);
  bool run_any(NodeId id, const Instruction& instruction, TapeIndex value, Marks marks);
  bool run_numbers(NodeId id, const Node& node, TapeIndex value);
  bool run_strings(NodeId id, const Node& node, TapeIndex value);
  bool run_string(NodeId id, const Instruction& instruction, TapeIndex value);

  bool check_constant(NodeId id, std::uint32_t constant, TapeIndex value);
  bool check_choice(NodeId id, const Choice& choice, TapeIndex value);
  bool check_any_of(NodeId id, const Instruction& instruction, TapeIndex value, Marks marks);
  bool check_one_of(NodeId id, const Instruction& instruction, TapeIndex value, Marks marks);
  bool check_condition(const Instruction& instruction, TapeIndex value, Marks marks);
  NodeId dynamic_target(const Instruction& instruction) const;

  bool check_array(NodeId id, const ArrayPlan& plan, TapeIndex value, Marks marks);
  bool check_items(const ArrayPlan& plan, TapeIndex value, Marks marks);
  bool check_contains(NodeId id, const ArrayPlan& plan, TapeIndex value, Marks marks);
  bool check_unique(NodeId id, TapeIndex value);
  bool check_unevaluated_items(NodeId schema, TapeIndex value, Marks marks);

  bool check_object(NodeId id, const ObjectPlan& plan, TapeIndex value, Marks marks);
  bool check_members(NodeId id, const ObjectPlan& plan, TapeIndex value, Marks marks);
  bool check_member(const ObjectPlan& plan, std::uint32_t name_index, TapeIndex name, bool& evaluated);
  bool check_required(NodeId id, const ObjectPlan& plan, TapeIndex value, std::uint32_t seen);
  bool check_dependents(NodeId id, const ObjectPlan& plan, TapeIndex value, std::uint32_t seen, Marks marks);
  bool check_unevaluated_properties(NodeId schema, TapeIndex value, Marks marks);

  /// Takes from the work that is left.  False, for good, when there is none.
  bool spend(std::int64_t steps = 1) {
    left_ -= steps;
    return left_ >= 0;
  }
  bool spend_on_matching(std::size_t bytes) { return spend(1 + static_cast<std::int64_t>(bytes / 16)); }
  bool spend_on_text(std::size_t bytes) { return spend(1 + static_cast<std::int64_t>(bytes / 64)); }

  Marks push_marks(std::uint32_t count);
  void pop_marks(Marks marks) { scratch_.bits.resize(marks.first); }
  void merge(Marks from, Marks into);
  void mark(Marks marks, std::uint32_t index) { scratch_.bits[marks.first + index / 64] |= bit(index); }
  void mark_all(Marks marks);
  bool marked(Marks marks, std::uint32_t index) const {
    return scratch_.bits[marks.first + index / 64] & bit(index);
  }
  static std::uint64_t bit(std::uint32_t index) { return std::uint64_t{1} << index % 64; }

  /// What to do at a mismatch: false, having described it if that is asked for.  `keyword` may be followed by
  /// more of the way in the schema.
  template <class MakeMessage>
  bool mismatch(NodeId id, std::string_view keyword, TapeIndex value, MakeMessage&& message) {
    if (describing()) add_fault(id, keyword, value, message());
    return false;
  }
  bool describing() const { return faults_ && faults_->size() < program_.limits.faults; }
  void add_fault(NodeId id, std::string_view keyword, TapeIndex value, std::string message);
  std::string describe_branches(const Instruction& instruction, TapeIndex value);
  std::string show(const JsonTape& tape, TapeIndex value) const;

  const Program& program_;
  const JsonTape& tape_;
  Scratch& scratch_;
  std::vector<SchemaFault>* faults_;
  WorkLeft left_ = 0;
  unsigned depth_ = 0;
  bool too_deep_ = false;
  bool in_alternative_ = false;  // describing one
};

}  // namespace signalbox::schema
