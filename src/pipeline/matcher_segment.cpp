#include "pipeline/matcher_segment.hpp"

#include <algorithm>
#include <cassert>
#include <map>

#include "pipeline/filter_shape.hpp"
#include "pipeline/rule_index_builder.hpp"

namespace signalbox::pipeline {

MatcherSegment::MatcherSegment(std::vector<Matcher::Rule> rules, FieldSet& fields) {
  std::sort(rules.begin(), rules.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  RuleIndexBuilder builder;
  rules_.reserve(rules.size());
  std::map<std::vector<FieldId>, std::uint32_t> known;
  std::vector<FieldId> bound;
  for (auto& rule : rules) {
    assert(rule.filter && (rules_.empty() || rules_.back().id != rule.id));
    const auto shape = rule.filter->shape();
    bound.clear();
    for (const auto& path : shape.fields) bound.push_back(fields.add(path));
    builder.add(shape, bound);
    const auto [place, is_new] = known.try_emplace(bound, static_cast<std::uint32_t>(bound_fields_.size()));
    if (is_new) bound_fields_.insert(bound_fields_.end(), bound.begin(), bound.end());
    rules_.push_back(
        {std::move(rule.filter), rule.id, place->second, static_cast<std::uint32_t>(bound.size())});
  }
  bound_fields_.shrink_to_fit();
  index_ = builder.build();
}

std::optional<RuleIndex> MatcherSegment::find(RuleId id) const {
  const auto before = [](const BoundRule& rule, RuleId wanted) { return rule.id < wanted; };
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
  // Rules are rarely in the cache when they are many: what is asked for together comes together.
  for (const auto place : candidates) __builtin_prefetch(&rules_[place]);
  for (const auto place : candidates) {
    constexpr std::size_t kLine = 64, kLines = 4;  // a usual filter
    const auto* filter = reinterpret_cast<const char*>(rules_[place].filter.get());
    for (std::size_t line = 0; line < kLines; ++line) __builtin_prefetch(filter + line * kLine);
  }
  for (const auto place : candidates) {
    if (removed && (*removed)[place]) continue;
    const auto& rule = rules_[place];
    const std::span<const FieldId> fields(bound_fields_.data() + rule.first_field, rule.field_count);
    if (rule.filter->matches(input, fields)) matched.push_back(rule.id);
  }
}

}  // namespace signalbox::pipeline
