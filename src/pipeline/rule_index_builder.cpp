#include "pipeline/rule_index_builder.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <tuple>
#include <utility>

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kCheckedTogether = 32;  // so many rules are checked rather than told apart by a node
constexpr unsigned kIndexDepthMax = 6;
constexpr std::uint32_t kNeedsMax = 64;  // of one way that are looked at

/// How much likelier a value is to be found by such a key than by an equal one, roughly.
std::uint64_t weight(Probe::Kind kind, std::size_t size) {
  switch (kind) {
    case Probe::Kind::equal:
    case Probe::Kind::address:
    case Probe::Kind::folded:
      return 1;
    case Probe::Kind::prefix:
    case Probe::Kind::suffix:
      return size > 3 ? 2 : 8;
    case Probe::Kind::network:
      return 4;
    case Probe::Kind::infix:
      return 64;
    case Probe::Kind::range:
      return 16;
  }
  return 1;
}

unsigned bits_of(const IpRange& network) {
  unsigned bits = 0;
  while (bits < network.first.size * 8u) {
    const auto differ = static_cast<unsigned>(network.first.bytes[bits / 8] ^ network.last.bytes[bits / 8]);
    if (differ >> (7 - bits % 8) & 1) break;
    ++bits;
  }
  return bits;
}

}  // namespace

RuleIndexBuilder::Key RuleIndexBuilder::to_key(const Probe& probe) {
  const std::string_view text = probe.text;
  const auto affix = std::min(text.size(), kAffixBytesMax), infix = std::min(text.size(), kInfixBytesMax);
  switch (probe.kind) {
    case Kind::equal:
    case Kind::address:
    case Kind::folded:
      return {probe.key, probe.kind};
    case Kind::prefix:
      return {text_index_key(text.substr(0, affix)), probe.kind, static_cast<std::uint8_t>(affix)};
    case Kind::suffix:
      return {text_index_key(text.substr(text.size() - affix)), probe.kind, static_cast<std::uint8_t>(affix)};
    case Kind::infix:
      return {text_index_key(text.substr(0, infix)), probe.kind, static_cast<std::uint8_t>(infix)};
    case Kind::network: {
      const auto bits = bits_of(probe.network);
      return {network_index_key(probe.network.first, bits), probe.kind, static_cast<std::uint8_t>(bits),
              probe.network.first.size};
    }
    case Kind::range:
      break;
  }
  ranges_.push_back(probe.range);
  return {0, Kind::range, 0, 0, static_cast<std::uint32_t>(ranges_.size() - 1)};
}

void RuleIndexBuilder::add(const FilterShape& shape, std::span<const FieldId> fields) {
  assert(!shape.alternatives.empty());
  for (const auto& alternative : shape.alternatives) {
    Way way;
    way.rule = rule_count_;
    way.first_need = static_cast<std::uint32_t>(needs_.size());
    way.need_count = std::min(static_cast<std::uint32_t>(alternative.size()), kNeedsMax);
    for (std::uint32_t i = 0; i < way.need_count; ++i) {
      const auto& requirement = alternative[i];
      needs_.push_back({fields[requirement.field], static_cast<std::uint32_t>(keys_.size()),
                        static_cast<std::uint32_t>(requirement.probes.size())});
      for (const auto& probe : requirement.probes) keys_.push_back(to_key(probe));
    }
    ways_.push_back(way);
  }
  ++rule_count_;
}

/// Ranges of a field count together, since any of them may hold; so does any value.
std::uint64_t RuleIndexBuilder::count_key(FieldId field, const Key& key) {
  return (key.key ^ (static_cast<std::uint64_t>(key.kind) << 40 | field) * 0x9E3779B97F4A7C15u) *
         0xD6E8FEB86659FD93u;
}

RuleIndexBuilder::Counts RuleIndexBuilder::count_keys(const std::vector<Way>& ways) const {
  Counts counts;
  counts.reserve(ways.size() * 2);
  for (const auto& way : ways)
    for (std::uint32_t i = 0; i < way.need_count; ++i) {
      if (way.met >> i & 1) continue;
      const auto& need = needs_[way.first_need + i];
      for (std::uint32_t k = 0; k < need.key_count; ++k)
        ++counts[count_key(need.field, keys_[need.first_key + k])];
      if (need.key_count == 0) ++counts[count_key(need.field, any_value())];
    }
  return counts;
}

/// How many rules would be asked, roughly, when the need is met.
std::uint64_t RuleIndexBuilder::cost(const Need& need, const Counts& counts) const {
  constexpr std::uint64_t kMerelyThere = 1'000'000'000;  // any condition on the value is better
  if (need.key_count == 0) return kMerelyThere + counts.at(count_key(need.field, any_value()));
  std::uint64_t most = 0;
  for (std::uint32_t k = 0; k < need.key_count; ++k) {
    const auto& key = keys_[need.first_key + k];
    most = std::max(most, counts.at(count_key(need.field, key)) * weight(key.kind, key.size));
  }
  return most;
}

std::uint32_t RuleIndexBuilder::choose(const Way& way, const Counts& counts) const {
  std::uint32_t best = kNoNeed;
  std::uint64_t lowest = 0;
  for (std::uint32_t i = 0; i < way.need_count; ++i) {
    if (way.met >> i & 1) continue;
    const auto price = cost(needs_[way.first_need + i], counts);
    if (best != kNoNeed && price >= lowest) continue;
    best = i;
    lowest = price;
  }
  return best;
}

bool RuleIndexBuilder::has_more(const Way& way) const {
  return static_cast<std::uint32_t>(std::popcount(way.met)) < way.need_count;
}

CandidateIndex::Lookup RuleIndexBuilder::lookup_of(Kind kind) {
  using Lookup = CandidateIndex::Lookup;
  switch (kind) {
    case Kind::prefix:
      return Lookup::prefix;
    case Kind::suffix:
      return Lookup::suffix;
    case Kind::infix:
      return Lookup::infix;
    case Kind::network:
      return Lookup::network;
    case Kind::equal:
    case Kind::address:
    case Kind::folded:
    case Kind::range:
      break;
  }
  return Lookup::value;
}

/// The check for a need, 0 when there is none for such a one.
Check RuleIndexBuilder::check_of(const Need& need) {
  using Lookup = CandidateIndex::Lookup;
  const auto plan = index_.root_plans_[need.field] - 1;
  if (need.key_count == 0) return EventBits::check_of(CandidateIndex::slot_key(plan, Lookup::presence, 0));
  const auto& key = keys_[need.first_key];
  if (need.key_count > 1 || key.kind == Kind::range || key.kind == Kind::infix) return 0;
  note(plan, key);
  return EventBits::check_of(CandidateIndex::slot_key(plan, lookup_of(key.kind), key.key));
}

/// The rule of a way, with checks for the two needs that say the most of those that have not led to it.
Candidate RuleIndexBuilder::candidate_of(const Way& way) {
  Candidate candidate{way.rule};
  const auto price = [this](const Need& need) {
    if (need.key_count != 1) return need.key_count == 0 ? 100u : 1000u;
    const auto& key = keys_[need.first_key];
    return static_cast<unsigned>(weight(key.kind, key.size));
  };
  std::array<std::pair<unsigned, std::uint32_t>, kNeedsMax> unmet;
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < way.need_count; ++i)
    if ((way.met >> i & 1) == 0) unmet[count++] = {price(needs_[way.first_need + i]), way.first_need + i};
  const auto best = std::min(count, candidate.checks.size());
  std::partial_sort(unmet.begin(), unmet.begin() + static_cast<std::ptrdiff_t>(best),
                    unmet.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < best; ++i) candidate.checks[i] = check_of(needs_[unmet[i].second]);
  return candidate;
}

RuleIndexBuilder::Posting RuleIndexBuilder::make_posting(std::vector<Way> ways, unsigned depth) {
  const bool tell_apart =
      ways.size() > kCheckedTogether && depth < kIndexDepthMax &&
      std::any_of(ways.begin(), ways.end(), [this](const Way& way) { return has_more(way); });
  if (tell_apart) return {Posting::Kind::node, make_node(std::move(ways), depth + 1)};
  if (ways.empty()) return {};
  if (ways.size() == 1) {
    const auto candidate = candidate_of(ways.front());
    return {Posting::Kind::one, candidate.rule, candidate.checks};
  }
  const Posting posting{Posting::Kind::several, static_cast<std::uint32_t>(index_.lists_.size())};
  index_.lists_.push_back({static_cast<RuleIndex>(ways.size())});
  for (const auto& way : ways) index_.lists_.push_back(candidate_of(way));
  return posting;
}

std::uint32_t RuleIndexBuilder::make_node(std::vector<Way> ways, unsigned depth) {
  const auto node = static_cast<std::uint32_t>(index_.nodes_.size());
  index_.nodes_.emplace_back();
  std::vector<Way> always;
  std::vector<Filed> filed;
  {
    const auto counts = count_keys(ways);
    filed.reserve(ways.size());
    for (auto& way : ways) {
      const auto chosen = choose(way, counts);
      if (chosen == kNoNeed) {
        always.push_back(way);
        continue;
      }
      const auto& need = needs_[way.first_need + chosen];
      way.met |= std::uint64_t{1} << chosen;
      for (std::uint32_t k = 0; k < need.key_count; ++k)
        filed.push_back({need.field, need.first_key + k, way});
      if (need.key_count == 0) filed.push_back({need.field, kAnyValue, way});
    }
  }
  std::vector<Way>().swap(ways);
  index_.nodes_[node].always = make_posting(std::move(always), kIndexDepthMax);
  make_plans(node, std::move(filed), depth);
  return node;
}

/// Makes the node's plans, one for each field, one after the other (the root's are there); then what is below
/// them.
void RuleIndexBuilder::make_plans(std::uint32_t node, std::vector<Filed> filed, unsigned depth) {
  const auto order = [this](const Filed& filed_way) {
    const bool any = filed_way.key == kAnyValue;
    const auto& key = any ? Key{} : keys_[filed_way.key];
    return std::tuple(filed_way.field, any, key.kind, key.size, key.key);
  };
  std::sort(filed.begin(), filed.end(), [&](const Filed& a, const Filed& b) { return order(a) < order(b); });
  std::vector<std::size_t> begins;
  for (std::size_t at = 0; at < filed.size(); ++at)
    if (at == 0 || filed[at].field != filed[at - 1].field) begins.push_back(at);
  std::vector<std::uint32_t> plans;
  if (node != kRoot) {
    index_.nodes_[node].first_plan = static_cast<std::uint32_t>(index_.plans_.size());
    index_.nodes_[node].plan_count = static_cast<std::uint32_t>(begins.size());
  }
  for (const auto begin : begins) {
    const auto field = filed[begin].field;
    plans.push_back(node == kRoot ? index_.root_plans_[field] - 1
                                  : static_cast<std::uint32_t>(index_.plans_.size()));
    if (node != kRoot) index_.plans_.emplace_back().field = field;
  }
  begins.push_back(filed.size());
  for (std::size_t i = 0; i < plans.size(); ++i)
    file(plans[i], std::span(filed).subspan(begins[i], begins[i + 1] - begins[i]), depth);
}

/// Puts the ways of one field under their keys, those of one key together.
void RuleIndexBuilder::file(std::uint32_t plan, std::span<const Filed> same_field, unsigned depth) {
  const auto same_key = [this](const Filed& a, const Filed& b) {
    if (a.key == kAnyValue || b.key == kAnyValue) return a.key == b.key;
    const auto &x = keys_[a.key], &y = keys_[b.key];
    return x.kind == y.kind && x.size == y.size && x.key == y.key;
  };
  for (std::size_t begin = 0, end = 0; begin < same_field.size(); begin = end) {
    while (end < same_field.size() && same_key(same_field[begin], same_field[end])) ++end;
    const auto run = same_field.subspan(begin, end - begin);
    const auto any = run.front().key == kAnyValue;
    if (!any && keys_[run.front().key].kind == Kind::range) {
      auto& intervals = index_.intervals_.emplace_back();
      for (const auto& each : run) intervals.add(ranges_[keys_[each.key].range], candidate_of(each.way));
      intervals.build();
      index_.plans_[plan].intervals = static_cast<std::uint32_t>(index_.intervals_.size());
      continue;
    }
    std::vector<Way> ways;
    ways.reserve(run.size());
    for (const auto& each : run) ways.push_back(each.way);
    const auto posting = make_posting(std::move(ways), depth);
    if (any) {
      index_.plans_[plan].present = posting;
      continue;
    }
    const auto& key = keys_[run.front().key];
    note(plan, key);
    entries_.push_back({CandidateIndex::slot_key(plan, lookup_of(key.kind), key.key), posting});
  }
}

/// Makes the plan look for such a key.
void RuleIndexBuilder::note(std::uint32_t number, const Key& key) {
  auto& plan = index_.plans_[number];
  switch (key.kind) {
    case Kind::equal:
      plan.equal = true;
      return;
    case Kind::address:
      plan.address = true;
      return;
    case Kind::folded:
      plan.folded = true;
      return;
    case Kind::prefix:
      plan.prefix_lengths |= 1u << (key.size - 1);
      return;
    case Kind::suffix:
      plan.suffix_lengths |= 1u << (key.size - 1);
      return;
    case Kind::infix:
      plan.infix_lengths = static_cast<std::uint8_t>(plan.infix_lengths | 1u << (key.size - 1));
      return;
    case Kind::network: {
      if (plan.networks == 0) {
        index_.networks_.emplace_back();
        plan.networks = static_cast<std::uint32_t>(index_.networks_.size());
      }
      auto& lengths = index_.networks_[plan.networks - 1];
      auto& bits = key.family == 4 ? lengths.v4 : lengths.v6;
      if (std::find(bits.begin(), bits.end(), key.size) == bits.end()) bits.push_back(key.size);
      return;
    }
    case Kind::range:
      return;
  }
}

void RuleIndexBuilder::make_table() {
  const auto capacity = std::bit_ceil(std::max<std::size_t>(entries_.size() + entries_.size() / 3, 4));
  index_.slots_.resize(capacity);
  index_.present_.resize(std::max<std::size_t>(capacity * 4 / 64, 1));
  for (const auto& entry : entries_) {
    const auto bit = index_.present_bit(entry.key);
    index_.present_[bit / 64] |= std::uint64_t{1} << bit % 64;
    auto at = entry.key & (capacity - 1);
    while (index_.slots_[at].posting.kind != Posting::Kind::none) at = (at + 1) & (capacity - 1);
    index_.slots_[at] = {CandidateIndex::tag_of(entry.key), entry.posting};
  }
}

CandidateIndex RuleIndexBuilder::build() {
  // The root looks at all fields: there the checks are made, too.
  for (const auto& need : needs_) {
    if (index_.root_plans_.size() <= need.field) index_.root_plans_.resize(need.field + 1);
    auto& plan = index_.root_plans_[need.field];
    if (plan != 0) continue;
    index_.plans_.emplace_back().field = need.field;
    plan = static_cast<std::uint32_t>(index_.plans_.size());
  }
  make_node(std::move(ways_), 0);
  make_table();
  index_.plans_.shrink_to_fit();
  index_.lists_.shrink_to_fit();
  return std::move(index_);
}

}  // namespace signalbox::pipeline
