#include "pipeline/matcher.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <unordered_map>

#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {
namespace {

/// A rule by its place in the matcher.
using RuleIndex = std::uint32_t;

/// Which rules to ask when a field has a value; sorted spans of one array, found by open addressing.
class ValueIndex {
 public:
  void add(FieldId field, ValueKey key, RuleIndex rule) { pending_[mix(field, key)].push_back(rule); }

  void build() {
    std::size_t capacity = 16;
    while (capacity < pending_.size() * 2) capacity *= 2;
    slots_.resize(capacity);
    for (auto& [key, rules] : pending_) {
      std::sort(rules.begin(), rules.end());
      rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
      auto at = key & (capacity - 1);
      while (slots_[at].count != 0) at = (at + 1) & (capacity - 1);
      slots_[at] = {key, static_cast<std::uint32_t>(rules_.size()), static_cast<std::uint32_t>(rules.size())};
      rules_.insert(rules_.end(), rules.begin(), rules.end());
    }
    pending_.clear();
  }

  std::span<const RuleIndex> find(FieldId field, ValueKey key) const {
    const auto mixed = mix(field, key);
    for (auto at = mixed & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const auto& slot = slots_[at];
      if (slot.count == 0) return {};
      if (slot.key == mixed) return {rules_.data() + slot.first, slot.count};
    }
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t first = 0, count = 0;  // in rules_; 0: the slot is free
  };

  static std::uint64_t mix(FieldId field, ValueKey key) { return key ^ (field + 1) * 0x9E3779B97F4A7C15u; }

  std::unordered_map<std::uint64_t, std::vector<RuleIndex>> pending_;
  std::vector<Slot> slots_;
  std::vector<RuleIndex> rules_;
};

/// What is kept per thread between events, so that matching allocates nothing.
struct Scratch {
  FilterInput input;
  std::vector<RuleIndex> candidates;
};

Scratch& scratch_for_this_thread() {
  static thread_local Scratch scratch;
  return scratch;
}

}  // namespace

struct Matcher::Impl {
  struct BoundRule {
    RuleId id;
    std::shared_ptr<const Filter> filter;
    std::uint32_t first_field = 0, field_count = 0;  // in bound_fields
    bool always = false;
  };

  /// What to do when a field is present.
  struct FieldPlan {
    bool has_values = false, has_addresses = false;
    std::vector<RuleIndex> when_present;  // rules to ask whatever its value
  };

  explicit Impl(std::vector<Rule> all) {
    std::sort(all.begin(), all.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
    for (auto& rule : all) {
      assert(rule.filter);
      bind(std::move(rule));
    }
    plans.resize(fields.size());
    count_keys();
    for (RuleIndex rule = 0; rule < rules.size(); ++rule) index(rule);
    values.build();
  }

  void bind(Rule rule) {
    BoundRule bound{rule.id, std::move(rule.filter)};
    const auto shape = bound.filter->shape();
    bound.always = shape.always;
    bound.first_field = static_cast<std::uint32_t>(bound_fields.size());
    bound.field_count = static_cast<std::uint32_t>(shape.fields.size());
    for (const auto& path : shape.fields) bound_fields.push_back(fields.add(path));
    rules.push_back(std::move(bound));
  }

  std::span<const FieldId> fields_of(const BoundRule& rule) const {
    return {bound_fields.data() + rule.first_field, rule.field_count};
  }

  /// How often each value is asked for, so that each rule can be found by its rarest.
  void count_keys() {
    for (const auto& rule : rules)
      for (const auto shape = rule.filter->shape(); const auto& alternative : shape.alternatives)
        for (const auto& requirement : alternative) {
          const auto field = fields_of(rule)[requirement.field];
          if (requirement.probes.empty()) ++present_count[field];
          for (const auto& probe : requirement.probes) ++key_count[{field, probe.key}];
        }
  }

  /// How many rules would be asked, at most, when one of the requirement's values comes.
  std::size_t cost(const BoundRule& rule, const Requirement& requirement) const {
    constexpr std::size_t kAnyValue =
        1'000'000'000;  // a value is always better to look for than mere presence
    const auto field = fields_of(rule)[requirement.field];
    if (requirement.probes.empty()) return kAnyValue + present_count.at(field);
    std::size_t most = 0;
    for (const auto& probe : requirement.probes) most = std::max(most, key_count.at({field, probe.key}));
    return most;
  }

  void index(RuleIndex number) {
    const auto& rule = rules[number];
    if (rule.always) {
      asked_always.push_back(number);
      return;
    }
    const auto alternatives = rule.filter->shape().alternatives;
    assert(!alternatives.empty());
    if (std::any_of(alternatives.begin(), alternatives.end(), [](const auto& a) { return a.empty(); })) {
      asked_always.push_back(number);
      return;
    }
    for (const auto& alternative : alternatives) {
      const auto best =
          std::min_element(alternative.begin(), alternative.end(),
                           [&](const auto& a, const auto& b) { return cost(rule, a) < cost(rule, b); });
      const auto field = fields_of(rule)[best->field];
      auto& plan = plans[field];
      if (best->probes.empty()) {
        if (plan.when_present.empty() || plan.when_present.back() != number)
          plan.when_present.push_back(number);
        continue;
      }
      plan.has_values = true;
      for (const auto& probe : best->probes) {
        plan.has_addresses |= probe.kind == Probe::Kind::address;
        values.add(field, probe.key, number);
      }
    }
  }

  /// The rules that might want the event, ascending, each once.
  void find_candidates(const FilterInput& input, std::vector<RuleIndex>& out) const {
    out.assign(asked_always.begin(), asked_always.end());
    const auto append = [&out](std::span<const RuleIndex> found) {
      out.insert(out.end(), found.begin(), found.end());
    };
    for (const auto field : input.present()) {
      const auto& plan = plans[field];
      append(plan.when_present);
      if (!plan.has_values) continue;
      for (const auto& leaf : input.leaves(field)) {
        append(values.find(field, value_key(leaf)));
        if (!plan.has_addresses) continue;
        if (const auto key = address_key(leaf)) append(values.find(field, key));
      }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
  }

  struct KeyHash {
    std::size_t operator()(const std::pair<FieldId, ValueKey>& key) const {
      return static_cast<std::size_t>(key.second ^ (key.first + 1) * 0x9E3779B97F4A7C15u);
    }
  };

  FieldSet fields;
  std::vector<BoundRule> rules;  // by id
  std::vector<FieldId> bound_fields;
  std::vector<FieldPlan> plans;  // by field
  std::vector<RuleIndex> asked_always;
  ValueIndex values;
  std::unordered_map<std::pair<FieldId, ValueKey>, std::size_t, KeyHash> key_count;
  std::unordered_map<FieldId, std::size_t> present_count;
};

Matcher::Matcher(std::vector<Rule> rules) {
  auto impl = std::make_unique<Impl>(std::move(rules));
  impl->key_count = {};  // only for building
  impl->present_count = {};
  impl_ = std::move(impl);
}

Matcher::~Matcher() = default;

void Matcher::match(const Event& event, std::vector<RuleId>& matched) const {
  matched.clear();
  if (impl_->rules.empty()) return;
  auto& [input, candidates] = scratch_for_this_thread();
  input.fill(impl_->fields, event);
  impl_->find_candidates(input, candidates);
  for (const auto index : candidates) {
    const auto& rule = impl_->rules[index];
    if (rule.always || rule.filter->matches(input, impl_->fields_of(rule))) matched.push_back(rule.id);
  }
}

}  // namespace signalbox::pipeline
