#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "pipeline/filter_shape.hpp"
#include "pipeline/rule_index.hpp"

namespace signalbox::pipeline {

/// Makes a CandidateIndex: takes the shapes of all rules first, then chooses for each rule what to look it up
/// by.
class RuleIndexBuilder {
 public:
  /// The rule added n-th is the RuleIndex n.  `fields[i]` is the number of `shape.fields[i]`.
  void add(const FilterShape& shape, std::span<const FieldId> fields);
  /// Once, after the last add().
  CandidateIndex build();

 private:
  using Kind = Probe::Kind;
  using Posting = CandidateIndex::Posting;

  /// A probe as the index keeps it.
  struct Key {
    IndexKey key = 0;
    Kind kind = Kind::equal;
    std::uint8_t size = 0;    // of a text: its bytes; of a network: its bits
    std::uint8_t family = 0;  // of a network: 4 or 16
    std::uint32_t range = 0;  // of a range: in ranges_
  };
  static constexpr Key any_value() { return {0, Kind::range, 1}; }  // counts those who want a field at all
  struct Need {
    FieldId field = 0;
    std::uint32_t first_key = 0, key_count = 0;  // in keys_; none: any value
  };
  /// One way in which a rule can match.
  struct Way {
    RuleIndex rule = 0;
    std::uint32_t first_need = 0, need_count = 0;  // in needs_
    std::uint64_t met = 0;                         // bit n: the n-th need is what led here
  };
  /// A way under one of the keys of the need that was chosen for it.
  struct Filed {
    FieldId field = 0;
    std::uint32_t key = 0;  // in keys_, kAnyValue
    Way way;
  };
  struct Entry {
    std::uint64_t key = 0;
    Posting posting;
  };
  using Counts = std::unordered_map<std::uint64_t, std::uint32_t>;
  static constexpr std::uint32_t kAnyValue = static_cast<std::uint32_t>(-1);
  static constexpr std::uint32_t kNoNeed = static_cast<std::uint32_t>(-1);
  static constexpr std::uint32_t kRoot = 0;

  Key to_key(const Probe& probe);
  static std::uint64_t count_key(FieldId field, const Key& key);
  Counts count_keys(const std::vector<Way>& ways) const;
  std::uint64_t cost(const Need& need, const Counts& counts) const;
  std::uint32_t choose(const Way& way, const Counts& counts) const;
  bool has_more(const Way& way) const;

  std::uint32_t make_node(std::vector<Way> ways, unsigned depth);
  void make_plans(std::uint32_t node, std::vector<Filed> filed, unsigned depth);
  void file(std::uint32_t plan, std::span<const Filed> same_field, unsigned depth);
  void note(std::uint32_t plan, const Key& key);
  static CandidateIndex::Lookup lookup_of(Kind kind);
  Check check_of(const Need& need);
  Candidate candidate_of(const Way& way);
  Posting make_posting(std::vector<Way> ways, unsigned depth);
  void make_table();

  std::vector<Key> keys_;
  std::vector<Need> needs_;
  std::vector<Way> ways_;
  std::vector<NumericRange> ranges_;
  RuleIndex rule_count_ = 0;
  std::vector<Entry> entries_;  // of the table to be made
  CandidateIndex index_;
};

}  // namespace signalbox::pipeline
