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
  const Matcher::Rule& rule(RuleIndex place) const { return rules_[place]; }
  /// The place of a rule; nullopt when it is not here.
  std::optional<RuleIndex> find(RuleId id) const;

 private:
  std::vector<Matcher::Rule> rules_;         // by id
  std::vector<std::uint32_t> first_fields_;  // by place, in bound_fields_; one more says where the last end
  std::vector<FieldId> bound_fields_;
  CandidateIndex index_;
};

}  // namespace signalbox::pipeline
