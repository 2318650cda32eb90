#include "schema/evaluator.hpp"

#include <algorithm>

#include "schema/fault_text.hpp"

namespace signalbox::schema {
namespace {

constexpr unsigned kNestedChecksMax = 1024;  // of subschemas that are being checked within each other
constexpr std::size_t kKeptWords = 64 * 1024;

template <class Vector>
void trim_to(Vector& vector, std::size_t kept) {
  if (vector.capacity() > kept) Vector().swap(vector);
}

}  // namespace

void Scratch::trim() {
  tape.trim();
  trim_to(bits, kKeptWords);
  trim_to(scopes, kKeptWords);
  trim_to(hashes, kKeptWords);
}

bool Evaluator::run() {
  left_ = static_cast<WorkLeft>(program_.limits.work);
  scratch_.bits.clear();
  scratch_.scopes.clear();
  const bool valid = check(0, 0, {});
  if (left_ >= 0 && !too_deep_) return valid;
  if (faults_) {
    const auto message =
        too_deep_
            ? "checking it goes too deep: over " + std::to_string(kNestedChecksMax) + " subschemas within each other"
            : "checking it takes too much work: over " + std::to_string(program_.limits.work) + " steps";
    faults_->assign(1, {SchemaFault::Kind::limit, "", "", message});
  }
  return false;
}

std::optional<bool> Evaluator::fits(NodeId id, WorkLeft& left) {
  if (!program_.dynamic_anchors.empty()) return std::nullopt;
  left_ = left;
  scratch_.bits.clear();
  scratch_.scopes.clear();
  const bool valid = check(id, 0, {});
  left = left_;
  if (left_ < 0 || too_deep_) return std::nullopt;
  return valid;
}

bool Evaluator::check(NodeId id, TapeIndex value, Marks marks) {
  if (!spend()) return false;
  const auto& node = program_.nodes[id];
  if (node.fits_at_once >> form_of(tape_[value]) & 1u) return true;
  if (tape_[value].kind < JsonKind::array && node.empty(Group::any))  // a leaf: nothing below that is bounded
    return accepts_type(node, value) ? check_scalar(id, node, value) : refuse_type(id, node, value);
  if (depth_ >= kNestedChecksMax) too_deep_ = true;
  if (too_deep_) return false;
  ++depth_;
  bool fits;
  if (program_.dynamic_anchors.empty() ||
      (!scratch_.scopes.empty() && scratch_.scopes.back() == node.resource)) {
    fits = check_entered(id, node, value, marks);
  } else {
    scratch_.scopes.push_back(node.resource);
    fits = check_entered(id, node, value, marks);
    scratch_.scopes.pop_back();
  }
  --depth_;
  return fits;
}

bool Evaluator::check_entered(NodeId id, const Node& node, TapeIndex value, Marks marks) {
  const auto kind = tape_[value].kind;
  const bool items = kind == JsonKind::array && node.unevaluated_items != kNoNode;
  const bool members = kind == JsonKind::object && node.unevaluated_properties != kNoNode;
  if (!items && !members) return check_keywords(id, node, value, marks);

  const auto own = push_marks(tape_[value].size);
  bool fits = check_keywords(id, node, value, own);
  if (fits && items) fits = check_unevaluated_items(node.unevaluated_items, value, own);
  if (fits && members) fits = check_unevaluated_properties(node.unevaluated_properties, value, own);
  if (fits && marks.on()) mark_all(marks);
  pop_marks(own);
  return fits;
}

bool Evaluator::accepts_type(const Node& node, TapeIndex value) const {
  if (node.types == kAllTypes) return true;
  const auto types = static_cast<unsigned>(node.types);
  switch (tape_[value].kind) {
    case JsonKind::null:
      return types & kNull;
    case JsonKind::false_value:
    case JsonKind::true_value:
      return types & kBoolean;
    case JsonKind::number:
      if (types & kNumber) return true;
      return (types & kInteger) &&
             (tape_[value].plain_integer || parse_number(tape_.text_of(value)).integer());
    case JsonKind::string:
      return types & kString;
    case JsonKind::array:
      return types & kArray;
    case JsonKind::object:
      return types & kObject;
  }
  return false;
}

bool Evaluator::refuse_type(NodeId id, const Node& node, TapeIndex value) {
  if (describing()) add_fault(id, node.types == 0 ? "" : "type", value, describe_types(node.types));
  return false;
}

bool Evaluator::check_scalar(NodeId id, const Node& node, TapeIndex value) {
  const auto kind = tape_[value].kind;
  if (kind == JsonKind::number) return node.empty(Group::number) || run_numbers(id, node, value);
  return kind != JsonKind::string || node.empty(Group::string) || run_strings(id, node, value);
}

bool Evaluator::check_container(NodeId id, const Node& node, TapeIndex value, Marks marks) {
  const bool array = tape_[value].kind == JsonKind::array;
  const auto group = array ? Group::array : Group::object;
  if (node.empty(group)) return true;
  const auto plan =
      program_.instructions[node.first(group)].a;  // one has all that is asked of arrays or objects
  return array ? check_array(id, program_.arrays[plan], value, marks)
               : check_object(id, program_.objects[plan], value, marks);
}

bool Evaluator::check_keywords(NodeId id, const Node& node, TapeIndex value, Marks marks) {
  if (!accepts_type(node, value)) return refuse_type(id, node, value);  // the rest would say the same again
  const bool fits = tape_[value].kind < JsonKind::array ? check_scalar(id, node, value)
                                                        : check_container(id, node, value, marks);
  if (!fits && !faults_) return false;
  return (node.empty(Group::any) || run_any_group(id, node, value, marks)) && fits;
}

bool Evaluator::run_any_group(NodeId id, const Node& node, TapeIndex value, Marks marks) {
  bool fits = true;
  for (auto at = node.first(Group::any); at < node.end(Group::any); ++at) {
    if (run_any(id, program_.instructions[at], value, marks)) continue;
    if (!faults_) return false;
    fits = false;
  }
  return fits;
}

/// Checks a subschema whose mismatch is not yet one of the whole: quietly, and what it evaluated counts only
/// when the value fits.
bool Evaluator::check_branch(NodeId id, TapeIndex value, Marks marks) {
  auto* const faults = faults_;
  faults_ = nullptr;
  bool fits;
  if (marks.on()) {
    const auto own = push_marks(tape_[value].size);
    fits = check(id, value, own);
    if (fits) merge(own, marks);
    pop_marks(own);
  } else {
    fits = check(id, value, {});
  }
  faults_ = faults;
  return fits;
}

bool Evaluator::run_any(NodeId id, const Instruction& instruction, TapeIndex value, Marks marks) {
  switch (instruction.op) {
    case Op::constant:
      return check_constant(id, instruction.a, value);
    case Op::one_of_constants:
      return check_choice(id, program_.choices[instruction.a], value);
    case Op::ref:
      return check(instruction.a, value, marks);
    case Op::dynamic_ref:
      return check(dynamic_target(instruction), value, marks);
    case Op::all_of: {
      bool fits = true;
      for (std::uint32_t i = 0; i < instruction.b && (fits || faults_); ++i)
        if (!check(program_.list[instruction.a + i], value, marks)) fits = false;
      return fits;
    }
    case Op::any_of:
      return check_any_of(id, instruction, value, marks);
    case Op::one_of:
      return check_one_of(id, instruction, value, marks);
    case Op::not_:
      return !check_branch(instruction.a, value, {}) ||
             mismatch(id, "not", value, [] { return "must not be what \"not\" describes"; });
    case Op::condition:
      return check_condition(instruction, value, marks);
    default:
      return true;  // of another group
  }
}

bool Evaluator::check_any_of(NodeId id, const Instruction& instruction, TapeIndex value, Marks marks) {
  bool fits = false;
  // With marks each branch has its say in what is evaluated.
  for (std::uint32_t i = 0; i < instruction.b && (!fits || marks.on()); ++i)
    if (check_branch(program_.list[instruction.a + i], value, marks)) fits = true;
  return fits || mismatch(id, "anyOf", value, [&] {
           return "fits none of the " + std::to_string(instruction.b) + " alternatives" +
                  describe_branches(instruction, value);
         });
}

bool Evaluator::check_one_of(NodeId id, const Instruction& instruction, TapeIndex value, Marks marks) {
  std::uint32_t fitting = 0, first = 0;
  for (std::uint32_t i = 0; i < instruction.b; ++i) {
    if (!check_branch(program_.list[instruction.a + i], value, marks)) continue;
    if (++fitting > 1)
      return mismatch(id, "oneOf", value, [&] {
        return "fits alternatives " + std::to_string(first) + " and " + std::to_string(i) +
               ", and must fit exactly one";
      });
    first = i;
  }
  return fitting == 1 || mismatch(id, "oneOf", value, [&] {
           return "fits none of the " + std::to_string(instruction.b) + " alternatives" +
                  describe_branches(instruction, value);
         });
}

bool Evaluator::check_condition(const Instruction& instruction, TapeIndex value, Marks marks) {
  const auto& list = program_.list;
  if (list[instruction.a + 1] == kNoNode && list[instruction.a + 2] == kNoNode && !marks.on()) return true;
  const bool holds = check_branch(list[instruction.a], value, marks);
  const auto branch = list[instruction.a + (holds ? 1 : 2)];
  return branch == kNoNode || check(branch, value, marks);
}

NodeId Evaluator::dynamic_target(const Instruction& instruction) const {
  const auto& places = program_.dynamic_anchors[instruction.b];
  for (const auto scope : scratch_.scopes) {  // outermost first
    const auto found = std::lower_bound(places.begin(), places.end(), std::pair(scope, NodeId{0}));
    if (found != places.end() && found->first == scope) return found->second;
  }
  return instruction.a;
}

bool Evaluator::check_constant(NodeId id, std::uint32_t constant, TapeIndex value) {
  const auto& constants = program_.constants_tape;
  const auto at = program_.constants[constant];
  return equal(tape_, value, constants, at, left_) ||
         mismatch(id, "const", value, [&] { return "must be " + show(constants, at); });
}

bool Evaluator::check_choice(NodeId id, const Choice& choice, TapeIndex value) {
  const auto& constants = program_.constants_tape;
  const auto hash = hash_of_value(tape_, value, left_);
  for (auto slot = hash & choice.mask; choice.slots[slot].second != kNoNode; slot = (slot + 1) & choice.mask)
    if (choice.slots[slot].first == hash &&
        equal(tape_, value, constants, program_.constants[choice.slots[slot].second], left_))
      return true;
  return mismatch(id, "enum", value, [&] {
    constexpr std::uint32_t kShown = 8;
    std::string message = choice.constants.count == 0 ? "can have no value" : "must be one of ";
    for (std::uint32_t i = 0; i < std::min(choice.constants.count, kShown); ++i)
      message += (i ? ", " : "") + show(constants, program_.constants[choice.constants.first + i]);
    if (choice.constants.count > kShown)
      message += " and " + std::to_string(choice.constants.count - kShown) + " more";
    return message;
  });
}

Evaluator::Marks Evaluator::push_marks(std::uint32_t count) {
  const Marks marks{static_cast<std::uint32_t>(scratch_.bits.size()), (count + 63) / 64};
  spend(marks.words);
  scratch_.bits.resize(scratch_.bits.size() + marks.words, 0);
  return marks;
}

void Evaluator::merge(Marks from, Marks into) {
  for (std::uint32_t i = 0; i < from.words; ++i)
    scratch_.bits[into.first + i] |= scratch_.bits[from.first + i];
}

void Evaluator::mark_all(Marks marks) {
  const auto first = scratch_.bits.begin() + marks.first;
  std::fill(first, first + marks.words, ~std::uint64_t{0});
}

}  // namespace signalbox::schema
