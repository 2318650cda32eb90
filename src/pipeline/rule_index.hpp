#pragma once
#include <cstdint>
#include <vector>

#include "pipeline/candidate.hpp"
#include "pipeline/field_set.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/index_key.hpp"
#include "pipeline/interval_index.hpp"

namespace signalbox::pipeline {

/// What finds, among many rules, those that might match an event: for each rule (for each of the ways in
/// which it can match) the requirement that the fewest other rules share is looked up by the event's values,
/// and two others are checked by a bit each.
///
/// Many rules that share a requirement go into a node of their own below it, which looks them up by what else
/// they need, and so on: a tree whose nodes each look at some fields.  What it finds has to be asked; it
/// finds too much, never too little.  Made by RuleIndexBuilder; const methods may run concurrently.
class CandidateIndex {
 public:
  /// What is kept between events by who asks, so that asking allocates nothing.
  struct Scratch {
    EventBits bits;
    std::vector<std::uint64_t> keys;     // to be looked up
    std::vector<std::uint32_t> found;    // slots of those that are there
    std::vector<std::uint32_t> visited;  // by node: the round in which it was
    std::uint32_t round = 0;
  };

  /// Appends the rules that might match, in no order, some of them more than once.
  void find(const FilterInput& input, Scratch& scratch, std::vector<RuleIndex>& out) const;

 private:
  friend class RuleIndexBuilder;

  /// Where it goes on when a requirement holds: to one candidate, to several, or to a node.
  struct Posting {
    enum class Kind : std::uint8_t { none, one, several, node };
    Kind kind = Kind::none;
    std::uint32_t value = 0;        // of one: the rule; of several: their place in lists_; of node: its place
    std::array<Check, 2> checks{};  // of one
  };
  struct Slot {
    std::uint32_t tag = 0;  // of the key; one that is met twice is two slots
    Posting posting;        // none: the slot is free
  };
  /// What one node does with one field.
  struct Plan {
    FieldId field = 0;
    std::uint32_t prefix_lengths = 0, suffix_lengths = 0;  // bit n - 1: some have n bytes
    std::uint32_t intervals = 0;                           // in intervals_, from 1; 0: none
    std::uint32_t networks = 0;                            // in networks_, from 1; 0: none
    std::uint8_t infix_lengths = 0;
    bool equal = false, address = false, folded = false;
    Posting present;  // whatever the value
  };
  struct NetworkLengths {
    std::vector<std::uint8_t> v4, v6;  // bits of the networks' prefixes, each once
  };
  struct Node {
    std::uint32_t first_plan = 0, plan_count = 0;  // in plans_, by field
    Posting always;
  };
  /// How a value is looked up, so that keys of several kinds do not meet.
  enum class Lookup : std::uint64_t { value = 1, prefix, suffix, infix, network, presence };

  class Search;

  static std::uint64_t slot_key(std::uint32_t plan, Lookup lookup, IndexKey key) {
    const auto mixed =
        (key ^ (static_cast<std::uint64_t>(lookup) << 32 | plan) * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
    return mixed ^ mixed >> 32;
  }
  static std::uint32_t tag_of(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32); }
  /// False for most keys that are not in the table.
  bool maybe_there(std::uint64_t key) const {
    const auto bit = present_bit(key);
    return (present_[bit / 64] >> bit % 64 & 1) != 0;
  }
  std::size_t present_bit(std::uint64_t key) const { return key >> 40 & (present_.size() * 64 - 1); }

  std::vector<Node> nodes_;                // [0]: where it begins
  std::vector<Plan> plans_;                // the root's first
  std::vector<std::uint32_t> root_plans_;  // by field: the root's plan + 1, 0: none
  std::vector<Slot> slots_;                // open addressing, a power of two
  std::vector<std::uint64_t> present_;     // a bit for each key, to tell most that are not in slots_
  std::vector<Candidate> lists_;           // each list begins with its length, as the rule of a candidate
  std::vector<IntervalIndex> intervals_;
  std::vector<NetworkLengths> networks_;
};

}  // namespace signalbox::pipeline
