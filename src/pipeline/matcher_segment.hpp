#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "pipeline/field_set.hpp"
#include "pipeline/matcher.hpp"
#include "pipeline/rule_index.hpp"

namespace signalbox::pipeline {

/// Some rules of a matcher, with their index.  Immutable.
class MatcherSegment {
 public:
  /// Adds the fields that the rules look at to `fields`.
  MatcherSegment(std::vector<Matcher::Rule> rules, FieldSet& fields);

  /// What is kept per thread between events, so that matching allocates nothing.
  struct Scratch {
    CandidateIndex::Scratch index;
    std::vector<RuleIndex> candidates;
  };

  /// Appends the rules that want the event, but for those `removed` (nullptr: none).
  void match(const FilterInput& input, const std::vector<bool>* removed, Scratch& scratch,
             std::vector<RuleId>& matched) const;

  std::size_t size() const { return rules_.size(); }
  Matcher::Rule rule(RuleIndex place) const { return {rules_[place].id, rules_[place].filter}; }
  /// The place of a rule; nullopt when it is not here.
  std::optional<RuleIndex> find(RuleId id) const;

 private:
  struct BoundRule {
    std::shared_ptr<const Filter> filter;
    RuleId id;
    std::uint32_t first_field = 0, field_count = 0;  // in bound_fields_
  };

  std::vector<BoundRule> rules_;       // by id
  std::vector<FieldId> bound_fields_;  // each list that rules have, once
  CandidateIndex index_;
};

}  // namespace signalbox::pipeline
