// What the evaluator checks of arrays.
#include <algorithm>

#include "schema/evaluator.hpp"

namespace signalbox::schema {
namespace {

std::string counted(std::uint32_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

bool Evaluator::check_array(NodeId id, const ArrayPlan& plan, TapeIndex value, Marks marks) {
  const auto count = tape_[value].size;
  bool fits = true;
  if (count < plan.min_items)
    fits = mismatch(id, "minItems", value,
                    [&] { return "must have at least " + counted(plan.min_items, "item"); });
  if (count > plan.max_items)
    fits = mismatch(id, "maxItems", value,
                    [&] { return "must have at most " + counted(plan.max_items, "item"); });
  if (fits && (plan.prefix.count > 0 || plan.rest != kNoNode)) fits = check_items(plan, value, marks);
  if ((fits || faults_) && plan.contains != kNoNode) fits = check_contains(id, plan, value, marks) && fits;
  if ((fits || faults_) && plan.unique && count > 1) fits = check_unique(id, value) && fits;
  return fits;
}

bool Evaluator::check_items(const ArrayPlan& plan, TapeIndex value, Marks marks) {
  bool fits = true;
  std::uint32_t index = 0;
  for (auto item = value + 1; item < tape_.next(value); item = tape_.next(item), ++index) {
    const auto schema = index < plan.prefix.count ? program_.list[plan.prefix.first + index] : plan.rest;
    if (schema == kNoNode) break;
    if (marks.on()) mark(marks, index);
    if (check(schema, item, {})) continue;
    fits = false;
    if (!describing()) return false;
  }
  return fits;
}

bool Evaluator::check_contains(NodeId id, const ArrayPlan& plan, TapeIndex value, Marks marks) {
  std::uint32_t found = 0, index = 0;
  const bool to_the_end = marks.on() || plan.max_contains != kNoLimit;
  for (auto item = value + 1; item < tape_.next(value); item = tape_.next(item), ++index) {
    if (!check_branch(plan.contains, item, {})) {
      if (left_ < 0) return false;
      continue;
    }
    ++found;
    if (marks.on()) mark(marks, index);
    if (!to_the_end && found >= plan.min_contains) return true;
  }
  if (found < plan.min_contains)
    return mismatch(id, plan.min_contains == 1 ? "contains" : "minContains", value, [&] {
      return "must hold at least " + counted(plan.min_contains, "item") + " as \"contains\" describes";
    });
  return found <= plan.max_contains || mismatch(id, "maxContains", value, [&] {
           return "must hold at most " + counted(plan.max_contains, "item") + " as \"contains\" describes";
         });
}

bool Evaluator::check_unique(NodeId id, TapeIndex value) {
  auto& hashes = scratch_.hashes;
  hashes.clear();
  for (auto item = value + 1; item < tape_.next(value) && left_ >= 0; item = tape_.next(item))
    hashes.emplace_back(hash_of_value(tape_, item, left_), item);
  std::sort(hashes.begin(), hashes.end());
  for (std::size_t i = 1; i < hashes.size(); ++i)
    for (auto other = i; other > 0 && hashes[other - 1].first == hashes[i].first; --other)
      if (equal(tape_, hashes[other - 1].second, tape_, hashes[i].second, left_))
        return mismatch(id, "uniqueItems", hashes[i].second, [&] {
          return "is the same as the item at " + tape_.pointer_to(hashes[other - 1].second);
        });
  return left_ >= 0;
}

bool Evaluator::check_unevaluated_items(NodeId schema, TapeIndex value, Marks marks) {
  bool fits = true;
  std::uint32_t index = 0;
  for (auto item = value + 1; item < tape_.next(value); item = tape_.next(item), ++index) {
    if (marked(marks, index) || check(schema, item, {})) continue;
    fits = false;
    if (!describing()) return false;
  }
  return fits;
}

}  // namespace signalbox::schema
