#include "pipeline/rule_index.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "pipeline/value_key.hpp"

namespace signalbox::pipeline {

/// One event's way through the tree.
class CandidateIndex::Search {
 public:
  Search(const CandidateIndex& index, const FilterInput& input, Scratch& scratch, std::vector<RuleIndex>& out)
      : index_(index), input_(input), scratch_(scratch), out_(out) {}

  /// First all keys of the event, so that all checks can be made; then what they lead to.  What is not in the
  /// cache is asked for together, step by step: slots, lists, and by who called, rules.
  void start() {
    scratch_.bits.clear();
    scratch_.keys.clear();
    for_each_root_plan([this](std::uint32_t number) { collect(number); });
    take(index_.nodes_.front().always);
    for_each_root_plan([this](std::uint32_t number) { take_but_keys(index_.plans_[number]); });
    scratch_.found.clear();
    for (const auto key : scratch_.keys)
      for_each_slot(key, [this](std::uint32_t at) {
        const auto& posting = index_.slots_[at].posting;
        if (posting.kind == Posting::Kind::several) __builtin_prefetch(index_.lists_.data() + posting.value);
        scratch_.found.push_back(at);
      });
    for (const auto at : scratch_.found) take(index_.slots_[at].posting);
  }

 private:
  template <class Visit>
  void for_each_root_plan(Visit visit) const {
    for (const auto field : input_.present())
      if (field < index_.root_plans_.size() && index_.root_plans_[field] != 0)
        visit(index_.root_plans_[field] - 1);
  }

  void collect(std::uint32_t number) {
    const auto& plan = index_.plans_[number];
    scratch_.bits.set(EventBits::check_of(slot_key(number, Lookup::presence, 0)));
    for (const auto& leaf : input_.leaves(plan.field))
      for_each_key(plan, number, leaf, [this](std::uint64_t key) {
        scratch_.bits.set(EventBits::check_of(key));
        if (!index_.maybe_there(key)) return;
        __builtin_prefetch(&index_.slots_[key & (index_.slots_.size() - 1)]);
        scratch_.keys.push_back(key);
      });
  }

  /// What a plan leads to other than by keys.
  void take_but_keys(const Plan& plan) {
    take(plan.present);
    if (plan.intervals == 0) return;
    const auto& intervals = index_.intervals_[plan.intervals - 1];
    for (const auto& leaf : input_.leaves(plan.field))
      if (leaf.kind == Leaf::Kind::number && leaf.comparable)
        intervals.find(leaf.number, [this](const Candidate& candidate) { take(candidate); });
  }

  /// Each node once in an event: what is found there does not depend on the way.
  void enter(std::uint32_t number) {
    if (scratch_.visited.size() <= number) scratch_.visited.resize(index_.nodes_.size());
    if (std::exchange(scratch_.visited[number], scratch_.round) == scratch_.round) return;
    const auto& node = index_.nodes_[number];
    take(node.always);
    const auto end = node.first_plan + node.plan_count;
    if (node.plan_count <= kFewPlans) {
      for (auto plan = node.first_plan; plan != end; ++plan) probe(plan);
      return;
    }
    for (const auto field : input_.present()) {
      const auto first = index_.plans_.begin() + node.first_plan, last = index_.plans_.begin() + end;
      const auto before = [](const Plan& plan, FieldId f) { return plan.field < f; };
      const auto found = std::lower_bound(first, last, field, before);
      if (found != last && found->field == field)
        probe(static_cast<std::uint32_t>(found - index_.plans_.begin()));
    }
  }

  void probe(std::uint32_t number) {
    const auto& plan = index_.plans_[number];
    const auto leaves = input_.leaves(plan.field);
    if (leaves.empty()) return;
    take_but_keys(plan);
    for (const auto& leaf : leaves)
      for_each_key(plan, number, leaf, [this](std::uint64_t key) {
        if (!index_.maybe_there(key)) return;
        for_each_slot(key, [this](std::uint32_t at) { take(index_.slots_[at].posting); });
      });
  }

  /// Keys that are equal in their tag and near in place are all visited.
  template <class Visit>
  void for_each_slot(std::uint64_t key, Visit visit) const {
    const auto mask = index_.slots_.size() - 1;
    for (auto at = key & mask;; at = (at + 1) & mask) {
      const auto& slot = index_.slots_[at];
      if (slot.posting.kind == Posting::Kind::none) return;
      if (slot.tag == tag_of(key)) visit(static_cast<std::uint32_t>(at));
    }
  }

  void take(const Candidate& candidate) {
    if (candidate.possible(scratch_.bits)) out_.push_back(candidate.rule);
  }

  void take(const Posting& posting) {
    switch (posting.kind) {
      case Posting::Kind::none:
        return;
      case Posting::Kind::one:
        return take(Candidate{posting.value, posting.checks});
      case Posting::Kind::several: {
        const auto* list = index_.lists_.data() + posting.value;
        for (RuleIndex i = 1; i <= list->rule; ++i) take(list[i]);
        return;
      }
      case Posting::Kind::node:
        return enter(posting.value);
    }
  }

  /// All keys under which the plan's rules may have filed the value.
  template <class Visit>
  void for_each_key(const Plan& plan, std::uint32_t number, const Leaf& leaf, Visit visit) const {
    const auto give = [&](Lookup lookup, IndexKey key) { visit(slot_key(number, lookup, key)); };
    if (plan.equal) give(Lookup::value, value_key(leaf));
    if (plan.folded && leaf.kind == Leaf::Kind::string) give(Lookup::value, folded_key(leaf));
    const auto text = leaf.text;
    for (auto lengths = plan.prefix_lengths; lengths != 0; lengths &= lengths - 1) {
      const auto size = static_cast<std::size_t>(std::countr_zero(lengths)) + 1;
      if (size > text.size()) break;
      give(Lookup::prefix, text_index_key(text.substr(0, size)));
    }
    for (auto lengths = plan.suffix_lengths; lengths != 0; lengths &= lengths - 1) {
      const auto size = static_cast<std::size_t>(std::countr_zero(lengths)) + 1;
      if (size > text.size()) break;
      give(Lookup::suffix, text_index_key(text.substr(text.size() - size)));
    }
    for (unsigned lengths = plan.infix_lengths; lengths != 0; lengths &= lengths - 1) {
      const auto size = static_cast<std::size_t>(std::countr_zero(lengths)) + 1;
      for (std::size_t at = 0; at + size <= text.size(); ++at)
        give(Lookup::infix, text_index_key(text.substr(at, size)));
    }
    if ((!plan.address && plan.networks == 0) || leaf.kind != Leaf::Kind::string) return;
    const auto address = parse_ip_address(text);
    if (!address) return;
    if (plan.address) give(Lookup::value, ip_address_key(*address));
    if (plan.networks == 0) return;
    const auto& bits = index_.networks_[plan.networks - 1];
    for (const auto length : address->size == 4 ? bits.v4 : bits.v6)
      give(Lookup::network, network_index_key(*address, length));
  }

  static constexpr std::uint32_t kFewPlans = 8;

  const CandidateIndex& index_;
  const FilterInput& input_;
  Scratch& scratch_;
  std::vector<RuleIndex>& out_;
};

void CandidateIndex::find(const FilterInput& input, Scratch& scratch, std::vector<RuleIndex>& out) const {
  if (++scratch.round == 0) {
    scratch.visited.assign(scratch.visited.size(), 0);
    scratch.round = 1;
  }
  Search(*this, input, scratch, out).start();
}

}  // namespace signalbox::pipeline
