// What the evaluator checks of objects.
#include <bit>

#include "schema/evaluator.hpp"
#include "schema/fault_text.hpp"
#include "schema/object_plan.hpp"

namespace signalbox::schema {

bool Evaluator::check_object(NodeId id, const ObjectPlan& plan, TapeIndex value, Marks marks) {
  const auto count = tape_[value].size;
  bool fits = true;
  if (count < plan.min_members)
    fits = mismatch(id, "minProperties", value,
                    [&] { return "must have at least " + count_members(plan.min_members); });
  if (count > plan.max_members)
    fits = mismatch(id, "maxProperties", value,
                    [&] { return "must have at most " + count_members(plan.max_members); });
  if (!fits && !faults_) return false;
  return !plan.looks_at_members || (check_members(id, plan, value, marks) && fits);
}

bool Evaluator::check_members(NodeId id, const ObjectPlan& plan, TapeIndex value, Marks marks) {
  const auto seen = push_marks(static_cast<std::uint32_t>(plan.names.size()));
  bool fits = true;
  std::uint32_t index = 0;
  for (auto name = value + 1; name < tape_.next(value); name = tape_.next(name + 1), ++index) {
    bool evaluated = false;
    const auto known = find_name(plan, tape_.text_of(name), tape_[name].link);
    if (known != kNoNode) mark(seen, known);
    if (plan.by_name_only && (known == kNoNode || plan.names[known].schema == kNoNode)) continue;
    if (!check_member(plan, known, name, evaluated)) {
      fits = false;
      if (!describing()) break;
    }
    if (evaluated && marks.on()) mark(marks, index);
  }
  if (fits || faults_) fits = check_required(id, plan, value, seen.first) && fits;
  if ((fits || faults_) && !plan.dependents.empty())
    fits = check_dependents(id, plan, value, seen.first, marks) && fits;
  pop_marks(seen);
  return fits;
}

bool Evaluator::check_member(const ObjectPlan& plan, std::uint32_t known, TapeIndex name, bool& evaluated) {
  const auto value = name + 1;
  bool fits = true;
  if (known != kNoNode && plan.names[known].schema != kNoNode) {
    evaluated = true;
    fits = check(plan.names[known].schema, value, {});
  }
  if (plan.by_name_only) return fits;
  if (!plan.patterns.empty()) {
    const auto text = tape_.text_of(name);
    for (const auto& [pattern, schema] : plan.patterns) {
      if (!spend_on_matching(text.size())) return false;
      if (!program_.patterns[pattern].matches(text)) continue;
      evaluated = true;
      fits = (fits || faults_) && check(schema, value, {}) && fits;
    }
  }
  if (!evaluated && plan.additional != kNoNode) {
    evaluated = true;
    fits = (fits || faults_) && check(plan.additional, value, {}) && fits;
  }
  if (plan.name_schema != kNoNode && (fits || faults_)) fits = check(plan.name_schema, name, {}) && fits;
  return fits;
}

bool Evaluator::check_required(NodeId id, const ObjectPlan& plan, TapeIndex value, std::uint32_t seen) {
  bool fits = true;
  for (std::size_t word = 0; word < plan.required.size(); ++word) {
    auto missing = plan.required[word] & ~scratch_.bits[seen + word];
    for (; missing != 0; missing &= missing - 1) {
      const auto name = word * 64 + static_cast<std::size_t>(std::countr_zero(missing));
      fits = mismatch(id, "required", value, [&] { return "has no " + quote_name(plan.names[name].text); });
      if (!describing()) return false;
    }
  }
  return fits;
}

bool Evaluator::check_dependents(NodeId id, const ObjectPlan& plan, TapeIndex value, std::uint32_t seen,
                                 Marks marks) {
  const auto there = [&](std::uint32_t name) { return (scratch_.bits[seen + name / 64] & bit(name)) != 0; };
  bool fits = true;
  for (const auto& dependent : plan.dependents) {
    if (!there(dependent.name)) continue;
    for (const auto needed : dependent.names) {
      if (there(needed)) continue;
      fits = mismatch(id, dependency_keyword(dependent.keyword), value, [&] {
        return "has " + quote_name(plan.names[dependent.name].text) + ", so it must have " +
               quote_name(plan.names[needed].text);
      });
      if (!describing()) return false;
    }
    if (dependent.schema == kNoNode || check(dependent.schema, value, marks)) continue;
    fits = false;
    if (!describing()) return false;
  }
  return fits;
}

bool Evaluator::check_unevaluated_properties(NodeId schema, TapeIndex value, Marks marks) {
  bool fits = true;
  std::uint32_t index = 0;
  for (auto name = value + 1; name < tape_.next(value); name = tape_.next(name + 1), ++index) {
    if (marked(marks, index) || check(schema, name + 1, {})) continue;
    fits = false;
    if (!describing()) return false;
  }
  return fits;
}

}  // namespace signalbox::schema
