// What inclusion shows of arrays.
#include <algorithm>

#include "schema/inclusion.hpp"

namespace signalbox::schema {
namespace {

std::string items_counted(std::uint32_t count) { return std::to_string(count) + (count == 1 ? " item" : " items"); }

std::uint32_t longest_prefix(const std::vector<ArrayFacts>& arrays) {
  std::uint32_t longest = 0;
  for (const auto& [plan, rest] : arrays) longest = std::max(longest, plan->prefix.count);
  return longest;
}

}  // namespace

bool Inclusion::prove_arrays(const ValueSet& values, const Facts& facts, NodeId reader) {
  const auto& plan = reader_.array_plan(reader);
  bool shown = true;
  const auto lacks = [&](std::string_view keyword, const std::string& what) {
    shown = differ(values.near, reader, keyword, [&] {
      return names_.reader + " asks for " + what + ", " + names_.writer_again + " does not";
    });
  };
  if (writer_.min_items(facts) < plan.min_items) lacks("minItems", "at least " + items_counted(plan.min_items));
  if (writer_.max_items(facts) > plan.max_items) lacks("maxItems", "at most " + items_counted(plan.max_items));
  const auto arrays = writer_.arrays(facts);
  const bool unique =
      writer_.max_items(facts) <= 1 ||
      std::any_of(arrays.begin(), arrays.end(), [](const auto& own) { return own.plan->unique; });
  if (plan.unique && !unique) lacks("uniqueItems", "items that differ");
  if (shown || quiet_ == 0) shown = prove_items(values, facts, reader) && shown;
  if (shown || quiet_ == 0) shown = prove_contains(values, facts, reader) && shown;
  const auto unevaluated = reader_.node(reader).unevaluated_items;
  if (unevaluated == kNoNode || plan.rest != kNoNode || reader_.rest_of(reader, plan) == unevaluated ||
      reader_.accepts_all(unevaluated))
    return shown;
  return give_up(values.near, reader, "unevaluatedItems", [] {
    return "cannot be shown to be compatible: it depends on what other keywords look at, and those differ";
  });
}

bool Inclusion::prove_items(const ValueSet& values, const Facts& facts, NodeId reader) {
  const auto& plan = reader_.array_plan(reader);
  const auto rest = reader_.rest_of(reader, plan);
  const auto end = std::max(longest_prefix(writer_.arrays(facts)), plan.prefix.count);
  const auto most = writer_.max_items(facts);
  bool shown = true;
  // The position behind all that have a schema of their own stands for those after it.
  for (std::uint32_t index = 0; index <= end && index < most && (shown || quiet_ == 0); ++index) {
    if (!budget_.spend()) return false;
    const auto wanted = index < plan.prefix.count ? reader_.program().list[plan.prefix.first + index] : rest;
    if (wanted == kNoNode || reader_.accepts_all(wanted)) continue;
    const auto items = writer_.items_at(facts, index, values.near);
    if (!items.terms.empty())
      shown = prove(items, wanted) && shown;
    else
      shown = differ(values.near, wanted, "", [&] {
        return names_.reader + " says what the items must be, " + names_.writer_again + " allows any";
      });
  }
  return shown;
}

bool Inclusion::prove_contains(const ValueSet& values, const Facts& facts, NodeId reader) {
  const auto& plan = reader_.array_plan(reader);
  if (plan.contains == kNoNode) return true;
  bool shown = true;
  const auto lacks = [&](std::string_view keyword) {
    shown = give_up(values.near, reader, keyword, [&] {
      return "cannot be shown to be compatible: " + names_.writer +
             " does not plainly ask for what \"contains\" does";
    });
  };
  if (!contains_enough(facts, plan)) lacks(plan.min_contains == 1 ? "contains" : "minContains");
  if (!contains_not_too_many(facts, plan)) lacks("maxContains");
  return shown;
}

bool Inclusion::contains_enough(const Facts& facts, const ArrayPlan& plan) {
  if (plan.min_contains == 0) return true;
  for (const auto& [own, rest] : writer_.arrays(facts)) {
    if (own->contains == kNoNode || own->min_contains < plan.min_contains) continue;
    ValueSet found;
    found.near = own->contains;
    found.add(own->contains);
    if (attempt([&] { return prove(found, plan.contains); })) return true;
  }
  if (writer_.min_items(facts) < plan.min_contains) return false;
  const auto end = longest_prefix(writer_.arrays(facts));
  const auto most = writer_.max_items(facts);
  for (std::uint32_t index = 0; index <= end && index < most; ++index) {
    const auto items = writer_.items_at(facts, index, 0);
    if (!attempt([&] { return prove(items, plan.contains); })) return false;
  }
  return true;
}

bool Inclusion::contains_not_too_many(const Facts& facts, const ArrayPlan& plan) {
  if (writer_.max_items(facts) <= plan.max_contains) return true;
  ValueSet found;
  found.add(plan.contains);
  for (const auto& [own, rest] : writer_.arrays(facts))
    if (own->contains != kNoNode && own->max_contains <= plan.max_contains &&
        reversed().prove(found, own->contains))
      return true;
  return false;
}

}  // namespace signalbox::schema
