#include "schema/value_set.hpp"

#include <algorithm>

#include "event/codec.hpp"
#include "event/text_scan.hpp"
#include "schema/number.hpp"
#include "schema/object_plan.hpp"

namespace signalbox::schema {
namespace {

constexpr WorkLeft kEvaluatorStepsToAStep = 16;
constexpr unsigned kReferencesMax = 500;  // one behind the other, for the same value

template <class T>
void insert_sorted(std::vector<T>& sorted, const T& value) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), value);
  if (at == sorted.end() || *at != value) sorted.insert(at, value);
}

template <class T>
bool holds(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

const MemberName* find_member(const ObjectPlan& plan, std::string_view name) {
  const auto index = find_name(plan, name, event::hash_of_name(name));
  return index == kNoNode ? nullptr : &plan.names[index];
}

bool is_required(const ObjectPlan& plan, std::size_t index) {
  return !plan.required.empty() && (plan.required[index / 64] >> index % 64 & 1u) != 0;
}

void keep_each_once(std::vector<std::string_view>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

Atoms atom_of(const JsonTape& tape, TapeIndex at) {
  const auto& node = tape[at];
  switch (node.kind) {
    case JsonKind::null:
      return kNull;
    case JsonKind::false_value:
    case JsonKind::true_value:
      return kBoolean;
    case JsonKind::number:
      return node.plain_integer || parse_number(tape.text_of(at)).integer() ? kInteger : kNumber;
    case JsonKind::string:
      return kString;
    case JsonKind::array:
      return kArray;
    case JsonKind::object:
      return kObject;
  }
  return 0;
}

void ValueSet::add(NodeId term) { insert_sorted(terms, term); }

ValueSet ValueSet::limited_to(Atoms kinds) const {
  auto set = *this;
  set.atoms &= kinds;
  return set;
}

ValueSet with_alternative(const ValueSet& set, const Split& split, std::size_t alternative) {
  auto part = set.limited_to(split.kinds[alternative]);
  insert_sorted(part.decided, split.instruction);
  for (const auto term : split.alternatives[alternative]) part.add(term);
  if (!split.alternatives[alternative].empty()) part.near = split.alternatives[alternative].front();
  return part;
}

Atoms ComparedProgram::accepted_kinds(NodeId id) const {
  const auto& it = node(id);
  if (!it.empty(Group::any)) return 0;
  unsigned kinds = atoms_of(it);
  if (!it.empty(Group::number)) kinds &= ~unsigned{kNumbers};
  if (!it.empty(Group::string)) kinds &= ~unsigned{kString};
  if (!it.empty(Group::array) || it.unevaluated_items != kNoNode) kinds &= ~unsigned{kArray};
  if (!it.empty(Group::object) || it.unevaluated_properties != kNoNode) kinds &= ~unsigned{kObject};
  return static_cast<Atoms>(kinds);
}

bool ComparedProgram::accepts_all(NodeId id) const {
  const auto& it = node(id);
  return atoms_of(it) == kAllTypes && it.begin.front() == it.begin.back() &&
         it.unevaluated_items == kNoNode && it.unevaluated_properties == kNoNode;
}

NodeId ComparedProgram::static_target(const Instruction& reference) const {
  for (const auto& [resource, target] : program_.dynamic_anchors[reference.b])
    if (target != reference.a) return kNoNode;
  return reference.a;
}

Facts ComparedProgram::facts_of(const ValueSet& set) const {
  Facts facts;
  facts.atoms = set.atoms;
  for (const auto term : set.terms) flatten(term, set, facts, 0);
  return facts;
}

/// Recursive, within a bound: a chain of references may be long.
void ComparedProgram::flatten(NodeId id, const ValueSet& set, Facts& facts, unsigned depth) const {
  if (depth > kReferencesMax) return;
  if (holds(facts.nodes, id) || !budget_.spend(1 + static_cast<std::int64_t>(facts.nodes.size() / 16)))
    return;
  facts.nodes.push_back(id);
  facts.atoms &= atoms_of(node(id));
  each(id, Group::any, [&](const Instruction& instruction, std::uint32_t at) {
    switch (instruction.op) {
      case Op::ref:
        return flatten(instruction.a, set, facts, depth + 1);
      case Op::dynamic_ref:
        if (const auto target = static_target(instruction); target != kNoNode)
          flatten(target, set, facts, depth + 1);
        return;
      case Op::all_of:
        for (std::uint32_t i = 0; i < instruction.b; ++i)
          flatten(program_.list[instruction.a + i], set, facts, depth + 1);
        return;
      case Op::any_of:
      case Op::one_of:
      case Op::condition:
        return add_split(instruction, at, set, facts);
      case Op::not_:
        facts.atoms = static_cast<Atoms>(facts.atoms & ~unsigned{accepted_kinds(instruction.a)});
        return;
      default:
        return;
    }
  });
}

void ComparedProgram::add_split(const Instruction& instruction, std::uint32_t at, const ValueSet& set,
                                Facts& facts) const {
  if (std::binary_search(set.decided.begin(), set.decided.end(), at)) return;
  Split split{at};
  const auto* list = program_.list.data() + instruction.a;
  if (instruction.op == Op::condition) {
    if (list[1] == kNoNode && list[2] == kNoNode) return;
    split.alternatives = {{list[0]}, {}};
    split.kinds = {kAllTypes, static_cast<Atoms>(kAllTypes & ~unsigned{accepted_kinds(list[0])})};
    for (std::size_t branch = 0; branch < 2; ++branch)
      if (list[branch + 1] != kNoNode) split.alternatives[branch].push_back(list[branch + 1]);
  } else {
    for (std::uint32_t i = 0; i < instruction.b; ++i) {
      unsigned kinds = kAllTypes;
      for (std::uint32_t j = 0; j < instruction.b && instruction.op == Op::one_of; ++j)
        if (j != i) kinds &= ~unsigned{accepted_kinds(list[j])};
      split.alternatives.push_back({list[i]});
      split.kinds.push_back(static_cast<Atoms>(kinds));
    }
  }
  facts.splits.push_back(std::move(split));
}

Atoms ComparedProgram::possible(const Facts& facts) {
  unsigned atoms = facts.atoms;
  for (const auto id : facts.nodes)
    each(id, Group::number, [&](const Instruction& instruction, std::uint32_t) {
      if (instruction.op == Op::multiple_of && program_.bounds[instruction.a].integer())
        atoms &= ~unsigned{kNumber};
    });
  if ((atoms & kNumbers) && empty_between(lower(facts), upper(facts))) atoms &= ~unsigned{kNumbers};
  if ((atoms & kString) && min_length(facts) > max_length(facts)) atoms &= ~unsigned{kString};
  if ((atoms & kArray) && min_items(facts) > max_items(facts)) atoms &= ~unsigned{kArray};
  if ((atoms & kObject) && no_objects(facts)) atoms &= ~unsigned{kObject};
  return static_cast<Atoms>(atoms);
}

bool ComparedProgram::no_objects(const Facts& facts) {
  if (min_members(facts) > max_members(facts)) return true;
  const auto names = required(facts);
  return std::any_of(names.begin(), names.end(), [&](auto name) { return forbids(facts, name); });
}

std::optional<NumberBound> ComparedProgram::lower(const Facts& facts) const {
  look_at(facts);
  std::optional<NumberBound> bound;
  for (const auto id : facts.nodes)
    each(id, Group::number, [&](const Instruction& instruction, std::uint32_t) {
      if (instruction.op != Op::minimum && instruction.op != Op::exclusive_minimum) return;
      const NumberBound other{program_.bounds[instruction.a], instruction.op == Op::exclusive_minimum};
      const auto order = bound ? compare(other.number, bound->number) : 1;
      if (order > 0 || (order == 0 && other.exclusive)) bound = other;
    });
  return bound;
}

std::optional<NumberBound> ComparedProgram::upper(const Facts& facts) const {
  look_at(facts);
  std::optional<NumberBound> bound;
  for (const auto id : facts.nodes)
    each(id, Group::number, [&](const Instruction& instruction, std::uint32_t) {
      if (instruction.op != Op::maximum && instruction.op != Op::exclusive_maximum) return;
      const NumberBound other{program_.bounds[instruction.a], instruction.op == Op::exclusive_maximum};
      const auto order = bound ? compare(other.number, bound->number) : -1;
      if (order < 0 || (order == 0 && other.exclusive)) bound = other;
    });
  return bound;
}

std::uint32_t ComparedProgram::min_length(const Facts& facts) const {
  look_at(facts);
  std::uint32_t length = 0;
  for (const auto id : facts.nodes)
    each(id, Group::string, [&](const Instruction& instruction, std::uint32_t) {
      if (instruction.op == Op::min_length) length = std::max(length, instruction.a);
    });
  return length;
}

std::uint32_t ComparedProgram::max_length(const Facts& facts) const {
  look_at(facts);
  std::uint32_t length = kNoLimit;
  for (const auto id : facts.nodes)
    each(id, Group::string, [&](const Instruction& instruction, std::uint32_t) {
      if (instruction.op == Op::max_length) length = std::min(length, instruction.a);
    });
  return length;
}

const ArrayPlan& ComparedProgram::array_plan(NodeId id) const {
  static const ArrayPlan nothing;
  return node(id).empty(Group::array)
             ? nothing
             : program_.arrays[program_.instructions[node(id).first(Group::array)].a];
}

const ObjectPlan& ComparedProgram::object_plan(NodeId id) const {
  static const ObjectPlan nothing;
  return node(id).empty(Group::object)
             ? nothing
             : program_.objects[program_.instructions[node(id).first(Group::object)].a];
}

/// Whether other subschemas have a say in what is evaluated.
bool ComparedProgram::has_applicators(NodeId id) const {
  bool found = false;
  each(id, Group::any, [&](const Instruction& instruction, std::uint32_t) {
    found |= instruction.op != Op::constant && instruction.op != Op::one_of_constants &&
             instruction.op != Op::not_;
  });
  for (const auto& dependent : object_plan(id).dependents) found |= dependent.schema != kNoNode;
  return found;
}

NodeId ComparedProgram::rest_of(NodeId id, const ArrayPlan& plan) const {
  if (plan.rest != kNoNode || plan.contains != kNoNode || has_applicators(id)) return plan.rest;
  return node(id).unevaluated_items;
}

NodeId ComparedProgram::additional_of(NodeId id, const ObjectPlan& plan) const {
  if (plan.additional != kNoNode || has_applicators(id)) return plan.additional;
  return node(id).unevaluated_properties;
}

std::vector<ArrayFacts> ComparedProgram::arrays(const Facts& facts) const {
  look_at(facts);
  std::vector<ArrayFacts> out;
  for (const auto id : facts.nodes) out.push_back({&array_plan(id), rest_of(id, array_plan(id))});
  return out;
}

std::uint32_t ComparedProgram::min_items(const Facts& facts) const {
  std::uint32_t count = 0;
  for (const auto& [plan, rest] : arrays(facts)) {
    count = std::max(count, plan->min_items);
    if (plan->contains != kNoNode) count = std::max(count, plan->min_contains);
  }
  return count;
}

std::uint32_t ComparedProgram::max_items(const Facts& facts) const {
  std::uint32_t count = kNoLimit;
  for (const auto& [plan, rest] : arrays(facts)) {
    count = std::min(count, plan->max_items);
    if (rest != kNoNode && accepts_nothing(rest)) count = std::min(count, plan->prefix.count);
    budget_.spend(plan->prefix.count / 8);
    for (std::uint32_t i = 0; i < plan->prefix.count; ++i)
      if (accepts_nothing(program_.list[plan->prefix.first + i])) count = std::min(count, i);
  }
  return count;
}

ValueSet ComparedProgram::items_at(const Facts& facts, std::uint32_t index, NodeId near) const {
  ValueSet set;
  set.near = near;
  for (const auto& [plan, rest] : arrays(facts)) {
    const auto item = index < plan->prefix.count ? program_.list[plan->prefix.first + index] : rest;
    if (item == kNoNode) continue;
    if (set.terms.empty()) set.near = item;
    set.add(item);
  }
  return set;
}

std::vector<ObjectFacts> ComparedProgram::objects(const Facts& facts) const {
  look_at(facts);
  std::vector<ObjectFacts> out;
  for (const auto id : facts.nodes) out.push_back({&object_plan(id), additional_of(id, object_plan(id))});
  return out;
}

bool ComparedProgram::requires_member(const Facts& facts, std::string_view name) const {
  look_at(facts);
  for (const auto id : facts.nodes) {
    const auto& plan = object_plan(id);
    if (const auto* member = find_member(plan, name))
      if (is_required(plan, static_cast<std::size_t>(member - plan.names.data()))) return true;
  }
  return false;
}

std::vector<std::string_view> ComparedProgram::required(const Facts& facts) const {
  look_at(facts);
  std::vector<std::string_view> names;
  for (const auto id : facts.nodes) {
    const auto& plan = object_plan(id);
    budget_.spend(static_cast<std::int64_t>(plan.names.size() / 8));
    for (std::size_t i = 0; i < plan.names.size(); ++i)
      if (is_required(plan, i)) names.push_back(plan.names[i].text);
  }
  keep_each_once(names);
  return names;
}

std::vector<std::string_view> ComparedProgram::named(const Facts& facts) const {
  look_at(facts);
  std::vector<std::string_view> names;
  for (const auto id : facts.nodes)
    for (const auto& member : object_plan(id).names) names.push_back(member.text);
  budget_.spend(static_cast<std::int64_t>(names.size() / 8));
  keep_each_once(names);
  return names;
}

bool ComparedProgram::forbids(const Facts& facts, std::string_view name) {
  const auto values = member(facts, name, 0);
  if (facts_of(values).atoms == 0) return true;
  for (const auto id : facts.nodes) {
    const auto names = object_plan(id).name_schema;
    if (names != kNoNode && fits(names, to_json_string(name)) == std::optional(false)) return true;
  }
  return false;
}

std::uint32_t ComparedProgram::min_members(const Facts& facts) const {
  auto count = static_cast<std::uint32_t>(required(facts).size());
  for (const auto id : facts.nodes) count = std::max(count, object_plan(id).min_members);
  return count;
}

std::uint32_t ComparedProgram::max_members(const Facts& facts) const {
  std::uint32_t count = kNoLimit;
  for (const auto& [plan, additional] : objects(facts)) {
    count = std::min(count, plan->max_members);
    if (additional == kNoNode || !accepts_nothing(additional) || !plan->patterns.empty()) continue;
    const auto allowed = std::count_if(plan->names.begin(), plan->names.end(), [&](const auto& name) {
      return name.schema != kNoNode && !accepts_nothing(name.schema);
    });
    count = std::min(count, static_cast<std::uint32_t>(allowed));
  }
  return count;
}

bool ComparedProgram::matches(std::uint32_t pattern, std::string_view name) const {
  budget_.spend(1 + static_cast<std::int64_t>(name.size() / 16));
  return program_.patterns[pattern].matches(name);
}

ValueSet ComparedProgram::member(const Facts& facts, std::string_view name, NodeId near) const {
  ValueSet set;
  set.near = near;
  const auto add = [&set](NodeId schema) {
    if (set.terms.empty()) set.near = schema;
    set.add(schema);
  };
  for (const auto& [plan, additional] : objects(facts)) {
    const auto* known = find_member(*plan, name);
    bool evaluated = known && known->schema != kNoNode;
    if (evaluated) add(known->schema);
    for (const auto& [pattern, schema] : plan->patterns) {
      if (!matches(pattern, name)) continue;
      evaluated = true;
      add(schema);
    }
    if (!evaluated && additional != kNoNode) add(additional);
  }
  return set;
}

std::vector<ValueSet> ComparedProgram::unnamed_members(const Facts& facts, const std::string* matching,
                                                       const std::vector<std::string_view>& others,
                                                       NodeId near) const {
  ValueSet sure;
  sure.near = near;
  std::vector<NodeId> options;  // of one subschema: one of them holds
  for (const auto& [plan, additional] : objects(facts)) {
    bool matched = false;
    std::vector<NodeId> maybe;
    for (const auto& [pattern, schema] : plan->patterns) {
      const auto& text = program_.patterns[pattern].text;
      if (matching && text == *matching) {
        matched = true;
        sure.add(schema);
      } else if (!holds(others, std::string_view(text))) {
        maybe.push_back(schema);
      }
    }
    if (matched) continue;  // what else it matches asks for more still
    if (maybe.empty()) {
      if (additional != kNoNode) sure.add(additional);
    } else if (options.empty() && additional != kNoNode) {
      options = std::move(maybe);
      options.push_back(additional);
    }
  }
  if (!sure.terms.empty()) sure.near = sure.terms.front();
  if (options.empty()) return {sure};
  std::vector<ValueSet> sets;
  for (const auto option : options) {
    sets.push_back(sure);
    sets.back().add(option);
    sets.back().near = option;
  }
  return sets;
}

std::optional<bool> ComparedProgram::fits(NodeId id, std::string_view json) {
  constexpr unsigned kDepthMax = 128;
  if (budget_.steps <= 0) return std::nullopt;
  if (!scratch_.tape.read(json, kDepthMax)) return std::nullopt;
  const auto most =
      std::min(budget_.steps * kEvaluatorStepsToAStep, static_cast<WorkLeft>(program_.limits.work));
  auto left = most;
  const auto fit = Evaluator(program_, scratch_, nullptr).fits(id, left);
  budget_.spend(1 + static_cast<std::int64_t>(json.size() / 64) + (most - left) / kEvaluatorStepsToAStep);
  return fit;
}

std::string to_json_string(std::string_view text) {
  std::string out;
  event::append_json_string(out, text);
  return out;
}

bool empty_between(const std::optional<NumberBound>& lower, const std::optional<NumberBound>& upper) {
  if (!lower || !upper) return false;
  const auto order = compare(lower->number, upper->number);
  return order > 0 || (order == 0 && (lower->exclusive || upper->exclusive));
}

}  // namespace signalbox::schema
