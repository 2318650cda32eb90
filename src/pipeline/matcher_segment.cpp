#include "pipeline/matcher_segment.hpp"

#include <algorithm>
#include <cassert>

#include "pipeline/filter_shape.hpp"
#include "pipeline/rule_index_builder.hpp"

namespace signalbox::pipeline {

MatcherSegment::MatcherSegment(std::vector<Matcher::Rule> rules, FieldSet& fields) {
  std::sort(rules.begin(), rules.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  RuleIndexBuilder builder;
  rules_.reserve(rules.size());
  first_fields_.reserve(rules.size() + 1);
  std::vector<FieldId> bound;
  for (auto& rule : rules) {
    assert(rule.filter && (rules_.empty() || rules_.back().id != rule.id));
    const auto shape = rule.filter->shape();
    bound.clear();
    for (const auto& path : shape.fields) bound.push_back(fields.add(path));
    builder.add(shape, bound);
    first_fields_.push_back(static_cast<std::uint32_t>(bound_fields_.size()));
    bound_fields_.insert(bound_fields_.end(), bound.begin(), bound.end());
    rules_.push_back(std::move(rule));
  }
  first_fields_.push_back(static_cast<std::uint32_t>(bound_fields_.size()));
  bound_fields_.shrink_to_fit();
  index_ = builder.build();
}

std::optional<RuleIndex> MatcherSegment::find(RuleId id) const {
  const auto before = [](const Matcher::Rule& rule, RuleId wanted) { return rule.id < wanted; };
  const auto found = std::lower_bound(rules_.begin(), rules_.end(), id, before);
  if (found == rules_.end() || found->id != id) return std::nullopt;
  return static_cast<RuleIndex>(found - rules_.begin());
}

void MatcherSegment::match(const FilterInput& input, const std::vector<bool>* removed, Scratch& scratch,
                           std::vector<RuleId>& matched) const {
  auto& candidates = scratch.candidates;
  candidates.clear();
  index_.find(input, scratch.index, candidates);
  if (candidates.size() > 1) {
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  }
  for (const auto place : candidates) {
    if (removed && (*removed)[place]) continue;
    const auto first = first_fields_[place], last = first_fields_[place + 1];
    const std::span<const FieldId> fields(bound_fields_.data() + first, last - first);
    if (rules_[place].filter->matches(input, fields)) matched.push_back(rules_[place].id);
  }
}

}  // namespace signalbox::pipeline
