#include "pipeline/rule_index.hpp"

#include <algorithm>
#include <bit>

#include "pipeline/value_key.hpp"

namespace signalbox::pipeline {

CandidateIndex::Posting CandidateIndex::lookup(std::uint64_t key) const {
  const auto bit = key >> 40 & (present_.size() * 64 - 1);
  if ((present_[bit / 64] >> bit % 64 & 1) == 0) return {};
  for (auto at = key & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    const auto& slot = slots_[at];
    if (slot.posting.count == 0 || slot.key == key) return slot.posting;
  }
}

/// One event's way through the tree.
class CandidateIndex::Search {
 public:
  Search(const CandidateIndex& index, const FilterInput& input, Scratch& scratch, std::vector<RuleIndex>& out)
      : index_(index), input_(input), scratch_(scratch), out_(out) {}

  void start() {
    take(index_.nodes_.front().always);
    for (const auto field : input_.present())
      if (field < index_.root_plans_.size() && index_.root_plans_[field] != 0)
        probe(index_.root_plans_[field] - 1);
  }

 private:
  void take(const Posting& posting) {
    if (posting.count == 1) {
      out_.push_back(posting.value);
    } else if (posting.count == Posting::kNode) {
      enter(posting.value);
    } else {
      const auto* first = index_.postings_.data() + posting.value;
      out_.insert(out_.end(), first, first + posting.count);
    }
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
      const auto found =
          std::lower_bound(first, last, field, [](const Plan& plan, FieldId f) { return plan.field < f; });
      if (found != last && found->field == field)
        probe(static_cast<std::uint32_t>(found - index_.plans_.begin()));
    }
  }

  void probe(std::uint32_t number) {
    const auto& plan = index_.plans_[number];
    const auto leaves = input_.leaves(plan.field);
    if (leaves.empty()) return;
    take(plan.present);
    for (const auto& leaf : leaves) probe(plan, number, leaf);
  }

  void probe(const Plan& plan, std::uint32_t number, const Leaf& leaf) {
    const auto find = [&](Lookup lookup, IndexKey key) {
      take(index_.lookup(slot_key(number, lookup, key)));
    };
    if (plan.equal) find(Lookup::value, value_key(leaf));
    if (plan.folded)
      if (const auto key = folded_key(leaf)) find(Lookup::value, key);
    const auto text = leaf.text;
    for (auto lengths = plan.prefix_lengths; lengths != 0; lengths &= lengths - 1) {
      const auto size = static_cast<std::size_t>(std::countr_zero(lengths)) + 1;
      if (size > text.size()) break;
      find(Lookup::prefix, text_index_key(text.substr(0, size)));
    }
    for (auto lengths = plan.suffix_lengths; lengths != 0; lengths &= lengths - 1) {
      const auto size = static_cast<std::size_t>(std::countr_zero(lengths)) + 1;
      if (size > text.size()) break;
      find(Lookup::suffix, text_index_key(text.substr(text.size() - size)));
    }
    for (unsigned lengths = plan.infix_lengths; lengths != 0; lengths &= lengths - 1) {
      const auto size = static_cast<std::size_t>(std::countr_zero(lengths)) + 1;
      for (std::size_t at = 0; at + size <= text.size(); ++at)
        find(Lookup::infix, text_index_key(text.substr(at, size)));
    }
    if (plan.intervals != 0 && leaf.kind == Leaf::Kind::number && leaf.comparable)
      index_.intervals_[plan.intervals - 1].find(leaf.number, [&](RuleIndex rule) { out_.push_back(rule); });
    if ((plan.address || plan.networks != 0) && leaf.kind == Leaf::Kind::string)
      probe_address(plan, number, text);
  }

  void probe_address(const Plan& plan, std::uint32_t number, std::string_view text) {
    const auto address = parse_ip_address(text);
    if (!address) return;
    if (plan.address) take(index_.lookup(slot_key(number, Lookup::value, ip_address_key(*address))));
    if (plan.networks == 0) return;
    const auto& lengths = index_.networks_[plan.networks - 1];
    for (const auto bits : address->size == 4 ? lengths.v4 : lengths.v6)
      take(index_.lookup(slot_key(number, Lookup::network, network_index_key(*address, bits))));
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
