#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schema/program.hpp"

namespace signalbox::schema {

/// Collects what the keywords of one subschema ask of objects.
class ObjectPlanBuilder {
 public:
  bool empty() const { return empty_; }

  void add_property(std::string_view name, NodeId schema);
  void add_pattern(std::uint32_t pattern, NodeId schema);
  void set_additional(NodeId schema);
  void set_name_schema(NodeId schema);
  void set_min(std::uint32_t members);
  void set_max(std::uint32_t members);
  void require(std::string_view name);
  void add_dependent(Keyword keyword, std::string_view name, const std::vector<std::string_view>& names,
                     NodeId schema);

  ObjectPlan build() &&;

 private:
  std::uint32_t index_of(std::string_view name);

  ObjectPlan plan_;
  std::map<std::string, std::uint32_t, std::less<>> indexes_;
  std::vector<std::uint32_t> required_;
  bool empty_ = true;
};

/// The number of a member's name in the plan; kNoNode for one that the schema does not name.
inline std::uint32_t find_name(const ObjectPlan& plan, std::string_view name, std::uint32_t hash) {
  if (plan.slots.empty()) return kNoNode;
  for (auto slot = hash & plan.mask;; slot = (slot + 1) & plan.mask) {
    const auto index = plan.slots[slot];
    if (index == kNoNode) return kNoNode;
    const auto& known = plan.names[index];
    if (known.hash == hash && same_text(known.text, name)) return index;
  }
}

}  // namespace signalbox::schema
