#include "schema/object_plan.hpp"

#include <bit>

#include "event/text_scan.hpp"

namespace signalbox::schema {

std::uint32_t ObjectPlanBuilder::index_of(std::string_view name) {
  const auto known = indexes_.find(name);
  if (known != indexes_.end()) return known->second;
  const auto index = static_cast<std::uint32_t>(plan_.names.size());
  plan_.names.push_back({std::string(name), event::hash_of_name(name)});
  indexes_.emplace(name, index);
  return index;
}

void ObjectPlanBuilder::add_property(std::string_view name, NodeId schema) {
  empty_ = false;
  plan_.names[index_of(name)].schema = schema;
}

void ObjectPlanBuilder::add_pattern(std::uint32_t pattern, NodeId schema) {
  empty_ = false;
  plan_.patterns.emplace_back(pattern, schema);
}

void ObjectPlanBuilder::set_additional(NodeId schema) {
  empty_ = false;
  plan_.additional = schema;
}

void ObjectPlanBuilder::set_name_schema(NodeId schema) {
  empty_ = false;
  plan_.name_schema = schema;
}

void ObjectPlanBuilder::set_min(std::uint32_t members) {
  empty_ = false;
  plan_.min_members = members;
}

void ObjectPlanBuilder::set_max(std::uint32_t members) {
  empty_ = false;
  plan_.max_members = members;
}

void ObjectPlanBuilder::require(std::string_view name) {
  empty_ = false;
  required_.push_back(index_of(name));
}

void ObjectPlanBuilder::add_dependent(Keyword keyword, std::string_view name,
                                      const std::vector<std::string_view>& names, NodeId schema) {
  empty_ = false;
  Dependent dependent;
  dependent.keyword = keyword;
  dependent.name = index_of(name);
  dependent.schema = schema;
  for (const auto needed : names) dependent.names.push_back(index_of(needed));
  plan_.dependents.push_back(std::move(dependent));
}

ObjectPlan ObjectPlanBuilder::build() && {
  const auto count = plan_.names.size();
  plan_.looks_at_members =
      count > 0 || !plan_.patterns.empty() || plan_.additional != kNoNode || plan_.name_schema != kNoNode;
  plan_.by_name_only = plan_.patterns.empty() && plan_.additional == kNoNode && plan_.name_schema == kNoNode;
  if (!required_.empty()) plan_.required.assign((count + 63) / 64, 0);
  for (const auto index : required_) plan_.required[index / 64] |= std::uint64_t{1} << index % 64;
  if (count == 0) return std::move(plan_);
  plan_.slots.assign(std::bit_ceil(count * 2 + 1), kNoNode);
  plan_.mask = static_cast<std::uint32_t>(plan_.slots.size() - 1);
  for (std::uint32_t index = 0; index < count; ++index) {
    auto slot = plan_.names[index].hash & plan_.mask;
    while (plan_.slots[slot] != kNoNode) slot = (slot + 1) & plan_.mask;
    plan_.slots[slot] = index;
  }
  return std::move(plan_);
}

}  // namespace signalbox::schema
