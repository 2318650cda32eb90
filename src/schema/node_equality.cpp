#include "schema/node_equality.hpp"

#include <algorithm>

#include "schema/object_plan.hpp"

namespace signalbox::schema {
namespace {

constexpr unsigned kEqualityDepthMax = 200;

/// Each of `xs` has a partner of its own among as many `ys`.  REQUIRES: `same` is an equivalence.
template <class Xs, class Ys, class Same>
bool pair_up(const Xs& xs, const Ys& ys, ComparisonBudget& budget, Same&& same) {
  if (xs.size() != ys.size()) return false;
  std::vector<bool> used(ys.size());
  for (const auto& x : xs) {
    std::size_t at = 0;
    while (at < ys.size() && budget.spend() && (used[at] || !same(x, ys[at]))) ++at;
    if (at == ys.size() || budget.steps < 0) return false;
    used[at] = true;
  }
  return true;
}

std::vector<std::string_view> texts_of(const ObjectPlan& plan, const std::vector<std::uint32_t>& names) {
  std::vector<std::string_view> texts;
  for (const auto name : names) texts.push_back(plan.names[name].text);
  std::sort(texts.begin(), texts.end());
  return texts;
}

bool required(const ObjectPlan& plan, std::size_t index) {
  return !plan.required.empty() && (plan.required[index / 64] >> index % 64 & 1u) != 0;
}

}  // namespace

template <class Try>
bool NodeEquality::attempt(Try&& what) {
  const auto mark = trail_.size();
  if (what()) return true;
  for (; trail_.size() > mark; trail_.pop_back()) taken_.erase(trail_.back());
  return false;
}

bool NodeEquality::equal(NodeId a, NodeId b) {
  if (!budget_.spend() || budget_.depth >= kEqualityDepthMax) return false;
  if (taken_.contains({a, b})) return true;
  return attempt([&] {
    taken_.insert({a, b});
    trail_.emplace_back(a, b);
    ++budget_.depth;
    const bool same = equal_keywords(a, b);
    --budget_.depth;
    return same;
  });
}

bool NodeEquality::equal_or_none(NodeId a, NodeId b) {
  if (a == kNoNode || b == kNoNode) return a == b;
  return equal(a, b);
}

bool NodeEquality::equal_lists(Range a, Range b) {
  if (a.count != b.count) return false;
  for (std::uint32_t i = 0; i < a.count; ++i)
    if (!equal_or_none(left_.program().list[a.first + i], right_.program().list[b.first + i])) return false;
  return true;
}

bool NodeEquality::equal_in_any_order(Range a, Range b) {
  const auto nodes = [](const Program& program, Range range) {
    const auto first = program.list.begin() + range.first;
    return std::vector<NodeId>(first, first + range.count);
  };
  return pair_up(nodes(left_.program(), a), nodes(right_.program(), b), budget_,
                 [&](NodeId x, NodeId y) { return equal(x, y); });
}

bool NodeEquality::equal_keywords(NodeId a, NodeId b) {
  const auto &x = left_.node(a), &y = right_.node(b);
  if (atoms_of(x) != atoms_of(y)) return false;
  for (const auto group : {Group::number, Group::string, Group::array, Group::object, Group::any})
    if (!equal_groups(a, b, group)) return false;
  return equal_or_none(x.unevaluated_items, y.unevaluated_items) &&
         equal_or_none(x.unevaluated_properties, y.unevaluated_properties);
}

bool NodeEquality::equal_groups(NodeId a, NodeId b, Group group) {
  std::vector<Instruction> xs, ys;
  left_.each(a, group, [&](const Instruction& instruction, std::uint32_t) { xs.push_back(instruction); });
  right_.each(b, group, [&](const Instruction& instruction, std::uint32_t) { ys.push_back(instruction); });
  return pair_up(xs, ys, budget_, [&](const Instruction& x, const Instruction& y) {
    return x.op == y.op && attempt([&] { return equal_instructions(x, y); });
  });
}

bool NodeEquality::equal_instructions(const Instruction& x, const Instruction& y) {
  const auto &p = left_.program(), &q = right_.program();
  switch (x.op) {
    case Op::constant:
      return equal_constants({x.a, 1}, {y.a, 1});
    case Op::one_of_constants:
      return equal_constants(p.choices[x.a].constants, q.choices[y.a].constants);
    case Op::ref:
    case Op::not_:
      return equal(x.a, y.a);
    case Op::dynamic_ref: {
      const auto a = left_.static_target(x), b = right_.static_target(y);
      return a != kNoNode && b != kNoNode && equal(a, b);
    }
    case Op::all_of:
    case Op::any_of:
    case Op::one_of:
      return equal_lists({x.a, x.b}, {y.a, y.b});
    case Op::condition:
      return equal_lists({x.a, 3}, {y.a, 3});
    case Op::minimum:
    case Op::exclusive_minimum:
    case Op::maximum:
    case Op::exclusive_maximum:
    case Op::multiple_of:
      return compare(p.bounds[x.a], q.bounds[y.a]) == 0;
    case Op::min_length:
    case Op::max_length:
      return x.a == y.a;
    case Op::pattern:
      return p.patterns[x.a].text == q.patterns[y.a].text;
    case Op::format:
      return p.formats[x.a] == q.formats[y.a];
    case Op::array:
      return equal_arrays(p.arrays[x.a], q.arrays[y.a]);
    case Op::object:
      return equal_objects(p.objects[x.a], q.objects[y.a]);
  }
  return false;
}

bool NodeEquality::equal_constants(Range a, Range b) {
  const auto &p = left_.program(), &q = right_.program();
  for (std::uint32_t i = 0; i < a.count && a.count == b.count; ++i) {
    WorkLeft left = budget_.steps;
    const auto before = left;
    const bool same = schema::equal(p.constants_tape, p.constants[a.first + i], q.constants_tape,
                                    q.constants[b.first + i], left);
    budget_.spend(before - left);
    if (!same) return false;
  }
  return a.count == b.count;
}

bool NodeEquality::equal_arrays(const ArrayPlan& x, const ArrayPlan& y) {
  return x.min_items == y.min_items && x.max_items == y.max_items && x.unique == y.unique &&
         x.min_contains == y.min_contains && x.max_contains == y.max_contains &&
         equal_lists(x.prefix, y.prefix) && equal_or_none(x.rest, y.rest) &&
         equal_or_none(x.contains, y.contains);
}

bool NodeEquality::equal_objects(const ObjectPlan& x, const ObjectPlan& y) {
  return x.min_members == y.min_members && x.max_members == y.max_members && equal_names(x, y) &&
         equal_or_none(x.additional, y.additional) && equal_or_none(x.name_schema, y.name_schema) &&
         equal_patterns(x, y) && equal_dependents(x, y);
}

bool NodeEquality::equal_names(const ObjectPlan& x, const ObjectPlan& y) {
  if (x.names.size() != y.names.size()) return false;
  budget_.spend(static_cast<std::int64_t>(x.names.size() / 8));
  for (std::size_t i = 0; i < x.names.size(); ++i) {
    const auto other = find_name(y, x.names[i].text, x.names[i].hash);
    if (other == kNoNode || required(x, i) != required(y, other)) return false;
    if (!equal_or_none(x.names[i].schema, y.names[other].schema)) return false;
  }
  return true;
}

bool NodeEquality::equal_patterns(const ObjectPlan& x, const ObjectPlan& y) {
  return pair_up(x.patterns, y.patterns, budget_, [&](const auto& a, const auto& b) {
    return left_.program().patterns[a.first].text == right_.program().patterns[b.first].text &&
           equal(a.second, b.second);
  });
}

bool NodeEquality::equal_dependents(const ObjectPlan& x, const ObjectPlan& y) {
  return pair_up(x.dependents, y.dependents, budget_, [&](const Dependent& a, const Dependent& b) {
    return x.names[a.name].text == y.names[b.name].text && texts_of(x, a.names) == texts_of(y, b.names) &&
           equal_or_none(a.schema, b.schema);
  });
}

}  // namespace signalbox::schema
